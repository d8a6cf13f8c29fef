/**
 * From a chat as VS Code hands it over to messages that every endpoint takes. Endpoints of OpenAI's kind refuse a tool
 * result without its call, a call without its result, and some of them two user messages in a row; VS Code's chat,
 * which cuts and summarises its history, sends all three. So what stands between two answers is gathered: each call
 * gets its result, in the order of the calls, and what is left becomes one user message.
 */
import type { ChatMessage, ContentPart, MessageContent, ToolCall } from '../ports/models.ts';

export type ChatPart =
  | ContentPart
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'tool-result'; readonly callId: string; readonly content: readonly ContentPart[] };

/** One message as it came. */
export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly ChatPart[];
}

/** What a model reads where a call was cut off before its result. For models, so it is not translated. */
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

/** The text of a message's parts; parts of one message belong together without a break. */
export const textOf = (parts: readonly ChatPart[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

const saysNothing = ({ parts }: ChatTurn): boolean =>
  textOf(parts) === '' && !parts.some(({ type }) => type === 'tool-call');

/** An answer of the model and everything that came back to it before its next one. */
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
      // Two calls of one id could not be told apart by their results.
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
    // A tool message takes text only, wherever one asks; pictures go to the user's message after it.
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

/** Messages one after another as one content, a plain string where there is no picture. */
function joined(messages: readonly (readonly ContentPart[])[]): MessageContent {
  const parts = messages.flatMap((parts, index): readonly ContentPart[] =>
    index === 0 ? parts : [{ type: 'text', text: '\n\n' }, ...parts],
  );
  return parts.every(({ type }) => type === 'text') ? textOf(parts) : parts;
}
