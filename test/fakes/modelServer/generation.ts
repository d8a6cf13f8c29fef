/** Converts a checked body into a generation. */
import { type ApiError, badRequest, contextLengthExceeded, modelNotFound } from './apiError.ts';
import { type EndpointKind, findFault, isRecord } from './fields.ts';
import { type FakeModel, type FakePrompt, wholeText } from './model.ts';
import { readTools } from './toolCalls.ts';
import { countTokens, messageOverheadTokens, replyOverheadTokens } from './tokens.ts';

export type GenerationKind = Exclude<EndpointKind, 'embedding'>;

export interface Generation {
  readonly kind: GenerationKind;
  readonly model: FakeModel;
  readonly prompt: FakePrompt;
  readonly inputTokens: number;
  /** The most tokens of the answer. */
  readonly cap: number;
  readonly stop: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** OpenRouter's `usage: { include: true }`. */
  readonly includeCost: boolean;
  /** The protocol of the request and of the answer. */
  readonly protocol: FakeProtocol;
  /** Whether text written to the prompt cache stays for an hour. */
  readonly hourCache?: boolean;
}

export type FakeProtocol = 'chat' | 'messages' | 'responses';

export interface ServerRules {
  readonly models: readonly FakeModel[];
  readonly acceptsStreamOptions: boolean;
  readonly reportsCost: boolean;
  /** Absent = Chat Completions; bodies of the other protocols are translated into it. */
  readonly protocol?: FakeProtocol;
}

/** Tokens after which a legacy completion stops by default. */
const legacyDefaultCap = 16;

export const isApiError = (value: object): value is ApiError => 'error' in value && 'status' in value;

export function readGeneration(
  kind: GenerationKind,
  body: unknown,
  rules: ServerRules,
): Generation | ApiError {
  if (!isRecord(body)) return badRequest('We could not parse the JSON body of your request.');
  const fault = findFault(
    kind,
    body,
    rules.reportsCost ? ['usage', 'provider', 'transforms', 'reasoning'] : [],
  );
  if (fault !== undefined) return badRequest(fault.message, fault.param);
  if (body['stream_options'] && !rules.acceptsStreamOptions) {
    return badRequest('Unrecognized request argument supplied: stream_options', 'stream_options');
  }
  const model = findModel(body['model'], rules.models);
  if (model === undefined) return modelNotFound(String(body['model']));
  const cap = readCap(kind, body, model, rules.protocol);
  if (typeof cap !== 'number') return cap;

  const prompt = readPrompt(kind, body);
  const inputTokens = countInput(prompt);
  // A default cap shrinks to the rest of the context; a requested cap that exceeds it is refused.
  const asked = capNamed(body) === undefined ? 0 : cap;
  if (inputTokens + asked > model.contextTokens)
    return contextLengthExceeded(model.contextTokens, inputTokens + asked);
  return {
    kind,
    model,
    prompt,
    inputTokens,
    cap: Math.min(cap, model.contextTokens - inputTokens),
    stop: [body['stop'] ?? []].flat().map(String),
    stream: body['stream'] === true,
    // llama.cpp and Mistral always report it.
    includeUsage: isRecord(body['stream_options'])
      ? body['stream_options']['include_usage'] === true
      : kind === 'fim',
    includeCost: isRecord(body['usage']) && body['usage']['include'] === true,
    protocol: rules.protocol ?? 'chat',
  };
}

function findModel(id: unknown, models: readonly FakeModel[]): FakeModel | undefined {
  // llama.cpp serves one model and needs no name.
  return id === undefined ? models[0] : models.find((model) => model.id === id);
}

const capNames = ['max_completion_tokens', 'max_tokens', 'n_predict'];
const capNamed = (body: Readonly<Record<string, unknown>>): string | undefined =>
  capNames.find((name) => typeof body[name] === 'number');

function readCap(
  kind: GenerationKind,
  body: Readonly<Record<string, unknown>>,
  model: FakeModel,
  protocol: FakeProtocol = 'chat',
): number | ApiError {
  const name = capNamed(body);
  if (name === undefined) return kind === 'completion' ? legacyDefaultCap : model.maxOutputTokens;
  const cap = Number(body[name]);
  if (kind === 'chat' && protocol === 'chat') {
    const taken = model.outputCapField ?? 'max_tokens';
    if (name !== taken) {
      const message = `Unsupported parameter: '${name}' is not supported with this model. Use '${taken}' instead.`;
      return badRequest(message, name, 'unsupported_parameter');
    }
  }
  if (name === 'n_predict' && cap < 0) return model.maxOutputTokens;
  if (cap > model.maxOutputTokens) {
    const message = `${name} is too large: ${cap}. This model supports at most ${model.maxOutputTokens} completion tokens.`;
    return badRequest(message, name, 'invalid_value');
  }
  return cap;
}

function readPrompt(kind: GenerationKind, body: Readonly<Record<string, unknown>>): FakePrompt {
  const temperature = typeof body['temperature'] === 'number' ? body['temperature'] : 1;
  const string = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  if (kind === 'infill') {
    const prefix = string('input_prefix') + string('prompt');
    return { kind: 'code', prefix, suffix: string('input_suffix'), temperature };
  }
  if (kind !== 'chat')
    return { kind: 'code', prefix: string('prompt'), suffix: string('suffix'), temperature };
  const messages = (body['messages'] as readonly Readonly<Record<string, unknown>>[]).map(
    ({ role, content }) => ({
      role: String(role),
      text: textOf(content),
    }),
  );
  return { kind: 'chat', messages, tools: readTools(body['tools']), temperature };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

function countInput(prompt: FakePrompt): number {
  if (prompt.kind === 'code') return countTokens(wholeText(prompt));
  const content = prompt.messages.reduce((sum, { text }) => sum + countTokens(text), 0);
  const { tools = [] } = prompt;
  const described = tools.length === 0 ? 0 : countTokens(JSON.stringify(tools));
  return content + described + prompt.messages.length * messageOverheadTokens + replyOverheadTokens;
}
