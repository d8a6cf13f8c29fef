/** Anthropic's Messages API, as strict as the real one, parsed into the same generation as the other protocols. */
import { createHash } from 'node:crypto';
import { type ApiError, badRequest } from './apiError.ts';
import { isRecord } from './fields.ts';

type Json = Readonly<Record<string, unknown>>;

const known = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'stop_sequences',
  'stream',
  'temperature',
  'metadata',
]);
const efforts = new Set(['low', 'medium', 'high', 'xhigh', 'max']);
const leastBudget = 1024;
const mostMarks = 4;

export interface MessagesRequest {
  /** The same request in Chat Completions' form, for the common code. */
  readonly chat: Json;
  readonly thinks: boolean;
  readonly markedPrompts: readonly string[];
  readonly hourCache: boolean;
}

/** The signature of thoughts: it verifies only for the model that had them, and only unchanged. */
export const signatureOf = (model: string, thinking: string): string =>
  createHash('sha256').update(`${model}\n${thinking}`).digest('base64');

export function readMessages(body: unknown): MessagesRequest | ApiError {
  if (!isRecord(body)) return badRequest('The body is not valid JSON.');
  const stranger = Object.keys(body).find((name) => !known.has(name));
  if (stranger !== undefined) return badRequest(`${stranger}: Extra inputs are not permitted`, stranger);
  const cap = body['max_tokens'];
  if (!Number.isInteger(cap) || Number(cap) < 1)
    return badRequest('max_tokens: Field required', 'max_tokens');
  const thinking = readThinking(body, Number(cap));
  if (typeof thinking !== 'boolean') return thinking;
  if (thinking && body['temperature'] !== undefined && body['temperature'] !== 1) {
    return badRequest('`temperature` may only be set to 1 when thinking is enabled.', 'temperature');
  }
  const messages = body['messages'];
  if (!Array.isArray(messages) || messages.length === 0)
    return badRequest('messages: Field required', 'messages');
  const fault = turnsFault(messages as readonly unknown[], String(body['model']), thinking);
  if (fault !== undefined) return badRequest(fault, 'messages');
  const marks = countMarks(body);
  if (marks > mostMarks) {
    return badRequest(
      `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`,
      'cache_control',
    );
  }
  const hourCache = JSON.stringify(body).includes('"ttl":"1h"');
  return { chat: asChat(body), thinks: thinking, markedPrompts: markedPrompts(body), hourCache };
}

function readThinking(body: Json, cap: number): boolean | ApiError {
  const { thinking, output_config: config } = body as { thinking?: unknown; output_config?: unknown };
  if (config !== undefined && !(isRecord(config) && efforts.has(String(config['effort'])))) {
    return badRequest(
      'output_config.effort: Input should be low, medium, high, xhigh or max',
      'output_config',
    );
  }
  if (thinking === undefined) return false;
  if (!isRecord(thinking)) return badRequest('thinking: Input should be an object', 'thinking');
  const adaptive = !/haiku-4-5|opus-4-5|sonnet-4-5/.test(String(body['model']));
  switch (thinking['type']) {
    case 'disabled':
      return false;
    case 'adaptive':
      return adaptive ? true : badRequest('adaptive thinking is not supported on this model', 'thinking');
    case 'enabled': {
      const budget = thinking['budget_tokens'];
      if (!Number.isInteger(budget) || Number(budget) < leastBudget)
        return badRequest(
          'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
          'thinking',
        );
      if (Number(budget) >= cap)
        return badRequest('`max_tokens` must be greater than `thinking.budget_tokens`.', 'max_tokens');
      return true;
    }
    default:
      return badRequest('thinking: Input tag found does not match any of the expected tags', 'thinking');
  }
}

/** Checks roles, empty texts, thoughts before calls, and results directly after their calls. */
function turnsFault(messages: readonly unknown[], model: string, thinks: boolean): string | undefined {
  let awaited = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message) || (message['role'] !== 'user' && message['role'] !== 'assistant'))
      return `messages.${index}.role: Input should be 'user' or 'assistant'`;
    const blocks = blocksOf(message['content']);
    if (blocks === undefined || blocks.length === 0) return `messages.${index}: content must not be empty`;
    const fault = blocks
      .map((block, at) => blockFault(block, model, `messages.${index}.content.${at}`))
      .find(Boolean);
    if (fault) return fault;
    if (message['role'] === 'assistant') {
      if (awaited.size > 0) return unanswered(index, awaited);
      const calls = blocks.filter(({ type }) => type === 'tool_use');
      if (thinks && calls.length > 0 && !/thinking/.test(String(blocks[0]?.['type'])))
        return `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(blocks[0]?.['type'])}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`;
      awaited = new Set(calls.map(({ id }) => id));
      continue;
    }
    const results = blocks.filter(({ type }) => type === 'tool_result');
    for (const { tool_use_id: id } of results) {
      if (!awaited.delete(id))
        return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(id)}`;
    }
    if (awaited.size > 0) return unanswered(index, awaited);
    if (results.length > 0 && blocks[0]?.['type'] !== 'tool_result')
      return `messages.${index}: \`tool_result\` blocks must come first`;
  }
  return awaited.size > 0 ? unanswered(messages.length, awaited) : undefined;
}

const unanswered = (index: number, ids: ReadonlySet<unknown>): string =>
  `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...ids].join(', ')}`;

function blocksOf(content: unknown): readonly Json[] | undefined {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return Array.isArray(content) && content.every(isRecord) ? content : undefined;
}

function blockFault(block: Json, model: string, path: string): string | undefined {
  switch (block['type']) {
    case 'text':
      return typeof block['text'] === 'string' && block['text'].trim() !== ''
        ? undefined
        : `${path}: text content blocks must be non-empty`;
    case 'thinking':
      if (block['cache_control'] !== undefined)
        return `${path}.thinking.cache_control: Extra inputs are not permitted`;
      return block['signature'] === signatureOf(model, String(block['thinking']))
        ? undefined
        : `${path}: Invalid \`signature\` in \`thinking\` block`;
    case 'tool_use':
      return isRecord(block['input'])
        ? undefined
        : `${path}.tool_use.input: Input should be a valid dictionary`;
    case 'tool_result':
      return typeof block['content'] === 'string' ||
        Array.isArray(block['content']) ||
        block['content'] === undefined
        ? undefined
        : `${path}.tool_result.content: Input should be a valid list`;
    case 'image':
      return isRecord(block['source']) ? undefined : `${path}.image.source: Field required`;
    default:
      return `${path}: Input tag '${String(block['type'])}' found using 'type' does not match any of the expected tags`;
  }
}

const countMarks = (body: Json): number => JSON.stringify(body).split('"cache_control":').length - 1;

/** The prompt up to each mark, in the order of the API's cache: tools, system text, turns. */
function markedPrompts(body: Json): readonly string[] {
  const inOrder = JSON.stringify([body['tools'] ?? [], body['system'] ?? [], body['messages']]);
  const marks = [...inOrder.matchAll(/"cache_control":/g)];
  return marks.map(({ index }) => inOrder.slice(0, index).replace(/,$|,?"cache_control":\{[^}]*\}/g, ''));
}

function asChat(body: Json): Json {
  const system = blocksOf(body['system']) ?? [];
  const tools = Array.isArray(body['tools']) ? (body['tools'] as readonly Json[]) : [];
  return {
    model: body['model'],
    max_tokens: body['max_tokens'],
    ...(body['stream'] === true && { stream: true }),
    ...(body['stop_sequences'] !== undefined && { stop: body['stop_sequences'] }),
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({
        type: 'function',
        function: { name: tool['name'], description: tool['description'], parameters: tool['input_schema'] },
      })),
    }),
    messages: [
      ...system.map(({ text }) => ({ role: 'system', content: text })),
      ...(body['messages'] as readonly Json[]).flatMap(turnAsChat),
    ],
  };
}

function turnAsChat(turn: Json): readonly Json[] {
  const blocks = blocksOf(turn['content']) ?? [];
  const text = blocks.map((block) => (block['type'] === 'text' ? String(block['text']) : '')).join('');
  if (turn['role'] === 'user') {
    const results = blocks
      .filter(({ type }) => type === 'tool_result')
      .map(({ tool_use_id: id, content }) => ({
        role: 'tool',
        tool_call_id: id,
        content: (blocksOf(content) ?? []).map(({ text: part }) => String(part)).join(''),
      }));
    return text === '' && results.length > 0 ? results : [...results, { role: 'user', content: text }];
  }
  const calls = blocks.filter(({ type }) => type === 'tool_use');
  return [
    {
      role: 'assistant',
      content: text,
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ id, name, input }) => ({
          id,
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        })),
      }),
    },
  ];
}
