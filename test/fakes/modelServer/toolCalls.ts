/** Tools on the fake endpoint, with OpenAI's strict rules for offers, calls and results. */
import { isRecord } from './fields.ts';

export interface FakeTool {
  readonly name: string;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface FakeToolCall {
  readonly name: string;
  readonly input: object;
}

type Message = Readonly<Record<string, unknown>>;

/** OpenAI's own limits. */
const maxTools = 128;
const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

export function toolsFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'expected an array of at least one tool';
  if (value.length > maxTools) return `expected at most ${maxTools} tools, but got ${value.length}`;
  const names = new Set<string>();
  for (const [index, tool] of (value as readonly unknown[]).entries()) {
    const described = isRecord(tool) && tool['type'] === 'function' ? tool['function'] : undefined;
    const name = isRecord(described) ? described['name'] : undefined;
    if (typeof name !== 'string' || !toolName.test(name))
      return `tools[${index}].function.name is not a name`;
    if (names.has(name)) return `tools[${index}].function.name is there twice`;
    names.add(name);
    const parameters = isRecord(described) ? described['parameters'] : undefined;
    if (parameters !== undefined && !(isRecord(parameters) && parameters['type'] === 'object'))
      return `tools[${index}].function.parameters must be a schema of type "object"`;
  }
  return undefined;
}

/** Each call needs its result before any other message, and each result needs a call. */
export function toolOrderFault(messages: readonly Message[]): string | undefined {
  let awaited = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      if (!awaited.delete(message['tool_call_id']))
        return `messages with role 'tool' must be a response to a preceding message with 'tool_calls' (messages[${index}])`;
      continue;
    }
    if (awaited.size > 0) return unanswered(awaited);
    const calls = message['role'] === 'assistant' ? message['tool_calls'] : undefined;
    if (calls === undefined) continue;
    if (!Array.isArray(calls) || calls.length === 0 || !calls.every(isCall))
      return `messages[${index}].tool_calls must be a list of function calls with JSON arguments`;
    awaited = new Set(calls.map(({ id }) => id));
  }
  return awaited.size > 0 ? unanswered(awaited) : undefined;
}

const unanswered = (ids: ReadonlySet<unknown>): string =>
  `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. ` +
  `The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`;

function isCall(call: unknown): call is { readonly id: string } {
  if (!isRecord(call) || typeof call['id'] !== 'string' || call['type'] !== 'function') return false;
  const called = call['function'];
  return isRecord(called) && typeof called['name'] === 'string' && typeof called['arguments'] === 'string';
}

export function readTools(value: unknown): readonly FakeTool[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Message[]).map((tool) => {
    const described = tool['function'] as Message;
    const parameters = described['parameters'];
    return {
      name: String(described['name']),
      parameters: isRecord(parameters) ? parameters : {},
    };
  });
}

/** The `tool_calls` of a streamed answer in pieces: first the name, then the arguments. */
export const toolOpening = (id: string, name: string): object => ({
  tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }],
});
export const toolArguments = (piece: string): object => ({
  tool_calls: [{ index: 0, function: { arguments: piece } }],
});
