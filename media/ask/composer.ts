import type { ComposerView, FromWebview, Strings } from '../../src/protocol/ask.ts';
import { maxQuestionChars } from '../../src/protocol/ask.ts';
import { button } from './button.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';

/** The pause in the typing before the draft is sent to the extension. */
const draftQuietMs = 250;

export interface ComposerHost {
  readonly strings: Strings;
  readonly post: (message: FromWebview) => void;
  readonly keepDraft: (text: string) => void;
}

/** The input for questions: context chips, the text, the model, and Send, which is Stop while an answer arrives. */
export class Composer {
  readonly element: HTMLElement;
  readonly #host: ComposerHost;
  readonly #chips = h('ul', { class: 'chips' });
  readonly #input: HTMLTextAreaElement;
  readonly #model: HTMLButtonElement;
  readonly #send: HTMLButtonElement;
  readonly #price = h('p', { class: 'price', id: 'price' });
  #running = false;
  #lastQuestion = '';
  #draftTimer: number | undefined;
  /** The draft last sent to the extension. */
  #told = '';

  constructor(host: ComposerHost) {
    this.#host = host;
    const { strings, post } = host;
    this.#input = h('textarea', {
      rows: '1',
      maxlength: String(maxQuestionChars),
      'aria-label': strings.composer,
      'aria-describedby': 'price',
      placeholder: strings.placeholder,
      on: { input: () => this.#changed(), keydown: (event) => this.#key(event as KeyboardEvent) },
    });
    this.#model = button(strings.chooseModel, {
      class: 'model-picker',
      press: () => post({ type: 'chooseModel' }),
    });
    this.#send = button(strings.send, { class: 'send', press: (event) => this.#sendOrStop(event) });
    const add = button(strings.addContext, {
      icon: 'plus',
      class: 'add',
      press: () => post({ type: 'addContext' }),
    });
    const inspect = button(strings.inspect, {
      icon: 'eye',
      press: () => post({ type: 'inspect', text: this.#input.value }),
    });
    this.element = h(
      'div',
      { class: 'composer' },
      h(
        'div',
        { class: 'composer-box' },
        this.#chips,
        this.#input,
        h(
          'div',
          { class: 'composer-bar' },
          add,
          this.#model,
          h('span', { class: 'space' }),
          inspect,
          this.#send,
        ),
      ),
      this.#price,
    );
    this.#updateSend();
  }

  show({ chips, model, pinned }: ComposerView): void {
    const { strings } = this.#host;
    this.#model.replaceChildren(h('span', { class: 'button-text' }, model), icon('chevron'));
    const label = fill(strings.chooseModel, model);
    this.#model.title = label;
    this.#model.setAttribute('aria-label', label);
    this.#model.classList.toggle('pinned', pinned);
    // A redraw must not move the focus away from the focused chip.
    const focused = document.activeElement?.closest('[data-chip]')?.getAttribute('data-chip');
    this.#chips.replaceChildren(...chips.map((chip) => this.#chip(chip)));
    this.#chips.hidden = chips.length === 0;
    if (focused === null || focused === undefined) return;
    const again = this.#chips.querySelector<HTMLElement>(`[data-chip="${CSS.escape(focused)}"] button`);
    (again ?? this.#input).focus();
  }

  /** The expected price of the question. The line always takes its space, so nothing moves while the user types. */
  showPrice(price: { readonly text: string; readonly detail: string } | undefined): void {
    this.#price.textContent = price?.text ?? '';
    this.#price.title = price?.detail ?? '';
  }

  set running(running: boolean) {
    this.#running = running;
    this.#updateSend();
  }

  set followUp(followUp: boolean) {
    const { placeholder, placeholderFollowUp } = this.#host.strings;
    this.#input.placeholder = followUp ? placeholderFollowUp : placeholder;
  }

  set lastQuestion(question: string) {
    this.#lastQuestion = question;
  }

  get text(): string {
    return this.#input.value;
  }

  set text(text: string) {
    this.#input.value = text;
    if (text !== this.#told) this.#changed();
    else this.#updateSend();
  }

  focus(): void {
    this.#input.focus();
  }

  #chip({ id, kind, name, label, detail, state }: ComposerView['chips'][number]): HTMLElement {
    const { strings, post } = this.#host;
    const on = state === 'on';
    const purpose = { on: strings.removeChip, offered: strings.addChip, withheld: strings.withheldChip }[
      state
    ];
    return h(
      'li',
      { 'data-chip': id },
      h(
        'button',
        {
          type: 'button',
          class: `chip ${state}`,
          title: `${label}\n${detail}`,
          'aria-pressed': String(on),
          'aria-label': fill(purpose, label),
          on: { click: () => post({ type: 'chip', id, on: !on }) },
        },
        icon(state === 'withheld' ? 'lock' : kind),
        h('span', { class: 'chip-label' }, name),
        icon(on ? 'close' : 'plus'),
      ),
    );
  }

  #changed(): void {
    this.#updateSend();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keep(), draftQuietMs);
  }

  #keep(): void {
    this.#host.keepDraft(this.text);
    this.#told = this.text;
    this.#host.post({ type: 'draft', text: this.text });
  }

  #key(event: KeyboardEvent): void {
    // While an input method composes a word, Enter belongs to it.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (!this.#running) this.#sendOrStop(event);
    } else if (event.key === 'ArrowUp' && this.text === '' && this.#lastQuestion !== '') {
      event.preventDefault();
      this.text = this.#lastQuestion;
    }
  }

  #sendOrStop(event: Event): void {
    const { post, keepDraft } = this.#host;
    if (this.#running) {
      // A double click counts as one: the second press is meant only after the answer to the first is shown.
      const isSame = event instanceof MouseEvent && event.detail > 1;
      if (!isSame) post({ type: 'stop' });
      return;
    }
    const question = this.text;
    if (question.trim() === '') return;
    clearTimeout(this.#draftTimer);
    post({ type: 'ask', text: question });
    this.text = '';
    keepDraft('');
    this.focus();
  }

  #updateSend(): void {
    const { strings } = this.#host;
    const label = this.#running ? strings.stop : strings.send;
    this.#send.title = label;
    this.#send.setAttribute('aria-label', label);
    this.#send.disabled = !this.#running && this.text.trim() === '';
    this.#send.classList.toggle('stopping', this.#running);
    this.#send.replaceChildren(icon(this.#running ? 'stop' : 'send'));
  }
}
