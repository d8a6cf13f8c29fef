import { h } from './dom.ts';
import { icon, type IconName } from './icons.ts';

interface ButtonOptions {
  readonly icon?: IconName;
  /** Shown beside the icon; without it the label is the tooltip and the accessible name. */
  readonly text?: string;
  readonly class?: string;
  readonly press: (event: Event) => void;
}

export function button(
  label: string,
  { icon: name, text, class: style, press }: ButtonOptions,
): HTMLButtonElement {
  const named = text === label ? {} : { 'aria-label': label };
  return h(
    'button',
    { type: 'button', class: `button ${style ?? ''}`.trim(), title: label, ...named, on: { click: press } },
    name && icon(name),
    text === undefined ? undefined : h('span', { class: 'button-text' }, text),
  );
}

/** Milliseconds for which a button confirms its action. */
const doneMs = 1_500;

export function showDone(pressed: HTMLButtonElement, done: string): void {
  if (pressed.classList.contains('done')) return;
  const before = [...pressed.childNodes];
  pressed.classList.add('done');
  pressed.replaceChildren(icon('check'), h('span', { class: 'button-text' }, done));
  setTimeout(() => {
    pressed.classList.remove('done');
    pressed.replaceChildren(...before);
  }, doneMs);
}
