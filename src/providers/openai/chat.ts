import type OpenAI from 'openai';
import type {
  ChatMessage,
  ChatRequest,
  MessageContent,
  ModelStream,
  ToolDefinition,
} from '../../app/ports/models.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { textOf } from '../messageText.ts';
import { PRESETS } from '../presets.ts';
import { isOpenAiReasoning } from '../protocol.ts';
import { ChunkReader } from './answer.ts';
import { withCacheMarks } from './cacheMarks.ts';
import { effortFields } from './effort.ts';
import { buildClient } from './client.ts';
import type { CallContext } from '../http/call.ts';
import { withoutReasoning } from '../http/reasoning.ts';
import { featuresOf } from '../http/refusals.ts';
import { streamCall } from '../http/stream.ts';
import { opaqueOfCall, opaqueOfMessage } from './opaque.ts';

type Chat = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;
type ChatMessageParam = OpenAI.Chat.Completions.ChatCompletionMessageParam;

export function streamChat(context: CallContext, request: ChatRequest): ModelStream {
  const body = chatBody(context.endpoint, request);
  const headers = headersFor(context.endpoint, request);
  return streamCall(context, {
    build: buildClient,
    answer: new ChunkReader(context.endpoint.promptTokensIncludeCached, {
      armId: request.arm.id,
      sent: sentBy(request),
    }),
    open: ({ client, guard }) => client.chat.completions.create(body, { signal: guard.signal, headers }),
    signal: request.signal,
    sent: request.messages.map((message) => textOf(message.content)).join('\n'),
    mayBeEmpty: false,
    features: featuresOf(request, 'chat'),
  });
}

export function chatBody(endpoint: Endpoint, request: ChatRequest): Chat {
  const { arm, outputCap, tools } = request;
  return {
    model: arm.model,
    messages: withCacheMarks(
      endpoint,
      arm.model,
      request.messages.map((message) => toMessage(message, request)),
    ),
    [arm.outputCapField]: outputCap,
    ...(hasFixedSampling(endpoint, arm.model) ? {} : sampling(request)),
    ...(tools?.length ? { tools: tools.map(toTool), tool_choice: request.toolChoice ?? 'auto' } : {}),
    ...reasoningBudget(endpoint, request),
    ...effortFields(endpoint, arm),
    ...cacheKey(endpoint, request),
    ...streamOptions(endpoint),
    stream: true,
  };
}

const cacheKey = ({ preset }: Endpoint, { cacheKey: key }: ChatRequest): object =>
  key !== undefined && PRESETS[preset].cacheKeyField === 'prompt_cache_key' ? { prompt_cache_key: key } : {};

/** xAI expects the conversation's key in a header here. */
const headersFor = ({ preset }: Endpoint, { cacheKey: key }: ChatRequest): Record<string, string> =>
  key !== undefined && PRESETS[preset].cacheKeyField === 'x-grok-conv-id' ? { 'x-grok-conv-id': key } : {};

/** The request for usage at the end of a stream. */
export const streamOptions = (endpoint: Endpoint): object => ({
  ...(endpoint.acceptsStreamOptions && { stream_options: { include_usage: true } }),
  // OpenRouter's own switch, which adds the call's cost.
  ...(endpoint.preset === 'openrouter' && { usage: { include: true } }),
});

/**
 * OpenRouter accepts a reasoning budget beside the cap. It is sent for models that have reasoned, since it turns
 * reasoning on where it is off, and not beside an effort, which it excludes; the providers behind it require at least
 * 1,024 (https://openrouter.ai/docs/use-cases/reasoning-tokens, read in November 2026).
 */
const reasoningBudget = ({ preset }: Endpoint, { arm, reasoningCap = 0 }: ChatRequest): object =>
  preset === 'openrouter' && arm.effort === undefined && reasoningCap >= 1_024
    ? { reasoning: { max_tokens: reasoningCap } }
    : {};

/** OpenAI's reasoning models answer any temperature or stop sequence with 400. */
const hasFixedSampling = (endpoint: Endpoint, model: string): boolean =>
  (endpoint.preset === 'openai' || endpoint.preset === 'azure') && isOpenAiReasoning(model);

const sampling = ({ temperature, stop }: ChatRequest): object => ({
  ...(temperature !== undefined && { temperature }),
  ...(stop?.length && { stop: [...stop] }),
});

/** The user's side: instructions, questions, results of tools. */
const sentBy = ({ messages }: ChatRequest): string =>
  messages.map(({ role, content }) => (role === 'assistant' ? '' : textOf(content))).join('\n');

function toMessage(message: ChatMessage, request: ChatRequest): ChatMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textOf(message.content) };
    case 'user':
      return { role: 'user', content: toUserContent(message.content) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: textOf(message.content) };
    case 'assistant': {
      const calls = message.toolCalls ?? [];
      const armId = request.arm.id;
      const content = withoutReasoning(textOf(message.content), () => sentBy(request));
      if (calls.length === 0) return { role: 'assistant', content };
      return {
        role: 'assistant',
        content: content || null,
        ...opaqueOfMessage(calls, armId),
        tool_calls: calls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: call.input },
          ...opaqueOfCall(call, armId),
        })),
      };
    }
  }
}

/** A plain string where there is no image, since many servers accept nothing else. */
function toUserContent(
  content: MessageContent,
): string | OpenAI.Chat.Completions.ChatCompletionContentPart[] {
  if (typeof content === 'string' || content.every((part) => part.type === 'text')) return textOf(content);
  return content.map((part) =>
    part.type === 'text'
      ? part
      : { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.base64}` } },
  );
}

const toTool = ({ name, description, inputSchema }: ToolDefinition) => ({
  type: 'function' as const,
  function: {
    name,
    description,
    ...(inputSchema && { parameters: inputSchema as Record<string, unknown> }),
  },
});
