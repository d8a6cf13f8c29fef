import { toolOrderFault, toolsFault } from './toolCalls.ts';

/** The accepted fields of each endpoint and their forms. All others are refused, as by the real endpoints. */

/** Returns the fault of a value, or undefined. */
type Check = (value: unknown) => string | undefined;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const expect =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : `expected ${what}, but got ${JSON.stringify(value).slice(0, 60)} instead`;

const text = expect('a string', (value) => typeof value === 'string');
const filledText = expect('a non-empty string', (value) => typeof value === 'string' && value !== '');
const flag = expect('a boolean', (value) => typeof value === 'boolean');
const positiveInteger = expect(
  'an integer of at least 1',
  (value) => Number.isInteger(value) && Number(value) >= 1,
);
const integer = expect('an integer', Number.isInteger);
const between = (lo: number, hi: number): Check =>
  expect(`a number from ${lo} to ${hi}`, (value) => typeof value === 'number' && lo <= value && value <= hi);
const oneOf = (...allowed: readonly unknown[]): Check =>
  expect(`one of ${JSON.stringify(allowed)}`, (value) => allowed.includes(value));
const record = expect('an object', isRecord);
const list = expect('an array', Array.isArray);
const texts = (atMost: number): Check =>
  expect(
    `a string or at most ${atMost} strings`,
    (value) =>
      typeof value === 'string' ||
      (Array.isArray(value) && value.length <= atMost && value.every((item) => typeof item === 'string')),
  );
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value);

const streamOptions: Check = (value) => {
  if (!isRecord(value)) return 'expected an object';
  const unknown = Object.keys(value).find((key) => key !== 'include_usage' && key !== 'include_obfuscation');
  return unknown === undefined ? flag(value['include_usage'] ?? false) : `unknown field ${unknown}`;
};

const roles = ['system', 'developer', 'user', 'assistant', 'tool'];
const messages: Check = (value) => {
  if (!Array.isArray(value) || value.length === 0) return 'expected an array of at least one message';
  for (const [index, message] of (value as readonly unknown[]).entries()) {
    if (!isRecord(message) || !roles.includes(String(message['role'])))
      return `messages[${index}].role is not known`;
    const { content } = message;
    const toolCalls = message['role'] === 'assistant' && Array.isArray(message['tool_calls']);
    const good =
      typeof content === 'string' ||
      (Array.isArray(content) &&
        content.every((part) => isRecord(part) && typeof part['type'] === 'string')) ||
      ((content === null || content === undefined) && toolCalls);
    if (!good) return `messages[${index}].content must be a string or an array of parts`;
  }
  return toolOrderFault(value as readonly Readonly<Record<string, unknown>>[]);
};

const sampling: Readonly<Record<string, Check>> = {
  model: filledText,
  stream: nullable(flag),
  temperature: nullable(between(0, 2)),
  top_p: nullable(between(0, 1)),
  stop: nullable(texts(4)),
};

const openai: Readonly<Record<string, Check>> = {
  ...sampling,
  stream_options: nullable(streamOptions),
  max_tokens: nullable(positiveInteger),
  presence_penalty: nullable(between(-2, 2)),
  frequency_penalty: nullable(between(-2, 2)),
  seed: nullable(integer),
  user: text,
  n: oneOf(1, null),
};

export const fieldsOf = {
  chat: {
    ...openai,
    messages,
    max_completion_tokens: nullable(positiveInteger),
    reasoning_effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
    response_format: record,
    tools: toolsFault,
    tool_choice: () => undefined,
    parallel_tool_calls: flag,
    store: nullable(flag),
    metadata: nullable(record),
    prompt_cache_key: text,
  },
  completion: { ...openai, prompt: filledText, suffix: nullable(text), echo: flag, best_of: oneOf(1, null) },
  fim: {
    ...sampling,
    prompt: text,
    suffix: nullable(text),
    max_tokens: nullable(positiveInteger),
    min_tokens: nullable(integer),
    random_seed: nullable(integer),
  },
  embedding: {
    model: filledText,
    input: expect(
      'a non-empty string or 1 to 2048 of them',
      (value) =>
        (typeof value === 'string' && value !== '') ||
        (Array.isArray(value) &&
          1 <= value.length &&
          value.length <= 2048 &&
          value.every((item) => typeof item === 'string' && item !== '')),
    ),
    encoding_format: oneOf('float', 'base64'),
    dimensions: positiveInteger,
    user: text,
  },
  infill: {
    input_prefix: text,
    input_suffix: text,
    input_extra: list,
    prompt: text,
    n_predict: integer,
    t_max_prompt_ms: integer,
    t_max_predict_ms: integer,
    n_indent: integer,
    top_k: integer,
    top_p: between(0, 1),
    temperature: between(0, 2),
    samplers: list,
    stop: texts(16),
    stream: flag,
    cache_prompt: flag,
    model: text,
  },
} satisfies Readonly<Record<string, Readonly<Record<string, Check>>>>;

export type EndpointKind = keyof typeof fieldsOf;

const required: Readonly<Record<EndpointKind, readonly string[]>> = {
  chat: ['model', 'messages'],
  completion: ['model', 'prompt'],
  fim: ['model', 'prompt'],
  embedding: ['model', 'input'],
  infill: ['input_prefix', 'input_suffix'],
};

/** The first fault of a body: the field and the reason. */
export function findFault(
  kind: EndpointKind,
  body: Readonly<Record<string, unknown>>,
  alsoTaken: readonly string[],
): { readonly param: string; readonly message: string } | undefined {
  const missing = required[kind].find((name) => body[name] === undefined);
  if (missing !== undefined) return { param: missing, message: `Missing required parameter: '${missing}'.` };
  const fields: Readonly<Record<string, Check>> = fieldsOf[kind];
  for (const [name, value] of Object.entries(body)) {
    if (alsoTaken.includes(name)) continue;
    const check = fields[name];
    if (check === undefined)
      return { param: name, message: `Unrecognized request argument supplied: ${name}` };
    const fault = check(value);
    if (fault !== undefined) return { param: name, message: `Invalid type for '${name}': ${fault}.` };
  }
  if (body['stream_options'] && body['stream'] !== true) {
    return {
      param: 'stream_options',
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    };
  }
  return undefined;
}
