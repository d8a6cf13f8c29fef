/**
 * The stored form of a conversation, separate from the domain type, and the conversions in both directions. Version 1.
 */
import type { ArmId, DecisionId, NanoUsd } from '../../core/brand.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { count, flag, list, maybe, object, oneOf, parse, text, type Infer } from '../../core/shape.ts';
import { closeRunning, type Answer, type Conversation } from './conversations.ts';

const version = 1;
/** Characters of one stored conversation; beyond them the oldest context is dropped first, then the oldest turns. */
export const maxStoredChars = 2_000_000;
/** The most stored characters of one answer or one attached piece. */
const maxTextChars = 400_000;
/** The most stored continuations of one answer; the latest stay. */
const maxCalls = 100;

const short = text(4_000);
const long = text(maxTextChars);

const storedAnswer = object({
  id: short,
  state: oneOf('waiting', 'streaming', 'done', 'stopped', 'failed'),
  text: long,
  reasoning: long,
  route: maybe(object({ decisionId: short, armId: short, label: short, simulated: flag, reason: short })),
  cost: maybe(
    object({
      nano: count,
      source: oneOf('reported', 'priced-usage', 'estimate', 'worst-case'),
      leftNano: maybe(count),
    }),
  ),
  rating: oneOf('up', 'down', 'none'),
  /** Actions are commands, and a file must not supply commands. */
  notice: maybe(short),
  incomplete: maybe(oneOf('length', 'content-filter', 'cut-off')),
  calls: maybe(list(short, maxCalls)),
});

const storedPiece = object({
  kind: oneOf('selection', 'file', 'problems'),
  label: short,
  source: short,
  languageId: short,
  text: long,
});

const storedConversation = object({
  id: short,
  startedAt: count,
  updatedAt: count,
  turns: list(
    object({
      id: short,
      askedAt: count,
      question: long,
      context: list(storedPiece, 100),
      answers: list(storedAnswer, 50),
      shown: count,
    }),
    500,
  ),
});
const envelope = object({ version: count });
const stored = object({ conversation: storedConversation });

export function encodeConversation(conversation: Conversation): string {
  const whole = JSON.stringify({ version, conversation: toStored(conversation) });
  return whole.length <= maxStoredChars
    ? whole
    : JSON.stringify({ version, conversation: toStored(shrink(conversation)) });
}

/** Total: anything but a conversation of a known version gives a reason and never an exception. */
export function decodeConversation(json: string): Result<Conversation, string> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return fail('not JSON');
  }
  const written = parse(envelope, value)?.version;
  if (written === undefined) return fail('no version');
  if (written !== version) return fail(`version ${written} is not known here`);
  const found = parse(stored, value);
  return found ? ok(closeRunning(toDomain(found.conversation))) : fail('not a conversation');
}

/** Keeps the newest content: drops the attached pieces of the oldest turns first, then the oldest turns. */
function shrink(conversation: Conversation): Conversation {
  const turns = conversation.turns.map(clip);
  let size = JSON.stringify(turns).length;
  for (let i = 0; i < turns.length - 1 && size > maxStoredChars; i++) {
    const turn = turns[i];
    if (!turn) break;
    size -= JSON.stringify(turn.context).length;
    turns[i] = { ...turn, context: [] };
  }
  while (turns.length > 1 && size > maxStoredChars) size -= JSON.stringify(turns.shift()).length;
  return { ...conversation, turns };
}

type StoredTurn = Conversation['turns'][number];

function clip(turn: StoredTurn): StoredTurn {
  return { ...turn, answers: turn.answers.filter((_, i) => i === turn.shown).map(clipAnswer), shown: 0 };
}

const clipAnswer = (answer: Answer): Answer => ({
  ...answer,
  text: answer.text.slice(0, maxTextChars),
  reasoning: answer.reasoning.slice(0, maxTextChars),
});

function toStored(conversation: Conversation): Infer<typeof storedConversation> {
  const answerOf = (answer: Answer) => ({
    ...clipAnswer(answer),
    notice: answer.notice?.text,
    incomplete: answer.incomplete,
    calls: answer.calls?.slice(-maxCalls),
    // The ledger is the source of this amount; a file could be wrong.
    reserved: undefined,
    released: undefined,
    stopKeeps: undefined,
  });
  return {
    ...conversation,
    turns: conversation.turns.map((turn) => ({ ...turn, answers: turn.answers.map(answerOf) })),
  };
}

function toDomain(from: Infer<typeof storedConversation>): Conversation {
  return {
    ...from,
    turns: from.turns.map((turn) => ({
      ...turn,
      answers: turn.answers.map((answer) => {
        const { calls, ...rest } = answer;
        return {
          ...rest,
          ...moneyAndRoute(answer),
          notice: noticeOf(answer.notice),
          ...(calls && { calls: calls as readonly DecisionId[] }),
        };
      }),
      shown: Math.min(turn.shown, Math.max(0, turn.answers.length - 1)),
    })),
  };
}

const noticeOf = (sentence: string | undefined): Answer['notice'] =>
  sentence === undefined ? undefined : { text: sentence, ways: [] };

/** The shape has checked ids and amounts; here they get their brands. */
function moneyAndRoute({ route, cost }: Infer<typeof storedAnswer>): Pick<Answer, 'route' | 'cost'> {
  return {
    route: route && { ...route, decisionId: route.decisionId as DecisionId, armId: route.armId as ArmId },
    cost: cost && {
      nano: cost.nano as NanoUsd,
      source: cost.source,
      leftNano: cost.leftNano as NanoUsd | undefined,
    },
  };
}
