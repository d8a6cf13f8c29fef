/**
 * A chat request in the stateless form of the Responses API: the provider stores nothing, and the model's encrypted
 * reasoning comes with each answer and goes back before the calls it belongs to.
 */
import type OpenAI from 'openai';
import type {
  ChatMessage,
  ChatRequest,
  MessageContent,
  ModelStream,
  ToolCall,
  ToolDefinition,
} from '../../app/ports/models.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import type { CallContext } from '../http/call.ts';
import { featuresOf } from '../http/refusals.ts';
import { streamCall } from '../http/stream.ts';
import { textOf } from '../messageText.ts';
import { PRESETS } from '../presets.ts';
import { buildClient } from './client.ts';
import { ResponsesAnswer } from './responsesAnswer.ts';
import { listAt, stringAt } from '../http/json.ts';

type ResponseParams = OpenAI.Responses.ResponseCreateParamsStreaming;
type ResponseItem = OpenAI.Responses.ResponseInputItem;
type ResponsePart = OpenAI.Responses.ResponseInputContent;

export function streamResponses(context: CallContext, request: ChatRequest): ModelStream {
  const body = responsesBody(context.endpoint, request);
  return streamCall(context, {
    build: buildClient,
    answer: new ResponsesAnswer(request.arm.id),
    open: ({ client, guard }) => client.responses.create(body, { signal: guard.signal }),
    signal: request.signal,
    sent: request.messages.map(({ content }) => textOf(content)).join('\n'),
    mayBeEmpty: false,
    features: featuresOf(request, 'responses'),
  });
}

export function responsesBody(endpoint: Endpoint, request: ChatRequest): ResponseParams {
  const { arm, messages, outputCap, tools, toolChoice, cacheKey } = request;
  const instructions = messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => textOf(content))
    .join('\n\n');
  return {
    model: arm.model,
    ...(instructions !== '' && { instructions }),
    ...(tools?.length && { tools: tools.map(toTool), tool_choice: toolChoice ?? 'auto' }),
    input: messages.flatMap((message) => itemsOf(message, arm.id)),
    max_output_tokens: outputCap,
    ...(typeof arm.effort === 'string' && { reasoning: { effort: arm.effort } }),
    include: ['reasoning.encrypted_content'],
    store: false,
    ...(cacheKey !== undefined &&
      PRESETS[endpoint.preset].cacheKeyField !== undefined && { prompt_cache_key: cacheKey }),
    stream: true,
  };
}

function itemsOf(message: ChatMessage, armId: string): ResponseItem[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', content: partsOf(message.content) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCallId, output: textOf(message.content) }];
    case 'assistant': {
      const calls = message.toolCalls ?? [];
      const text = textOf(message.content);
      const said: ResponseItem[] = text === '' ? [] : [{ role: 'assistant', content: text }];
      return [...reasoningBeside(calls, armId), ...said, ...calls.map(toCallItem)];
    }
  }
}

function partsOf(content: MessageContent): string | ResponsePart[] {
  if (typeof content === 'string' || content.every(({ type }) => type === 'text')) return textOf(content);
  return content.map((part) =>
    part.type === 'text'
      ? { type: 'input_text', text: part.text }
      : { type: 'input_image', detail: 'auto', image_url: `data:${part.mediaType};base64,${part.base64}` },
  );
}

const toCallItem = ({ id, name, input }: ToolCall): ResponseItem => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: input,
});

/** The reasoning items that this arm made before these calls; the API refuses those of another model. */
function reasoningBeside(calls: readonly ToolCall[], armId: string): ResponseItem[] {
  return calls.flatMap(({ opaque }) =>
    opaque?.armId === armId
      ? listAt(opaque.data, 'reasoning').flatMap((item): ResponseItem[] => {
          const id = stringAt(item, 'id');
          const encrypted = stringAt(item, 'encrypted_content');
          if (!id || !encrypted) return [];
          const summary = listAt(item, 'summary').flatMap((piece) => {
            const text = stringAt(piece, 'text');
            return text === undefined ? [] : [{ type: 'summary_text' as const, text }];
          });
          return [{ type: 'reasoning', id, summary, encrypted_content: encrypted }];
        })
      : [],
  );
}

/** `strict` would require more of a schema than other extensions' tools fulfil. */
const toTool = ({ name, description, inputSchema }: ToolDefinition): OpenAI.Responses.FunctionTool => ({
  type: 'function',
  name,
  description,
  parameters: (inputSchema as Record<string, unknown> | undefined) ?? { type: 'object', properties: {} },
  strict: false,
});
