/** Renders the text of one answer as it arrives: finished blocks once, the open block again in each frame. */
import type { Strings } from '../../src/protocol/ask.ts';
import { BlockCutter, type Part } from './blocks.ts';
import { CodeBlock, type CodeAction } from './codeBlock.ts';
import { h } from './dom.ts';
import { languageOf, markdown, renderMarkdown } from './markdown.ts';

/** Characters rendered in one frame, at most 5 ms on a slow machine, so a huge answer never blocks input. */
const frameChars = 16_000;

export interface AnswerBodyHost {
  readonly strings: Strings;
  readonly code: (action: CodeAction, language: string, code: string) => void;
  /** Called with the text of each finished block, for screen readers. */
  readonly said: (text: string) => void;
  /** Called when the height may have changed. */
  readonly grown: () => void;
}

export class AnswerBody {
  readonly element = h('div', { class: 'answer-body' });
  readonly #host: AnswerBodyHost;
  #cutter = new BlockCutter(markdown);
  readonly #tail = h('div', { class: 'tail' });
  #openCode: CodeBlock | undefined;
  #waiting = '';
  #ended = false;
  /** Number of characters, still to be rendered, that were announced before. */
  #unsaid = 0;
  #frame: number | undefined;

  constructor(host: AnswerBodyHost) {
    this.#host = host;
    this.element.append(this.#tail);
  }

  append(text: string): void {
    this.#waiting += text;
    this.#schedule();
  }

  /** Renders this text from the start; announced text is not announced again. */
  restart(text: string): void {
    this.#cutter = new BlockCutter(markdown);
    this.#openCode = undefined;
    this.#ended = false;
    this.#waiting = text;
    this.#unsaid = text.length;
    this.element.replaceChildren(this.#tail);
    this.#schedule();
  }

  /** Called when the text is complete. */
  end(): void {
    this.#ended = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#render();
    });
  }

  #render(): void {
    const piece = this.#waiting.slice(0, frameChars);
    this.#waiting = this.#waiting.slice(frameChars);
    this.#unsaid = Math.max(0, this.#unsaid - piece.length);
    for (const part of this.#cutter.push(piece)) this.#put(part);
    if (this.#waiting !== '') this.#schedule();
    else if (this.#ended) for (const part of this.#cutter.end()) this.#put(part);
    this.#tail.replaceChildren(this.#rendered(this.#cutter.tail));
    this.#host.grown();
  }

  #put(part: Part): void {
    switch (part.type) {
      case 'block': {
        const block = this.#rendered(part.source);
        const said = block.textContent;
        this.#tail.before(block);
        if (this.#unsaid === 0) this.#host.said(said);
        return;
      }
      case 'code-start':
        this.#openCode = this.#codeBlock(languageOf(part.info));
        this.#tail.before(this.#openCode.element);
        return;
      case 'code':
        this.#openCode?.append(part.text);
        return;
      case 'code-end':
        this.#openCode?.finish();
        this.#openCode = undefined;
    }
  }

  #rendered(source: string): DocumentFragment {
    const fragment = renderMarkdown(source);
    for (const pre of fragment.querySelectorAll('pre')) {
      const block = this.#codeBlock(pre.dataset['language'] ?? '');
      block.append(pre.textContent);
      block.finish();
      pre.replaceWith(block.element);
    }
    for (const table of fragment.querySelectorAll('table')) {
      const scroller = h('div', { class: 'table', tabindex: '0' });
      table.replaceWith(scroller);
      scroller.append(table);
    }
    return fragment;
  }

  #codeBlock(language: string): CodeBlock {
    return new CodeBlock(language, this.#host.strings, this.#host.code);
  }
}
