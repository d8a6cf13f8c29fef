/**
 * A chat request in the form of the Messages API: separate system text, alternating turns, returned thoughts, cache
 * marks.
 */
import type Anthropic from '@anthropic-ai/sdk';
import type { Arm } from '../../core/arm.ts';
import type {
  ChatMessage,
  ChatRequest,
  MessageContent,
  ToolCall,
  ToolDefinition,
} from '../../app/ports/models.ts';
import { textOf } from '../messageText.ts';
import { leastCachedTokens } from '../anthropicModels.ts';
import { thinkingOf } from './effort.ts';
import { thoughtsBeside } from './thoughts.ts';
import { isRecord } from '../../core/shape.ts';

type MessageParams = Anthropic.Messages.MessageCreateParamsStreaming;
type ContentBlock = Anthropic.Messages.ContentBlockParam;
type Tool = Anthropic.Messages.Tool;
type TextBlock = Anthropic.Messages.TextBlockParam;

interface MessageTurn {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlock[];
}

/** Temperature and similar fields are not sent: newer models answer them with 400. */
export function messagesBody(request: ChatRequest): MessageParams {
  const { arm, outputCap, toolChoice, stop } = request;
  const system = request.messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ content }) => textBlock(content));
  const turns = turnsOf(request);
  const tools = (request.tools ?? []).map(toTool);
  const { thinks, fields } = thinkingOf(arm, outputCap, turns.every(mayPrecedeThoughts));
  markPrefix(tools, system, turns, leastCachedTokens(arm.model), arm.cacheLife);
  return {
    model: arm.model,
    max_tokens: outputCap,
    ...(tools.length > 0 && {
      tools,
      // The API refuses a forced call for a model that reasons.
      tool_choice: { type: toolChoice === 'required' && !thinks ? ('any' as const) : ('auto' as const) },
    }),
    ...(system.length > 0 && { system }),
    messages: turns,
    ...fields,
    ...(stop?.length && { stop_sequences: [...stop] }),
    stream: true,
  };
}

/**
 * The API refuses to reason where an earlier turn called tools and its thoughts are missing: another model's, or lost.
 */
const mayPrecedeThoughts = ({ role, content }: MessageTurn): boolean =>
  role === 'user' ||
  !content.some(({ type }) => type === 'tool_use') ||
  content[0]?.type === 'thinking' ||
  content[0]?.type === 'redacted_thinking';

/** Neighbors of one role become one turn, as the API wants them; the results of tools stand first in theirs. */
function turnsOf({ messages, arm }: ChatRequest): MessageTurn[] {
  const turns: MessageTurn[] = [];
  for (const message of messages) {
    const content = blocksOf(message, arm.id);
    if (content.length === 0) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function blocksOf(message: ChatMessage, armId: string): ContentBlock[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return partsOf(message.content);
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: partsOf(message.content) }];
    case 'assistant': {
      const calls = message.toolCalls ?? [];
      return [...thoughtsBeside(calls, armId), ...textBlock(message.content), ...calls.map(toToolUse)];
    }
  }
}

/** The API refuses an empty text. */
function textBlock(content: MessageContent): TextBlock[] {
  const text = textOf(content);
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

type MessagePart = TextBlock | Anthropic.Messages.ImageBlockParam;

function partsOf(content: MessageContent): MessagePart[] {
  if (typeof content === 'string') return textBlock(content);
  return content.flatMap((part): MessagePart[] =>
    part.type === 'text'
      ? textBlock(part.text)
      : [
          {
            type: 'image',
            source: { type: 'base64', media_type: part.mediaType as ImageType, data: part.base64 },
          },
        ],
  );
}

type ImageType = Anthropic.Messages.Base64ImageSource['media_type'];

const toToolUse = ({ id, name, input }: ToolCall): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input: objectOf(input),
});

/** The API accepts only an object; other input of a model goes back as text under a name of its own. */
function objectOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    if (isRecord(value)) return value;
  } catch {
    // Not JSON: kept as text below.
  }
  return { input: json };
}

const toTool = ({ name, description, inputSchema }: ToolDefinition): Tool => ({
  name,
  description,
  input_schema: { type: 'object', ...inputSchema },
});

/**
 * Marks the places where the API caches: after the tools, after the system text, and after each of the last two user
 * turns, so that the next request finds the previous one. Four marks are the API's limit. A prefix that is too short
 * for the model's cache gets no mark.
 */
function markPrefix(
  tools: Tool[],
  system: TextBlock[],
  turns: readonly MessageTurn[],
  leastTokens: number,
  life: Arm['cacheLife'],
): void {
  const cache_control = { type: 'ephemeral' as const, ...(life === 'hour' && { ttl: '1h' as const }) };
  let bytes = 0;
  const mark = (added: readonly ContentBlock[] | readonly Tool[], wanted: boolean): void => {
    bytes += Buffer.byteLength(JSON.stringify(added));
    const last = added.at(-1);
    if (!wanted || last === undefined || bytes < leastTokens * BYTES_PER_TOKEN) return;
    if (takesMark(last)) last.cache_control = cache_control;
  };
  const marked = new Set(turns.filter(({ role }) => role === 'user').slice(-2));
  mark(tools, true);
  mark(system, true);
  for (const turn of turns) mark(turn.content, marked.has(turn));
}

/** About four bytes for a token of English or code; a prefix that this underestimates is only unmarked for one turn. */
const BYTES_PER_TOKEN = 4;

type Markable =
  Tool | TextBlock | Anthropic.Messages.ImageBlockParam | Anthropic.Messages.ToolResultBlockParam;

const takesMark = (block: ContentBlock | Tool): block is Markable =>
  !('type' in block) || ['text', 'image', 'tool_result'].includes(String(block.type));
