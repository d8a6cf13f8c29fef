/**
 * OpenAI's Responses API, stateless and as strict as the real one, parsed into the same generation as the other
 * protocols.
 */
import { type ApiError, badRequest } from './apiError.ts';
import { isRecord } from './fields.ts';
import type { FakeModel } from './model.ts';

type Json = Readonly<Record<string, unknown>>;

const known = new Set([
  'model',
  'input',
  'instructions',
  'max_output_tokens',
  'tools',
  'tool_choice',
  'reasoning',
  'include',
  'store',
  'stream',
  'prompt_cache_key',
  'temperature',
  'parallel_tool_calls',
]);
const efforts = new Set(
  ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'].map((level) => JSON.stringify(level)),
);
const leastOutputTokens = 16;

/** The encrypted form of a model's reasoning; only the model that made it can read it. */
export const encryptedReasoning = (model: string, id: string): string =>
  Buffer.from(`reasoning of ${model} in ${id}`).toString('base64');

const isReadable = (encrypted: unknown, model: string): boolean =>
  typeof encrypted === 'string' &&
  Buffer.from(encrypted, 'base64').toString().startsWith(`reasoning of ${model} in `);

export function readResponses(body: unknown, models: readonly FakeModel[]): Json | ApiError {
  if (!isRecord(body)) return badRequest('We could not parse the JSON body of your request.');
  const stranger = Object.keys(body).find((name) => !known.has(name));
  if (stranger !== undefined)
    return badRequest(`Unknown parameter: '${stranger}'.`, stranger, 'unknown_parameter');
  const effort: unknown = isRecord(body['reasoning']) ? body['reasoning']['effort'] : undefined;
  if (effort !== undefined && !efforts.has(JSON.stringify(effort)))
    return badRequest(`Invalid value: ${JSON.stringify(effort)}.`, 'reasoning.effort', 'invalid_value');
  const cap = body['max_output_tokens'];
  if (cap !== undefined && (!Number.isInteger(cap) || Number(cap) < leastOutputTokens))
    return badRequest(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${leastOutputTokens}, but got ${JSON.stringify(cap)} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    );
  const include = Array.isArray(body['include']) ? body['include'] : [];
  if (include.some((name) => name !== 'reasoning.encrypted_content'))
    return badRequest('Invalid value in include.', 'include');
  if (include.length > 0 && body['store'] !== false)
    return badRequest('Encrypted content is not supported with this model when store is true.', 'include');
  const input = itemsOf(body['input']);
  if (input === undefined || input.length === 0)
    return badRequest("Missing required parameter: 'input'.", 'input');
  const model = models.find(({ id }) => id === body['model']);
  const fault = inputFault(input, model);
  return fault === undefined ? asChat(body, input) : badRequest(fault, 'input');
}

function itemsOf(input: unknown): readonly Json[] | undefined {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) && input.every(isRecord) ? input : undefined;
}

function inputFault(input: readonly Json[], model: FakeModel | undefined): string | undefined {
  const called = new Set<unknown>();
  let reasoned = false;
  for (const [index, item] of input.entries()) {
    switch (item['type'] ?? 'message') {
      case 'message':
        if (!['user', 'assistant', 'system', 'developer'].includes(String(item['role'])))
          return `Invalid value: 'input[${index}].role'.`;
        if (item['role'] !== 'assistant') reasoned = false;
        break;
      case 'reasoning':
        if (!Array.isArray(item['summary'])) return `Missing required parameter: 'input[${index}].summary'.`;
        if (!isReadable(item['encrypted_content'], model?.id ?? ''))
          return `The encrypted content for item ${String(item['id'])} could not be verified.`;
        reasoned = true;
        break;
      case 'function_call':
        if (typeof item['arguments'] !== 'string' || typeof item['call_id'] !== 'string')
          return `Missing required parameter: 'input[${index}].call_id'.`;
        if (model?.reasoning !== undefined && !reasoned)
          return `Item 'input[${index}]' of type 'function_call' was provided without its required 'reasoning' item.`;
        called.add(item['call_id']);
        break;
      case 'function_call_output':
        if (!called.delete(item['call_id']))
          return `No tool call found for function call output with call_id ${String(item['call_id'])}.`;
        reasoned = false;
        break;
      default:
        return `Invalid value: '${String(item['type'])}'.`;
    }
  }
  return called.size > 0 ? `No tool output found for function call ${[...called].join(', ')}.` : undefined;
}

function asChat(body: Json, input: readonly Json[]): Json {
  const tools = Array.isArray(body['tools']) ? (body['tools'] as readonly Json[]) : [];
  const instructions = body['instructions'];
  return {
    model: body['model'],
    ...(body['max_output_tokens'] !== undefined && { max_completion_tokens: body['max_output_tokens'] }),
    ...(body['stream'] === true && { stream: true }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    messages: [
      ...(typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []),
      ...messagesOf(input),
    ],
  };
}

/** Calls are items of their own; in Chat Completions they belong to the preceding message of the assistant. */
function messagesOf(input: readonly Json[]): readonly Json[] {
  const messages: Record<string, unknown>[] = [];
  for (const item of input) {
    const type = item['type'] ?? 'message';
    if (type === 'message') messages.push({ role: item['role'], content: textOf(item['content']) });
    if (type === 'function_call_output')
      messages.push({ role: 'tool', tool_call_id: item['call_id'], content: textOf(item['output']) });
    if (type === 'function_call') {
      const call = {
        id: item['call_id'],
        type: 'function',
        function: { name: item['name'], arguments: item['arguments'] },
      };
      const last = messages.at(-1);
      if (last?.['role'] === 'assistant')
        last['tool_calls'] = [...((last['tool_calls'] as object[] | undefined) ?? []), call];
      else messages.push({ role: 'assistant', content: '', tool_calls: [call] });
    }
  }
  return messages;
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content
          .map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''))
          .join('')
      : '';
