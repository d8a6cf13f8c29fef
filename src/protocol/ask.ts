/**
 * What the extension and the Ask webview say to each other. Types and guards come from one description (shape.ts); a
 * message that does not parse is dropped. The extension owns all state: the webview shows views and reports what the
 * user did, by id. It never names a command, a file or a web address that the extension would act on unasked.
 */
import { count, flag, list, maybe, object, oneOf, parse, text, variants, type Infer } from '../core/shape.ts';

/** Characters of one question. */
export const maxQuestionChars = 200_000;
/** Characters of one answer that the webview shows; the whole can be opened in an editor. */
export const maxShownChars = 400_000;
const maxStreamPieceChars = maxShownChars;

const id = text(100);
const label = text(2_000);
const sentence = text(4_000);

/** One thing that can go along with the question. */
const chip = object({
  id,
  kind: oneOf('selection', 'file', 'problems'),
  /** On the chip: `app.ts`. */
  name: label,
  /** In full: `src/app.ts`. */
  label,
  /** Where it comes from and how large it is; the tooltip. */
  detail: label,
  /** on: goes along. offered: one click adds it. withheld: a secret file, kept out. */
  state: oneOf('on', 'offered', 'withheld'),
});

const rating = oneOf('up', 'down', 'none');

const answer = object({
  id,
  state: oneOf('waiting', 'streaming', 'done', 'stopped', 'failed'),
  text: text(maxShownChars),
  reasoning: text(maxShownChars),
  /** The answer is longer than what is shown. */
  cut: flag,
  model: maybe(label),
  simulated: flag,
  reason: maybe(sentence),
  /** Cost and what is left of the month, as shown: "$0.0021", "$4.20 left this month". */
  cost: maybe(label),
  costDetail: maybe(label),
  left: maybe(label),
  rating,
  /** False until a decision stands behind it that can learn from a rating. */
  rateable: flag,
  /** It ended at its cap, and **Continue** goes on with it. */
  continuable: flag,
  /** What is reserved for it while its bill is not known, or what was released of that. */
  hold: maybe(sentence),
  /** **Release** stands beside `hold`. */
  releasable: flag,
  /** Stop was pressed once: what stopping would keep reserved. The answer goes on. */
  stopNotice: maybe(sentence),
  problem: maybe(object({ text: sentence, ways: list(label, 6) })),
  /** Nothing came but the problem: there is nothing to rate or to copy. */
  empty: flag,
});
export type AnswerView = Infer<typeof answer>;

const turn = object({
  id,
  question: text(maxQuestionChars),
  context: list(object({ label, detail: label }), 100),
  answers: list(answer, 50),
  /** Index of the answer shown. */
  shown: count,
  /** A newer try that failed, while the shown answer stays. */
  failedTry: maybe(object({ answerId: id, text: sentence, ways: list(label, 6) })),
});
export type TurnView = Infer<typeof turn>;

const conversation = object({ id, title: label, turns: list(turn, 500) });
export type ConversationView = Infer<typeof conversation>;

const composer = object({
  chips: list(chip, 100),
  /** "Auto", or the label of the model the user chose for this conversation. */
  model: label,
  pinned: flag,
});
export type ComposerView = Infer<typeof composer>;

const inspection = object({
  /** Exactly what goes out, message by message. */
  messages: list(object({ role: label, text: text(4_000_000) }), 2_000),
  summary: sentence,
  notes: list(sentence, 100),
});
export type InspectionView = Infer<typeof inspection>;

const historyEntry = object({ id, title: label, when: label, answering: flag, current: flag });
export type HistoryEntryView = Infer<typeof historyEntry>;

/** All words the webview shows, translated by the extension. */
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
  /** Replaces everything shown. */
  conversation: { conversation, composer, draft: text(maxQuestionChars) },
  /** Adds the turn, or replaces the one with its id. */
  turn: { turn, title: label },
  /** Replaces one answer, but for its text, which only grows by `append`. */
  answer: { turnId: id, answer },
  append: {
    answerId: id,
    text: text(maxStreamPieceChars),
    reasoning: text(maxStreamPieceChars),
  },
  composer: { composer },
  /** What the next question is about to cost, under the composer; nothing where it cannot be said. */
  price: { price: maybe(object({ text: label, detail: sentence })) },
  /** The ways on under a turn's answer, with the model and the price of each; nothing where there is none. */
  offers: { turnId: id, better: maybe(label), cheaper: maybe(label) },
  inspection: { inspection },
  history: { entries: list(historyEntry, 1_000) },
  /** Puts the keyboard into the composer; `text`, when there, becomes the draft. */
  focus: { text: maybe(text(maxQuestionChars)) },
});
export type ToWebview = Infer<typeof toWebview>;

const fromWebview = variants({
  ready: {},
  draft: { text: text(maxQuestionChars) },
  ask: { text: text(maxQuestionChars) },
  stop: {},
  inspect: { text: text(maxQuestionChars) },
  /** Sends what the last inspection showed, unchanged. */
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
  /** What is reserved for the answer shall be released. */
  release: { answerId: id },
  another: { turnId: id },
  better: { turnId: id },
  show: { turnId: id, index: count },
  rate: { answerId: id, rating },
  copyAnswer: { answerId: id },
  /** Opens the whole decision behind the answer. */
  why: { answerId: id },
  /** The next prompt shall be cheaper. */
  cheaper: { answerId: id },
  openWhole: { answerId: id },
  code: {
    answerId: id,
    action: oneOf('copy', 'insert', 'apply'),
    language: text(100),
    code: text(maxShownChars),
  },
  /** A way on out of a problem, by its position. */
  way: { answerId: id, index: count },
  link: { href: text(4_000) },
});
export type FromWebview = Infer<typeof fromWebview>;

export const parseToWebview = (value: unknown): ToWebview | undefined => parse(toWebview, value);
export const parseFromWebview = (value: unknown): FromWebview | undefined => parse(fromWebview, value);
