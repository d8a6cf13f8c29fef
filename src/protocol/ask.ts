/**
 * Messages between the extension and the Ask webview. One description gives both types and guards (shape.ts); a message
 * that does not parse is dropped. The extension owns all state: the webview shows views and reports the user's actions
 * by id. It never names a command, a file or a web address on which the extension would act without a question.
 */
import { count, flag, list, maybe, object, oneOf, parse, text, variants, type Infer } from '../core/shape.ts';

/** The most characters of one question. */
export const maxQuestionChars = 200_000;
/** The most characters of an answer that the webview shows; the whole answer can be opened in an editor. */
export const maxShownChars = 400_000;
const maxStreamPieceChars = maxShownChars;

const id = text(100);
const label = text(2_000);
const sentence = text(4_000);

/** One piece of context that can be sent with the question. */
const chip = object({
  id,
  kind: oneOf('selection', 'file', 'problems'),
  /** The short name on the chip: `app.ts`. */
  name: label,
  /** The full name: `src/app.ts`. */
  label,
  /** Origin and size, for the tooltip. */
  detail: label,
  /** on: will be sent. offered: one click adds it. withheld: a secret file, not sent. */
  state: oneOf('on', 'offered', 'withheld'),
});

const rating = oneOf('up', 'down', 'none');

const answer = object({
  id,
  state: oneOf('waiting', 'streaming', 'done', 'stopped', 'failed'),
  text: text(maxShownChars),
  reasoning: text(maxShownChars),
  /** Whether the answer is longer than the shown part. */
  cut: flag,
  model: maybe(label),
  simulated: flag,
  reason: maybe(sentence),
  /** Cost and available amount as shown: "$0.0021", "$4.20 left this month". */
  cost: maybe(label),
  costDetail: maybe(label),
  left: maybe(label),
  rating,
  /** False until the answer has a decision that can learn from a rating. */
  rateable: flag,
  /** Whether the answer ended at its cap, so that **Continue** can request the rest. */
  continuable: flag,
  /** The amount reserved for the answer while its bill is unknown, or the released amount. */
  hold: maybe(sentence),
  /** Whether **Release** stands beside `hold`. */
  releasable: flag,
  /** After a first press of Stop: the amount that stopping would keep reserved. The answer continues. */
  stopNotice: maybe(sentence),
  problem: maybe(object({ text: sentence, ways: list(label, 6) })),
  /** Whether the answer has a problem and no text, so there is nothing to rate or copy. */
  empty: flag,
});
export type AnswerView = Infer<typeof answer>;

const turn = object({
  id,
  question: text(maxQuestionChars),
  context: list(object({ label, detail: label }), 100),
  answers: list(answer, 50),
  /** Index of the shown answer. */
  shown: count,
  /** A newer attempt that failed, while the shown answer stays. */
  failedTry: maybe(object({ answerId: id, text: sentence, ways: list(label, 6) })),
});
export type TurnView = Infer<typeof turn>;

const conversation = object({ id, title: label, turns: list(turn, 500) });
export type ConversationView = Infer<typeof conversation>;

const composer = object({
  chips: list(chip, 100),
  /** "Auto", or the label of the model that the user chose for this conversation. */
  model: label,
  pinned: flag,
});
export type ComposerView = Infer<typeof composer>;

const inspection = object({
  /** The exact request, message by message. */
  messages: list(object({ role: label, text: text(4_000_000) }), 2_000),
  summary: sentence,
  notes: list(sentence, 100),
});
export type InspectionView = Infer<typeof inspection>;

const historyEntry = object({ id, title: label, when: label, answering: flag, current: flag });
export type HistoryEntryView = Infer<typeof historyEntry>;

/** All text of the webview, translated by the extension. */
const strings = object({
  placeholder: label,
  placeholderFollowUp: label,
  composer: label,
  send: label,
  stop: label,
  addContext: label,
  addChip: label,
  removeChip: label,
  withheldChip: label,
  chooseModel: label,
  inspect: label,
  inspectTitle: label,
  sendThis: label,
  back: label,
  newConversation: label,
  history: label,
  historyTitle: label,
  historyEmpty: label,
  historyFilter: label,
  deleteConversation: label,
  answering: label,
  current: label,
  copy: label,
  copied: label,
  insert: label,
  apply: label,
  copyAnswer: label,
  retry: label,
  continue: label,
  release: label,
  releaseLabel: label,
  another: label,
  cheaperSaid: label,
  why: label,
  whyLabel: label,
  thumbUp: label,
  thumbDown: label,
  simulated: label,
  reasoning: label,
  waiting: label,
  stopped: label,
  finished: label,
  cut: label,
  openWhole: label,
  previousAnswer: label,
  nextAnswer: label,
  answerOf: label,
  you: label,
  answer: label,
  jumpToEnd: label,
  emptyTitle: label,
  emptyText: label,
  suggestions: list(label, 6),
  conversation: label,
  codeBlock: label,
});
export type Strings = Infer<typeof strings>;

const toWebview = variants({
  init: { strings, persistDraft: flag },
  /** Replaces everything in the webview. */
  conversation: { conversation, composer, draft: text(maxQuestionChars) },
  /** Adds the turn, or replaces the one with its id. */
  turn: { turn, title: label },
  /** Replaces one answer except for its text, which only grows, by `append`. */
  answer: { turnId: id, answer },
  append: {
    answerId: id,
    text: text(maxStreamPieceChars),
    reasoning: text(maxStreamPieceChars),
  },
  composer: { composer },
  /** The expected price of the next question, under the composer; undefined = unknown. */
  price: { price: maybe(object({ text: label, detail: sentence })) },
  /** The alternatives under a turn's answer, each with its model and price; undefined = none. */
  offers: { turnId: id, better: maybe(label), cheaper: maybe(label) },
  inspection: { inspection },
  history: { entries: list(historyEntry, 1_000) },
  /** Focuses the composer; `text`, if present, becomes the draft. */
  focus: { text: maybe(text(maxQuestionChars)) },
});
export type ToWebview = Infer<typeof toWebview>;

const fromWebview = variants({
  ready: {},
  draft: { text: text(maxQuestionChars) },
  ask: { text: text(maxQuestionChars) },
  stop: {},
  inspect: { text: text(maxQuestionChars) },
  /** Sends the last inspected request unchanged. */
  sendInspected: {},
  addContext: {},
  chip: { id, on: flag },
  chooseModel: {},
  newConversation: {},
  history: {},
  openConversation: { id },
  deleteConversation: { id },
  retry: { turnId: id },
  continue: { answerId: id },
  /** Releases the amount reserved for the answer. */
  release: { answerId: id },
  another: { turnId: id },
  better: { turnId: id },
  show: { turnId: id, index: count },
  rate: { answerId: id, rating },
  copyAnswer: { answerId: id },
  /** Opens the whole decision behind the answer. */
  why: { answerId: id },
  /** Asks for a cheaper model for the next prompt. */
  cheaper: { answerId: id },
  openWhole: { answerId: id },
  code: {
    answerId: id,
    action: oneOf('copy', 'insert', 'apply'),
    language: text(100),
    code: text(maxShownChars),
  },
  /** An action of a problem, by its position. */
  way: { answerId: id, index: count },
  link: { href: text(4_000) },
});
export type FromWebview = Infer<typeof fromWebview>;

export const parseToWebview = (value: unknown): ToWebview | undefined => parse(toWebview, value);
export const parseFromWebview = (value: unknown): FromWebview | undefined => parse(fromWebview, value);
