/** The part of a chat that the router reads: the user's own request without the additions of VS Code's chat. */
import type { View } from '../call/orders.ts';
import { textOf, type ChatPart, type ChatTurn } from './messages.ts';

/** VS Code's built-in agent marks the user's words with these tags, after its own context and reminders. */
const [OPEN, CLOSE] = ['<userRequest>', '</userRequest>'] as const;
const ATTACHMENT = /<attachment\b/g;

export function chatView(turns: readonly ChatTurn[], languageId: string): View {
  const text = latestRequest(turns);
  const chars = turns.reduce(
    (sum, { parts }) => sum + parts.reduce((all, part) => all + charsOf(part), 0),
    0,
  );
  return {
    text,
    languageId,
    contextChars: Math.max(0, chars - text.length),
    turn: turns.filter(isFinalAnswer).length,
    referenceCount: turns.reduce((sum, turn) => sum + references(turn), 0),
  };
}

/** The user's words inside VS Code's tags; undefined where there are no tags. */
export function requestIn(parts: readonly ChatPart[]): string | undefined {
  const text = textOf(parts);
  let found: string | undefined;
  for (let at = text.indexOf(OPEN); at >= 0;) {
    const end = text.indexOf(CLOSE, at + OPEN.length);
    if (end < 0) break;
    found = text.slice(at + OPEN.length, end).trim();
    at = text.indexOf(OPEN, end + CLOSE.length);
  }
  return found;
}

/** In a tool loop the user's question stays the request, whatever results and reminders follow it. */
function latestRequest(turns: readonly ChatTurn[]): string {
  const asked = turns.filter(({ role }) => role === 'user');
  for (const { parts } of asked.toReversed()) {
    const request = requestIn(parts);
    if (request !== undefined) return request;
  }
  return asked.map(({ parts }) => textOf(parts)).findLast((text) => text.trim() !== '') ?? '';
}

/** An answer that calls tools is a step of a turn; an answer without tool calls ends it. */
const isFinalAnswer = ({ role, parts }: ChatTurn): boolean =>
  role === 'assistant' && !parts.some(({ type }) => type === 'tool-call');

function references({ role, parts }: ChatTurn): number {
  if (role !== 'user') return 0;
  const images = parts.filter(({ type }) => type === 'image').length;
  return images + (textOf(parts).match(ATTACHMENT)?.length ?? 0);
}

export function charsOf(part: ChatPart): number {
  switch (part.type) {
    case 'text':
      return part.text.length;
    case 'image':
      return 0;
    case 'tool-call':
      return part.call.name.length + part.call.input.length;
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + charsOf(inner), 0);
  }
}
