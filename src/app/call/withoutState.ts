/**
 * Converts a conversation for a provider that no longer accepts the state it sent beside tool calls: calls and their
 * results become plain text, which every protocol accepts, so their content is kept.
 */
import type { ChatMessage, ContentPart, MessageContent, ToolCall } from '../ports/models.ts';

/** @param isStateless whether a call becomes text, by its id; the calls of one turn are converted together */
export function withoutState(
  messages: readonly ChatMessage[],
  isStateless: (callId: string) => boolean = () => true,
): readonly ChatMessage[] {
  const names = new Map<string, string>();
  const plain: ChatMessage[] = [];
  for (const message of messages) {
    const told = plainMessage(message, names, isStateless);
    const last = plain.at(-1);
    // Some servers refuse two user messages in a row.
    const joins = told !== message || (last?.role === 'user' && names.size > 0);
    if (joins && told.role === 'user' && last?.role === 'user')
      plain[plain.length - 1] = { role: 'user', content: joined(last.content, told.content) };
    else plain.push(told);
  }
  return plain;
}

function plainMessage(
  message: ChatMessage,
  names: Map<string, string>,
  isStateless: (callId: string) => boolean,
): ChatMessage {
  if (message.role === 'assistant' && message.toolCalls?.some(({ id }) => isStateless(id))) {
    for (const { id, name } of message.toolCalls) names.set(id, name);
    const said = [textIn(message.content), ...message.toolCalls.map(callAsText)];
    return { role: 'assistant', content: said.filter((text) => text !== '').join('\n\n') };
  }
  const name = message.role === 'tool' ? names.get(message.toolCallId) : undefined;
  if (name === undefined) return message;
  return { role: 'user', content: `Result of ${name}:\n${textIn(message.content)}` };
}

/** Models read it, so it is not translated. */
const callAsText = ({ name, input }: ToolCall): string => `Called ${name} with ${input || '{}'}`;

function joined(first: MessageContent, second: MessageContent): MessageContent {
  if (typeof first === 'string' && typeof second === 'string') return `${first}\n\n${second}`;
  return [...partsOf(first), { type: 'text', text: '\n\n' }, ...partsOf(second)];
}

const partsOf = (content: MessageContent): readonly ContentPart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

const textIn = (content: MessageContent): string =>
  typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : '')).join('');
