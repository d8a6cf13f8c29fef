/**
 * The participant's side of a chat: the questions and answers so far, read from VS Code's history. An answer carries a
 * memory (its decision, model and conversation) that VS Code keeps with it and returns; it is parsed from unknown.
 */
import type { ArmId, DecisionId } from '../../core/brand.ts';
import { count, flag, maybe, object, parse, text } from '../../core/shape.ts';
import {
  emptyAnswer,
  emptyConversation,
  type ContextPiece,
  type Conversation,
} from '../ask/conversations.ts';

const memoryShape = object({
  decisionId: text(200),
  armId: text(1000),
  conversationId: text(200),
  /** Length of the answer: after it comes the reason line, which no model should read. */
  answerChars: count,
  incomplete: maybe(flag),
  better: maybe(object({ armId: text(1000), label: text(2000) })),
});

export interface AnswerMemory {
  readonly decisionId: DecisionId;
  readonly armId: ArmId;
  readonly conversationId: string;
  readonly answerChars: number;
  /** Whether the model was stopped before the end. */
  readonly incomplete?: boolean | undefined;
  /** The model that "Better answer" names, with its text; undefined = no better model is expected. */
  readonly better?: { readonly armId: ArmId; readonly label: string } | undefined;
}

export function memoryOf(metadata: unknown): AnswerMemory | undefined {
  const found = parse(memoryShape, metadata);
  return (
    found && {
      ...found,
      decisionId: found.decisionId as DecisionId,
      armId: found.armId as ArmId,
      better: found.better && { ...found.better, armId: found.better.armId as ArmId },
    }
  );
}

/** A question with all its answers: "better" adds one to the previous question. */
export interface Exchange<Reference> {
  readonly question: string;
  readonly references: readonly Reference[];
  readonly answers: readonly { readonly text: string; readonly memory: AnswerMemory | undefined }[];
}

export type HistoryItem<Reference> =
  | {
      readonly type: 'question';
      readonly text: string;
      readonly references: readonly Reference[];
      readonly better: boolean;
    }
  | { readonly type: 'answer'; readonly text: string; readonly memory: AnswerMemory | undefined };

export function exchangesOf<Reference>(
  items: readonly HistoryItem<Reference>[],
): readonly Exchange<Reference>[] {
  const exchanges: Exchange<Reference>[] = [];
  for (const item of items) {
    const last = exchanges.at(-1);
    if (item.type === 'question') {
      const { text: question, references, better } = item;
      if (!better || !last) exchanges.push({ question, references, answers: [] });
    } else if (last) {
      const whole = item.memory ? item.text.slice(0, item.memory.answerChars) : item.text;
      const answer = { text: whole, memory: item.memory };
      exchanges[exchanges.length - 1] = { ...last, answers: [...last.answers, answer] };
    }
  }
  return exchanges;
}

/** The models that have answered already, the decision of the newest answer, and the better model that it offers. */
export function triedIn({ answers }: Exchange<unknown>): {
  readonly armIds: readonly ArmId[];
  readonly newest: DecisionId | undefined;
  readonly offered: ArmId | undefined;
} {
  const memories = answers.flatMap(({ memory }) => memory ?? []);
  const last = memories.at(-1);
  return {
    armIds: [...new Set(memories.map(({ armId }) => armId))],
    newest: last?.decisionId,
    offered: last?.better?.armId,
  };
}

export const conversationIdIn = (exchanges: readonly Exchange<unknown>[]): string | undefined =>
  exchanges.flatMap(({ answers }) => answers.flatMap(({ memory }) => memory?.conversationId ?? [])).at(-1);

/**
 * The conversation in the form of the Ask surface, so that both build prompts alike. `pieces`: one list for each
 * exchange.
 */
export function conversationFrom(
  id: string,
  exchanges: readonly Exchange<unknown>[],
  pieces: readonly (readonly ContextPiece[])[],
): Conversation {
  const turns = exchanges.map(({ question, answers }, index) => ({
    id: String(index),
    askedAt: 0,
    question,
    context: pieces[index] ?? [],
    answers: answers.map((answer, version) => ({
      ...emptyAnswer(`${index}.${version}`),
      state: 'done' as const,
      text: answer.text,
    })),
    shown: answers.length - 1,
  }));
  return { ...emptyConversation(id, 0), turns };
}

/** Closes a code block in which an answer was cut off; otherwise it would include the text below it. */
export function closedFences(answer: string): string {
  let open = '';
  for (const [, run = ''] of answer.matchAll(/^ {0,3}(`{3,}|~{3,})/gm)) {
    if (open === '') open = run;
    else if (run.startsWith(open)) open = '';
  }
  return open === '' ? '' : `\n${open}`;
}
