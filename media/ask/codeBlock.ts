import type { FromWebview, Strings } from '../../src/protocol/ask.ts';
import { button, showDone } from './button.ts';
import { fill, h } from './dom.ts';
import { highlight } from './highlight.ts';

export type CodeAction = Extract<FromWebview, { type: 'code' }>['action'];

const chunkChars = 4_000;

/** A code block with its actions; it may still be growing. */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #code: HTMLElement;
  #text = document.createTextNode('');
  readonly #language: string;

  constructor(
    language: string,
    strings: Strings,
    act: (action: CodeAction, language: string, code: string) => void,
  ) {
    this.#language = language;
    this.#code = h('code', {}, h('span', { class: 'code-chunk' }, this.#text));
    const run = (action: CodeAction) => (): void => act(action, language, this.text);
    const copy = button(strings.copy, {
      icon: 'copy',
      text: strings.copy,
      press: () => {
        run('copy')();
        showDone(copy, strings.copied);
      },
    });
    const label = fill(strings.codeBlock, language === '' ? 'text' : language);
    this.element = h(
      'figure',
      { class: 'code-block' },
      h(
        'figcaption',
        { class: 'code-bar' },
        h('span', { class: 'code-language' }, language),
        copy,
        button(strings.insert, { icon: 'insert', text: strings.insert, press: run('insert') }),
        button(strings.apply, { icon: 'apply', text: strings.apply, press: run('apply') }),
      ),
      // Long lines scroll, so the block must be reachable by keyboard.
      h('pre', { tabindex: '0', role: 'group', 'aria-label': label }, this.#code),
    );
  }

  get text(): string {
    return this.#code.textContent;
  }

  /** Whole lines are moved into chunks: a browser lays out a finished chunk once, but a growing one repeatedly. */
  append(text: string): void {
    this.#text.appendData(text);
    if (this.#text.length < chunkChars) return;
    const end = this.#text.data.lastIndexOf('\n') + 1;
    if (end === 0) return;
    this.#text = this.#text.splitText(end);
    this.#code.append(h('span', { class: 'code-chunk' }, this.#text));
  }

  finish(): void {
    const colored = highlight(this.text, this.#language);
    if (colored) this.#code.replaceChildren(colored);
  }
}
