/** Creates elements without markup strings, so no text can become markup. */
type Child = Node | string | undefined;
type Listeners = Readonly<Record<string, (event: Event) => void>>;
type Attributes = Readonly<Record<string, string | boolean | undefined | Listeners>> & {
  readonly on?: Listeners;
};

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  for (const [type, listener] of Object.entries(attributes.on ?? {}))
    element.addEventListener(type, listener);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Fills in `{0}` and `{1}`, like vscode.l10n.t in the extension. */
export const fill = (template: string, ...values: readonly (string | number)[]): string =>
  template.replace(/\{(\d)\}/g, (whole, i: string) => String(values[Number(i)] ?? whole));

/** Moves only the changed elements, so focus and selection in the others remain. */
export function replaceChildren(parent: Element, children: readonly Node[]): void {
  const same =
    parent.childNodes.length === children.length && children.every((c, i) => parent.childNodes[i] === c);
  if (!same) parent.replaceChildren(...children);
}
