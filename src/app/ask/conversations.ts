/**
 * A conversation of the Ask surface as data, and how it changes. Values are immutable: every function returns a new
 * conversation and leaves the old one alone, so that what is shown, saved and sent can never disagree half-way.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd } from '../../core/brand.ts';
import type { IncompleteReason } from '../ports/models.ts';
import type { CostSource } from '../ports/money.ts';

export type ContextKind = 'selection' | 'file' | 'problems';

/** One piece of the user's work that went along with a question. */
export interface ContextPiece {
  readonly kind: ContextKind;
  /** As shown: `src/app.ts:10-20`. */
  readonly label: string;
  /** Identity of the source, so that the same piece is not sent twice in one conversation. */
  readonly source: string;
  readonly languageId: string;
  readonly text: string;
}

export type Rating = 'up' | 'down' | 'none';
export type AnswerState = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** Which model answered, and why; fixed when the router has decided. */
export interface AnswerRoute {
  readonly decisionId: DecisionId;
  readonly armId: ArmId;
  readonly label: string;
  readonly simulated: boolean;
  readonly reason: string;
}

export interface AnswerCost {
  readonly nano: NanoUsd;
  readonly source: CostSource;
  readonly leftNano: NanoUsd | undefined;
}

/** A sentence with ways on, as it was when the answer failed. */
export interface Notice {
  readonly text: string;
  readonly ways: readonly {
    readonly label: string;
    readonly command: string;
    readonly args?: readonly unknown[];
  }[];
}

export interface Answer {
  readonly id: string;
  readonly state: AnswerState;
  readonly text: string;
  readonly reasoning: string;
  readonly route: AnswerRoute | undefined;
  readonly cost: AnswerCost | undefined;
  readonly rating: Rating;
  readonly notice: Notice | undefined;
  /**
   * It ended before the model had said all, `cut-off` by a failure in its middle; undefined = the answer is whole, or
   * failed with nothing said.
   */
  readonly incomplete?: IncompleteReason | 'cut-off' | undefined;
  /** Further decisions whose calls made this answer: its continuations. Absent = none. */
  readonly calls?: readonly DecisionId[] | undefined;
  /** What the limit keeps for its calls whose bill is not known, as the ledger stood last; not stored. */
  readonly reserved?: NanoUsd | undefined;
  /** What the user released of it; not stored. */
  readonly released?: NanoUsd | undefined;
}

export interface Turn {
  readonly id: string;
  readonly askedAt: EpochMs;
  readonly question: string;
  readonly context: readonly ContextPiece[];
  /** Oldest first: a retry, or another model's answer, is added and the former ones stay readable. */
  readonly answers: readonly Answer[];
  /** Index of the answer shown, the one that follow-up questions build on. */
  readonly shown: number;
}

export interface Conversation {
  readonly id: string;
  readonly startedAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly turns: readonly Turn[];
}

const titleChars = 60;

export const emptyConversation = (id: string, now: EpochMs): Conversation => ({
  id,
  startedAt: now,
  updatedAt: now,
  turns: [],
});

export const emptyAnswer = (id: string): Answer => ({
  id,
  state: 'waiting',
  text: '',
  reasoning: '',
  route: undefined,
  cost: undefined,
  rating: 'none',
  notice: undefined,
});

/** It ended at its cap or with its connection, so there is more of it; what a filter stopped would be stopped again. */
export const canContinue = ({ incomplete, route, state }: Answer): boolean =>
  (incomplete === 'length' || incomplete === 'cut-off') && route !== undefined && !isRunning({ state });

/** Of half an answer a thumb says nothing about the model. One that the user stopped is as long as the user wanted it. */
export const canTeach = ({ state, incomplete }: Answer): boolean =>
  incomplete === undefined && (state === 'done' || state === 'stopped');

export const isRunning = ({ state }: Pick<Answer, 'state'>): boolean =>
  state === 'waiting' || state === 'streaming';

/** The first question's first line, shortened; '' while nothing was asked. */
export function titleOf(conversation: Conversation): string {
  const line = conversation.turns[0]?.question.trim().split('\n', 1)[0]?.trim() ?? '';
  return line.length > titleChars ? `${line.slice(0, titleChars - 1).trimEnd()}…` : line;
}

export const shownAnswer = (turn: Turn): Answer | undefined => turn.answers[turn.shown];

/** Something to read came, whether all of it or a part. */
export const holdsText = ({ text }: Answer): boolean => text.trim() !== '';

/**
 * What follow-up questions build on: the shown answer, or else the newest with text, so that a turn which was answered
 * is sent along although a later try at it brought nothing.
 */
export const answerSent = (turn: Turn): Answer | undefined => {
  const shown = shownAnswer(turn);
  return shown && holdsText(shown) ? shown : turn.answers.findLast(holdsText);
};

/** The models whose answers to this question are there already; one that failed without a word has not answered. */
export const triedArms = ({ answers }: Turn): readonly ArmId[] => [
  ...new Set(
    answers.flatMap((answer) =>
      answer.route && (answer.state !== 'failed' || holdsText(answer)) ? [answer.route.armId] : [],
    ),
  ),
];

/** The newest try, where it failed and an older answer is shown instead. */
export function failedTry(turn: Turn): Answer | undefined {
  const newest = turn.answers.at(-1);
  const shown = shownAnswer(turn);
  const isBehind = newest !== shown && shown !== undefined && holdsText(shown);
  return isBehind && newest?.state === 'failed' ? newest : undefined;
}

export function findAnswer(
  conversation: Conversation,
  answerId: string,
): { readonly turn: Turn; readonly answer: Answer } | undefined {
  for (const turn of conversation.turns) {
    const answer = turn.answers.find(({ id }) => id === answerId);
    if (answer) return { turn, answer };
  }
  return undefined;
}

export function addTurn(conversation: Conversation, turn: Turn): Conversation {
  return { ...conversation, updatedAt: turn.askedAt, turns: [...conversation.turns, turn] };
}

/** A further answer to the same question, which becomes the one shown. */
export function addAnswer(
  conversation: Conversation,
  turnId: string,
  answer: Answer,
  now: EpochMs,
): Conversation {
  return mapTurn({ ...conversation, updatedAt: now }, turnId, (turn) => ({
    ...turn,
    answers: [...turn.answers, answer],
    shown: turn.answers.length,
  }));
}

export function showAnswer(conversation: Conversation, turnId: string, index: number): Conversation {
  return mapTurn(conversation, turnId, (turn) => (index in turn.answers ? { ...turn, shown: index } : turn));
}

export function changeAnswer(
  conversation: Conversation,
  answerId: string,
  change: Partial<Answer>,
): Conversation {
  const found = findAnswer(conversation, answerId);
  if (!found) return conversation;
  return mapTurn(conversation, found.turn.id, (turn) => ({
    ...turn,
    answers: turn.answers.map((answer) => (answer.id === answerId ? { ...answer, ...change } : answer)),
  }));
}

/** An answer that was running when its window went away has no end of its own. */
export function closeRunning(conversation: Conversation): Conversation {
  return {
    ...conversation,
    turns: conversation.turns.map((turn) => ({
      ...turn,
      answers: turn.answers.map((answer) =>
        isRunning(answer) ? { ...answer, state: 'stopped' as const } : answer,
      ),
    })),
  };
}

function mapTurn(conversation: Conversation, turnId: string, change: (turn: Turn) => Turn): Conversation {
  return {
    ...conversation,
    turns: conversation.turns.map((turn) => (turn.id === turnId ? change(turn) : turn)),
  };
}
