import type { AnswerView, TurnView } from '../../src/protocol/ask.ts';
import { AnswerElement, type Offers } from './answer.ts';
import { h } from './dom.ts';
import type { TurnHost } from './host.ts';
import { icon } from './icons.ts';
import { problemBox } from './problem.ts';

/** Characters; longer questions scroll inside their box. */
const longQuestionChars = 900;

/** One question with its answers, of which one is shown. */
export class TurnElement {
  readonly element: HTMLElement;
  readonly #host: TurnHost;
  readonly #slot = h('div', { class: 'answer-slot' });
  readonly #failed = h('div', { class: 'problem-slot' });
  readonly #answers = new Map<string, AnswerElement>();
  #offers: Offers = { better: undefined, cheaper: undefined };
  #shown = '';

  constructor(turn: TurnView, number: number, host: TurnHost) {
    this.#host = host;
    const { strings } = host;
    const long = turn.question.length > longQuestionChars;
    const focusable = long ? { tabindex: '0', role: 'group', 'aria-label': strings.you } : {};
    const pills = turn.context.map(({ label, detail }) =>
      h('li', { class: 'pill', title: detail }, icon('file'), label),
    );
    this.element = h(
      'article',
      {
        class: 'turn',
        'aria-label': `${strings.you}: ${turn.question.slice(0, 80)}`,
        'data-turn': String(number),
      },
      h(
        'div',
        { class: 'question' },
        h('h2', { class: 'sr-only' }, strings.you),
        h('div', { class: 'question-text', ...focusable }, turn.question),
        pills.length > 0 ? h('ul', { class: 'pills' }, ...pills) : undefined,
      ),
      this.#slot,
      this.#failed,
    );
    this.update(turn);
  }

  update(turn: TurnView): void {
    const answer = turn.answers[turn.shown];
    if (!answer) return;
    this.#shown = answer.id;
    const element = this.#answers.get(answer.id) ?? this.#add(turn.id, answer);
    element.refresh(answer);
    element.page(turn.shown, turn.answers.length);
    if (this.#slot.firstChild !== element.element) this.#slot.replaceChildren(element.element);
    const { failedTry } = turn;
    const box = failedTry && problemBox(failedTry, (index) => this.#host.post({ type: 'way', answerId: failedTry.answerId, index })); // prettier-ignore
    this.#failed.replaceChildren(...(box ? [box] : []));
    this.#host.grown();
  }

  /** What "Better answer" and "Cheaper next time" would choose now; undefined = the button is absent. */
  offer(offers: Offers): void {
    this.#offers = offers;
    for (const answer of this.#answers.values()) answer.offer(offers);
    this.#host.grown();
  }

  /** False when the answer does not belong to this turn. */
  updateAnswer(answer: AnswerView): boolean {
    const element = this.#answers.get(answer.id);
    element?.update(answer);
    if (element && answer.id === this.#shown) this.#host.grown();
    return element !== undefined;
  }

  append(answerId: string, text: string, reasoning: string): boolean {
    const element = this.#answers.get(answerId);
    element?.append(text, reasoning);
    return element !== undefined;
  }

  #add(turnId: string, answer: AnswerView): AnswerElement {
    const element = new AnswerElement(turnId, answer, this.#host);
    element.offer(this.#offers);
    this.#answers.set(answer.id, element);
    return element;
  }
}
