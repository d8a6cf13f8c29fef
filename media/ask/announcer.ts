import { h } from './dom.ts';

/** The most sentences kept for a screen reader; older ones have been read. */
const maxKept = 20;
const maxChars = 2_000;

/** A polite live region: announces finished blocks as they come, and never an unfinished line. */
export class Announcer {
  readonly element = h('div', {
    class: 'sr-only',
    role: 'log',
    'aria-live': 'polite',
    'aria-relevant': 'additions',
  });

  say(text: string): void {
    const words = text.trim().slice(0, maxChars);
    if (words === '') return;
    this.element.append(h('p', {}, words));
    while (this.element.childElementCount > maxKept) this.element.firstElementChild?.remove();
  }
}
