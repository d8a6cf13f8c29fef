/**
 * Converts a chat in VS Code's form into messages that every endpoint accepts. OpenAI-like endpoints refuse a tool
 * result without its call, a call without its result, and some of them two user messages in a row; VS Code's chat,
 * which cuts and summarizes its history, sends all three. Therefore everything between two answers is collected: each
 * call gets its result, in the order of the calls, and the rest becomes one user message.
 */
import type { ChatMessage, ContentPart, MessageContent, ToolCall } from '../ports/models.ts';

export type ChatPart =
  | ContentPart
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-result'; readonly callId: string; readonly content: readonly ContentPart[] };

/** One message of the chat, before conversion. */
export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly ChatPart[];
}

/** The result that a model reads for a call that was cut off before its result; not translated. */
export const NO_RESULT = 'No result: the tool was not run.';
const ORPHAN = 'Result of an earlier tool call:\n';
const IMAGES_FOLLOW = 'The result is an image; it follows.';

export function toChatMessages(turns: readonly ChatTurn[]): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  let round = new Round();
  for (const turn of turns) {
    if (turn.role !== 'user' && saysNothing(turn)) continue;
    const startsAnew =
      turn.role === 'system' ? !round.isEmpty : turn.role === 'assistant' && round.hasUserParts;
    if (startsAnew) {
      messages.push(...round.messages());
      round = new Round();
    }
    if (turn.role === 'system') messages.push({ role: 'system', content: textOf(turn.parts) });
    else if (turn.role === 'assistant') round.addAnswer(turn.parts);
    else round.addUser(turn.parts);
  }
  messages.push(...round.messages());
  return messages;
}

/** The text of a message's parts, joined without a separator. */
export const textOf = (parts: readonly ChatPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

const saysNothing = ({ parts }: ChatTurn): boolean =>
  textOf(parts) === '' && !parts.some(({ type }) => type === 'tool-call');

/** An answer of the model and everything that followed it before the next answer. */
class Round {
  readonly #said: string[] = [];
  readonly #calls: ToolCall[] = [];
  readonly #results = new Map<string, readonly ContentPart[]>();
  readonly #user: ContentPart[][] = [];

  get isEmpty(): boolean {
    return this.#said.length === 0 && this.#calls.length === 0 && !this.hasUserParts;
  }

  get hasUserParts(): boolean {
    return this.#results.size > 0 || this.#user.length > 0;
  }

  addAnswer(parts: readonly ChatPart[]): void {
    const text = textOf(parts);
    if (text !== '') this.#said.push(text);
    for (const part of parts) {
      // Results of two calls with the same id cannot be told apart.
      const known = part.type === 'tool-call' && this.#calls.some(({ id }) => id === part.call.id);
      if (part.type === 'tool-call' && !known) this.#calls.push(part.call);
    }
  }

  addUser(parts: readonly ChatPart[]): void {
    const content: ContentPart[] = [];
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'image') content.push(part);
      if (part.type !== 'tool-result') continue;
      if (this.#awaits(part.callId)) this.#results.set(part.callId, part.content);
      else content.push({ type: 'text', text: ORPHAN }, ...part.content);
    }
    if (content.some((part) => part.type === 'image' || part.text !== '')) this.#user.push(content);
  }

  messages(): readonly ChatMessage[] {
    const content = this.#said.join('\n\n');
    const calls = this.#calls.length === 0 ? {} : { toolCalls: this.#calls };
    const answer: ChatMessage[] =
      content === '' && this.#calls.length === 0 ? [] : [{ role: 'assistant', content, ...calls }];
    const results = this.#calls.map(({ id }) => resultMessage(id, this.#results.get(id)));
    // A tool message accepts only text at most endpoints; images go into the following user message.
    const images = [...this.#results.values()].flatMap((parts) =>
      parts.filter(({ type }) => type === 'image'),
    );
    const user = joined([...(images.length > 0 ? [images] : []), ...this.#user]);
    return [...answer, ...results, ...(user === '' ? [] : [{ role: 'user' as const, content: user }])];
  }

  #awaits(callId: string): boolean {
    return this.#calls.some(({ id }) => id === callId) && !this.#results.has(callId);
  }
}

function resultMessage(toolCallId: string, content: readonly ContentPart[] | undefined): ChatMessage {
  const text = content === undefined ? NO_RESULT : textOf(content);
  const hasImages = content?.some(({ type }) => type === 'image') ?? false;
  return { role: 'tool', toolCallId, content: text === '' && hasImages ? IMAGES_FOLLOW : text };
}

/** Consecutive messages as one content, a plain string where there is no image. */
function joined(messages: readonly (readonly ContentPart[])[]): MessageContent {
  const parts = messages.flatMap((parts, index): readonly ContentPart[] =>
    index === 0 ? parts : [{ type: 'text', text: '\n\n' }, ...parts],
  );
  return parts.every(({ type }) => type === 'text') ? textOf(parts) : parts;
}
