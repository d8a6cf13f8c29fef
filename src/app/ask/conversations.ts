/**
 * A conversation of the Ask surface as data, with its changes. Values are immutable: every function returns a new
 * conversation, so the shown, the saved and the sent conversation are each complete.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd } from '../../core/brand.ts';
import type { IncompleteReason } from '../ports/models.ts';
import type { CostSource } from '../ports/money.ts';

export type ContextKind = 'selection' | 'file' | 'problems';

/** One piece of the user's work that was sent with a question. */
export interface ContextPiece {
  readonly kind: ContextKind;
  /** The shown label: `src/app.ts:10-20`. */
  readonly label: string;
  /** Identity of the source, so one conversation sends a piece only once. */
  readonly source: string;
  readonly languageId: string;
  readonly text: string;
}

export type Rating = 'up' | 'down' | 'none';
export type AnswerState = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** The answering model and the reason for it; fixed once the router has decided. */
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

/** A sentence with its actions, as of the time when the answer failed. */
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
   * The reason that it ended early, `cut-off` for a failure in its middle; undefined = the answer is complete, or
   * failed without text.
   */
  readonly incomplete?: IncompleteReason | 'cut-off' | undefined;
  /** Further decisions whose calls contributed to this answer: its continuations. Absent = none. */
  readonly calls?: readonly DecisionId[] | undefined;
  /** The amount that the ledger reserves for its calls without a known bill, as of the last update; not stored. */
  readonly reserved?: NanoUsd | undefined;
  /** The part of that amount that the user released; not stored. */
  readonly released?: NanoUsd | undefined;
  /** While the answer runs: the amount that stopping would keep reserved, as the user was told; not stored. */
  readonly stopKeeps?: NanoUsd | undefined;
}

export interface Turn {
  readonly id: string;
  readonly askedAt: EpochMs;
  readonly question: string;
  readonly context: readonly ContextPiece[];
  /** Oldest first: a retry, or another model's answer, is appended, and the earlier ones stay readable. */
  readonly answers: readonly Answer[];
  /** Index of the shown answer, on which follow-up questions build. */
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

/**
 * Whether it ended at its cap or with its connection, so the rest can be requested; a filter would stop the rest too.
 */
export const canContinue = ({ incomplete, route, state }: Answer): boolean =>
  (incomplete === 'length' || incomplete === 'cut-off') && route !== undefined && !isRunning({ state });

/** A thumb on half an answer is no evidence about the model. An answer that the user stopped counts as complete. */
export const canTeach = ({ state, incomplete }: Answer): boolean =>
  incomplete === undefined && (state === 'done' || state === 'stopped');

export const isRunning = ({ state }: Pick<Answer, 'state'>): boolean =>
  state === 'waiting' || state === 'streaming';

/** The first line of the first question, shortened; '' without a question. */
export function titleOf(conversation: Conversation): string {
  const line = conversation.turns[0]?.question.trim().split('\n', 1)[0]?.trim() ?? '';
  return line.length > titleChars ? `${line.slice(0, titleChars - 1).trimEnd()}…` : line;
}

export const shownAnswer = (turn: Turn): Answer | undefined => turn.answers[turn.shown];

/** Whether the answer contains text, complete or not. */
export const holdsText = ({ text }: Answer): boolean => text.trim() !== '';

/**
 * The answer on which follow-up questions build: the shown one, or else the newest with text, so an answered turn is
 * sent even if a later attempt at it failed.
 */
export const answerSent = (turn: Turn): Answer | undefined => {
  const shown = shownAnswer(turn);
  return shown && holdsText(shown) ? shown : turn.answers.findLast(holdsText);
};

/** The models whose answers to this question exist; a model that failed without any text has not answered. */
export const triedArms = ({ answers }: Turn): readonly ArmId[] => [
  ...new Set(
    answers.flatMap((answer) =>
      answer.route && (answer.state !== 'failed' || holdsText(answer)) ? [answer.route.armId] : [],
    ),
  ),
];

/** The newest attempt, if it failed and an older answer is shown instead. */
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

/** Appends a further answer to the same question and shows it. */
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

/** Ends answers that were running when their window closed. */
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
