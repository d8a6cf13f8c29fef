/**
 * Builds the exact messages of a request from a conversation and a new question, within budgets. Pure, so that the
 * preview and the request are the same result.
 *
 * The question is always sent whole, attached pieces are cut to their budgets, and the latest earlier turns that fit
 * are sent whole. `notes` names what is left out.
 */
import type { View } from '../call/orders.ts';
import type { ContextPiece, Conversation, Turn } from './conversations.ts';
import { answerSent } from './conversations.ts';

export interface ContextBudget {
  /** Characters of one attached piece. */
  readonly piece: number;
  /** Characters of all pieces attached to one question. */
  readonly attached: number;
  /** Characters of the earlier turns. */
  readonly earlier: number;
}

/**
 * About 30,000 tokens in total at four characters a token: every model with a context of 32k has room for an answer.
 */
export const defaultBudget: ContextBudget = { piece: 24_000, attached: 48_000, earlier: 64_000 };

export type AssemblyNote =
  | { readonly kind: 'piece-cut'; readonly label: string; readonly kept: number; readonly of: number }
  | { readonly kind: 'piece-left-out'; readonly label: string }
  | { readonly kind: 'sent-before'; readonly label: string }
  | { readonly kind: 'turns-left-out'; readonly turns: number };

export interface TextMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A prepared question: what is sent, what is stored, and what was left out. */
export interface Prepared {
  readonly question: string;
  /** The pieces after cutting, on which a follow-up question can rely. */
  readonly context: readonly ContextPiece[];
  readonly messages: readonly TextMessage[];
  readonly view: View;
  readonly notes: readonly AssemblyNote[];
}

/** Short, since every question pays for it. */
const systemPrompt = [
  'You are a coding assistant inside Visual Studio Code.',
  'Answer briefly and precisely, in Markdown, in the language of the question.',
  'Put code into fenced blocks with a language tag. When you change given code, show the changed part whole, with its',
  'own indentation and without ellipses, so that it can replace the old part. Say so when you are not sure.',
].join(' ');

export function assemble(
  conversation: Conversation,
  question: string,
  pieces: readonly ContextPiece[],
  budget: ContextBudget = defaultBudget,
): Prepared {
  const earlier = latestThatFit(conversation.turns, budget.earlier);
  const attached = attach(pieces, piecesOf(earlier.turns), budget);
  const messages: TextMessage[] = [{ role: 'system', content: systemPrompt }];
  for (const turn of earlier.turns) messages.push(...turnMessages(turn));
  messages.push({ role: 'user', content: userContent(question, attached.kept) });
  return {
    question,
    context: attached.kept,
    messages,
    view: {
      text: question,
      languageId: pieces.find(({ languageId }) => languageId !== '')?.languageId ?? '',
      contextChars: messages.reduce((sum, { content }) => sum + content.length, -question.length),
      turn: conversation.turns.length,
      referenceCount: pieces.length,
    },
    notes: [
      ...(earlier.leftOut > 0 ? [{ kind: 'turns-left-out' as const, turns: earlier.leftOut }] : []),
      ...attached.notes,
    ],
  };
}

/** Prepares the same question again, with the conversation as it was before the question. */
export function assembleAgain(conversation: Conversation, turn: Turn, budget?: ContextBudget): Prepared {
  const before = conversation.turns.findIndex(({ id }) => id === turn.id);
  const turns = conversation.turns.slice(0, Math.max(0, before));
  return assemble({ ...conversation, turns }, turn.question, turn.context, budget);
}

function latestThatFit(turns: readonly Turn[], budget: number): { turns: readonly Turn[]; leftOut: number } {
  let chars = 0;
  let first = turns.length;
  while (first > 0) {
    const turn = turns[first - 1];
    const size = turn ? turnMessages(turn).reduce((sum, { content }) => sum + content.length, 0) : 0;
    if (chars + size > budget) break;
    chars += size;
    first -= 1;
  }
  return { turns: turns.slice(first), leftOut: first };
}

/** Leaves out an unanswered question: some endpoints refuse two user messages in a row. */
function turnMessages(turn: Turn): readonly TextMessage[] {
  const answer = answerSent(turn);
  if (!answer) return [];
  return [
    { role: 'user', content: userContent(turn.question, turn.context) },
    { role: 'assistant', content: answer.text },
  ];
}

const piecesOf = (turns: readonly Turn[]): readonly ContextPiece[] =>
  turns.filter((turn) => turnMessages(turn).length > 0).flatMap((turn) => turn.context);

function attach(
  pieces: readonly ContextPiece[],
  sent: readonly ContextPiece[],
  budget: ContextBudget,
): { kept: readonly ContextPiece[]; notes: readonly AssemblyNote[] } {
  const kept: ContextPiece[] = [];
  const notes: AssemblyNote[] = [];
  let left = budget.attached;
  for (const piece of pieces) {
    const { label } = piece;
    const whole = piece.text.length;
    const room = Math.min(budget.piece, left);
    const text = whole <= room ? piece.text : cutAtLine(piece.text, room);
    if (sent.some((earlier) => earlier.source === piece.source && earlier.text === text)) {
      notes.push({ kind: 'sent-before', label });
    } else if (text === '') {
      notes.push({ kind: 'piece-left-out', label });
    } else {
      if (text.length < whole) notes.push({ kind: 'piece-cut', label, kept: text.length, of: whole });
      kept.push({ ...piece, text });
      left -= text.length;
    }
  }
  return { kept, notes };
}

function cutAtLine(text: string, room: number): string {
  const cut = text.slice(0, room);
  const end = cut.lastIndexOf('\n');
  return end < 0 ? cut : cut.slice(0, end + 1);
}

function userContent(question: string, pieces: readonly ContextPiece[]): string {
  return [...pieces.map(pieceContent), question].join('\n\n');
}

const heading: Readonly<Record<ContextPiece['kind'], string>> = {
  selection: 'Selected code',
  file: 'File',
  problems: 'Problems reported',
};

function pieceContent({ kind, label, languageId, text }: ContextPiece): string {
  const fence = fenceFor(text);
  const body = text.endsWith('\n') ? text : `${text}\n`;
  return `${heading[kind]}: ${label}\n${fence}${languageId}\n${body}${fence}`;
}

/** A fence longer than any run of backticks inside, so that a file cannot close its own fence. */
export function fenceFor(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}
