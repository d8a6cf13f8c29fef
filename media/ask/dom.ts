/** Building blocks: elements without markup strings, so that no text can turn into markup. */
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

/** `{0}` and `{1}` filled in, as vscode.l10n.t does it on the other side. */
export const fill = (template: string, ...values: readonly (string | number)[]): string =>
  template.replace(/\{(\d)\}/g, (whole, i: string) => String(values[Number(i)] ?? whole));

/** Moves only what changed, so that focus and selection in the rest survive. */
export function replaceChildren(parent: Element, children: readonly Node[]): void {
  const same =
    parent.childNodes.length === children.length && children.every((c, i) => parent.childNodes[i] === c);
  if (!same) parent.replaceChildren(...children);
}
