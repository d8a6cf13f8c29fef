import type { AnswerView } from '../../src/protocol/ask.ts';
import { AnswerBody } from './answerBody.ts';
import { button, showDone } from './button.ts';
import { fill, h, replaceChildren } from './dom.ts';
import { icon } from './icons.ts';
import type { TurnHost } from './host.ts';
import { problemBox } from './problem.ts';

const isRunning = ({ state }: AnswerView): boolean => state === 'waiting' || state === 'streaming';

export interface Offers {
  readonly better: string | undefined;
  readonly cheaper: string | undefined;
}

/** One answer: its text, its cost, the reason for its model, and the user's actions on it. */
export class AnswerElement {
  readonly element: HTMLElement;
  readonly #host: TurnHost;
  readonly #turnId: string;
  readonly #body: AnswerBody;
  readonly #reasoning: HTMLDetailsElement;
  readonly #reasoningText = document.createTextNode('');
  readonly #status = h('div', { class: 'status' });
  readonly #problem = h('div', { class: 'problem-slot' });
  readonly #meta = h('div', { class: 'meta' });
  readonly #reason = h('p', { class: 'reason' });
  readonly #reasonText = document.createTextNode('');
  readonly #why: HTMLButtonElement;
  readonly #actions: HTMLElement;
  readonly #copy: HTMLButtonElement;
  readonly #offered = h('div', { class: 'offers' });
  readonly #pager = h('span', { class: 'pager' });
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  #view: AnswerView;
  #ended = false;
  /** The text received so far. */
  #text = '';
  /** Whether the answer was seen running: only such an answer is announced, not one that is opened again. */
  #live = false;

  constructor(turnId: string, view: AnswerView, host: TurnHost) {
    this.#host = host;
    this.#turnId = turnId;
    this.#view = view;
    const { strings, post } = host;
    this.#body = new AnswerBody({
      strings,
      code: (action, language, code) => post({ type: 'code', answerId: view.id, action, language, code }),
      said: (text) => this.#say(text),
      grown: () => host.grown(),
    });
    this.#reasoning = h(
      'details',
      { class: 'reasoning', hidden: true },
      h('summary', {}, icon('chevron'), strings.reasoning),
      h('div', { class: 'reasoning-text' }, this.#reasoningText),
    );
    this.#up = this.#thumb('up', strings.thumbUp);
    this.#down = this.#thumb('down', strings.thumbDown);
    this.#copy = button(strings.copyAnswer, {
      icon: 'copy',
      press: () => post({ type: 'copyAnswer', answerId: view.id }),
    });
    this.#why = button(strings.whyLabel, {
      text: strings.why,
      class: 'why',
      press: () => post({ type: 'why', answerId: view.id }),
    });
    this.#reason.append(this.#reasonText, this.#why);
    this.#actions = this.#actionBar();
    this.element = h(
      'div',
      { class: 'answer' },
      h('h3', { class: 'sr-only' }, strings.answer),
      this.#reasoning,
      this.#body.element,
      this.#status,
      this.#problem,
      h('footer', { class: 'answer-footer' }, this.#meta, this.#reason, this.#actions, this.#offered),
    );
    this.append(view.text, view.reasoning);
  }

  append(text: string, reasoning: string): void {
    this.#text += text;
    if (text !== '') this.#body.append(text);
    if (reasoning === '') return;
    this.#reasoning.hidden = false;
    this.#reasoningText.appendData(reasoning);
    this.#host.grown();
  }

  /** A view with its texts, unlike `update`'s: text that was shown may have become reasoning. */
  refresh(view: AnswerView): void {
    if (!view.text.startsWith(this.#text)) {
      this.#text = view.text;
      this.#body.restart(view.text);
      this.#reasoning.hidden = view.reasoning === '';
      this.#reasoningText.data = view.reasoning;
    }
    this.update(view);
  }

  update(view: AnswerView): void {
    const isReleased = this.#view.releasable && !view.releasable;
    const isWarned = this.#view.stopNotice === undefined && view.stopNotice !== undefined;
    this.#view = view;
    const running = isRunning(view);
    this.#live ||= running;
    this.element.classList.toggle('running', running);
    this.element.setAttribute('aria-busy', String(running));
    this.#updateStatus();
    if (isReleased && view.hold !== undefined) this.#host.say(view.hold);
    if (isWarned) this.#host.say(view.stopNotice);
    this.#updateProblem();
    this.#updateEvidence();
    this.#actions.classList.toggle('withheld', running);
    this.#offered.classList.toggle('withheld', running);
    for (const [thumb, rating] of [
      [this.#up, 'up'],
      [this.#down, 'down'],
    ] as const) {
      thumb.setAttribute('aria-pressed', String(view.rating === rating));
      thumb.disabled = !view.rateable;
      thumb.hidden = view.empty;
    }
    if (running && this.#ended) {
      // The rest is appended, possibly inside a code block, so the last finished block is open again.
      this.#ended = false;
      this.#body.restart(this.#text);
    }
    this.#copy.hidden = this.#offered.hidden = view.empty;
    if (running || this.#ended) return;
    this.#ended = true;
    this.#body.end();
    this.#sayEnd();
  }

  /** Shows the position of this answer among the turn's answers. */
  page(index: number, count: number): void {
    const { strings, post } = this.#host;
    if (count < 2) return;
    const to = (step: number) => (): void =>
      post({ type: 'show', turnId: this.#turnId, index: index + step });
    const back = button(strings.previousAnswer, { icon: 'left', press: to(-1) });
    const on = button(strings.nextAnswer, { icon: 'right', press: to(1) });
    back.disabled = index === 0;
    on.disabled = index === count - 1;
    this.#pager.replaceChildren(back, fill(strings.answerOf, index + 1, count), on);
  }

  #thumb(rating: 'up' | 'down', label: string): HTMLButtonElement {
    return button(label, {
      icon: rating,
      class: 'thumb',
      press: () => {
        const taken = this.#view.rating === rating;
        this.#host.post({ type: 'rate', answerId: this.#view.id, rating: taken ? 'none' : rating });
      },
    });
  }

  #actionBar(): HTMLElement {
    const { strings, post } = this.#host;
    const turnId = this.#turnId;
    return h(
      'div',
      { class: 'actions' },
      this.#pager,
      this.#up,
      this.#down,
      this.#copy,
      button(strings.retry, { icon: 'retry', press: () => post({ type: 'retry', turnId }) }),
      button(strings.another, { icon: 'models', press: () => post({ type: 'another', turnId }) }),
    );
  }

  /** Buttons that name their model and its price; without an offer there is no button. */
  offer({ better, cheaper }: Offers): void {
    const { post } = this.#host;
    const turnId = this.#turnId;
    replaceChildren(this.#offered, [
      ...(better === undefined
        ? []
        : [button(better, { icon: 'better', text: better, press: () => post({ type: 'better', turnId }) })]),
      ...(cheaper === undefined ? [] : [this.#cheaper(cheaper)]),
    ]);
  }

  #cheaper(label: string): HTMLButtonElement {
    const { strings, post, say } = this.#host;
    const cheaper = button(label, {
      icon: 'down2',
      text: label,
      press: () => {
        post({ type: 'cheaper', answerId: this.#view.id });
        showDone(cheaper, label);
        say(strings.cheaperSaid);
      },
    });
    return cheaper;
  }

  #updateStatus(): void {
    const { strings, post } = this.#host;
    const { state, cut, id, continuable, problem, hold, stopNotice } = this.#view;
    const dots = (): HTMLElement =>
      h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
    const open = (): HTMLElement =>
      button(strings.openWhole, {
        text: strings.openWhole,
        class: 'secondary',
        press: () => post({ type: 'openWhole', answerId: id }),
      });
    const lines = [
      ...(cut ? [h('p', { class: 'notice' }, h('span', {}, strings.cut), open())] : []),
      ...(state === 'waiting' ? [h('p', { class: 'waiting' }, strings.waiting, dots())] : []),
      ...(state === 'streaming' ? [h('p', { class: 'waiting' }, dots())] : []),
      ...(stopNotice === undefined ? [] : [h('p', { class: 'notice stop-notice' }, stopNotice)]),
      ...(state === 'stopped' ? [h('p', { class: 'quiet' }, strings.stopped)] : []),
      // The continuation was stopped too: there is no problem box for the button.
      ...(continuable && !problem ? [h('p', { class: 'notice' }, this.#continue())] : []),
      ...(hold === undefined ? [] : [this.#holdLine(hold)]),
    ];
    replaceChildren(this.#status, lines);
  }

  /** The amount that the limit reserves for the answer, with **Release**; afterwards, the released amount. */
  #holdLine(hold: string): HTMLElement {
    const { strings, post } = this.#host;
    const release = (): HTMLElement =>
      button(strings.releaseLabel, {
        text: strings.release,
        class: 'secondary',
        press: () => post({ type: 'release', answerId: this.#view.id }),
      });
    return h(
      'p',
      { class: 'notice hold' },
      h('span', {}, hold),
      ...(this.#view.releasable ? [release()] : []),
    );
  }

  #continue(): HTMLElement {
    const { strings, post } = this.#host;
    return button(strings.continue, {
      text: strings.continue,
      class: 'primary',
      press: () => post({ type: 'continue', answerId: this.#view.id }),
    });
  }

  #updateProblem(): void {
    const { problem, id, continuable } = this.#view;
    const first = continuable ? this.#continue() : undefined;
    const box =
      problem && problemBox(problem, (index) => this.#host.post({ type: 'way', answerId: id, index }), first);
    this.#problem.replaceChildren(...(box ? [box] : []));
  }

  #updateEvidence(): void {
    const { model, simulated, cost, costDetail, left, reason } = this.#view;
    this.#meta.replaceChildren(
      ...(model === undefined ? [] : [h('span', { class: 'model' }, model)]),
      ...(simulated ? [h('span', { class: 'badge' }, this.#host.strings.simulated)] : []),
      ...(cost === undefined ? [] : [h('span', { class: 'fact', title: costDetail }, cost)]),
      ...(left === undefined ? [] : [h('span', { class: 'fact' }, left)]),
    );
    this.#reasonText.data = reason === undefined ? '' : `${reason} `;
    this.#why.hidden = reason === undefined;
  }

  #sayEnd(): void {
    const { problem, state, model, cost, left } = this.#view;
    const { strings } = this.#host;
    if (problem) return this.#say(problem.text);
    if (state === 'stopped') return this.#say(strings.stopped);
    this.#say([strings.finished, model, cost, left].filter((part) => part !== undefined).join(' '));
  }

  #say(text: string): void {
    if (this.#live) this.#host.say(text);
  }
}
