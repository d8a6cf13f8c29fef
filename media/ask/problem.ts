import type { AnswerView } from '../../src/protocol/ask.ts';
import { button } from './button.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';

/** A sentence with its actions, the recommended one first; `first` precedes them. */
export function problemBox(
  { text, ways }: NonNullable<AnswerView['problem']>,
  take: (index: number) => void,
  first?: HTMLElement,
): HTMLElement {
  const way = (label: string, index: number): HTMLElement =>
    button(label, {
      text: label,
      class: index === 0 && !first ? 'primary' : 'secondary',
      press: () => take(index),
    });
  const all = [...(first ? [first] : []), ...ways.map(way)];
  const buttons = all.length > 0 ? h('div', { class: 'ways' }, ...all) : undefined;
  return h('div', { class: 'problem' }, icon('warning'), h('div', {}, h('p', {}, text), buttons));
}
