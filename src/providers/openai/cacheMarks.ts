import type OpenAI from 'openai';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { leastCachedTokens } from '../anthropicModels.ts';
import { PRESETS } from '../presets.ts';

type MarkedMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;

/** About four bytes for a token of English or code. */
const BYTES_PER_TOKEN = 4;

/**
 * Gateways pass Anthropic's cache marks on message parts to its models: one after the system text, one after each of
 * the last two messages that are not the model's own. Other models cache automatically, or not at all.
 */
export function withCacheMarks(
  endpoint: Endpoint,
  model: string,
  messages: readonly MarkedMessage[],
): MarkedMessage[] {
  if (!PRESETS[endpoint.preset].passesCacheMarks || !/claude|anthropic/i.test(model)) return [...messages];
  const least = leastCachedTokens(model) * BYTES_PER_TOKEN;
  const own = messages.flatMap(({ role }, index) => (role === 'user' || role === 'tool' ? [index] : []));
  const lastSystem = messages.findLastIndex(({ role }) => role === 'system');
  const marked = new Set([lastSystem, ...own.slice(-2)]);
  let bytes = 0;
  return messages.map((message, index) => {
    bytes += Buffer.byteLength(JSON.stringify(message.content ?? ''));
    return marked.has(index) && bytes >= least ? withMark(message) : message;
  });
}

const MARK = { cache_control: { type: 'ephemeral' } };

function withMark(message: MarkedMessage): MarkedMessage {
  const { content } = message;
  if (typeof content === 'string') {
    if (content === '') return message;
    return { ...message, content: [{ type: 'text', text: content, ...MARK }] } as MarkedMessage;
  }
  if (!Array.isArray(content) || content.length === 0) return message;
  const parts: readonly object[] = content;
  return { ...message, content: [...parts.slice(0, -1), { ...parts.at(-1), ...MARK }] } as MarkedMessage;
}
