import assert from 'node:assert/strict';
import type { ChatMessage, ToolCall } from '../../../../src/app/ports/models.ts';
import { eachInput, type Input } from './harness.ts';

interface Expected {
  readonly calls: readonly (readonly [id: string, name: string, input: string])[];
  readonly fails?: boolean;
  /** The fields of the follow-up's call, and of its message. */
  readonly callCarries?: object;
  readonly messageCarries?: object;
}

const weather = (city: string, id: string) => [id, 'get_weather', JSON.stringify({ city })] as const;
const read = (path: string, id: string) => [id, 'read', JSON.stringify({ path })] as const;

describe('reports: tool calls', () => {
  eachInput<Expected>(
    'toolCalls',
    {
      'parallel-without-index': { calls: [read('a.ts', 'c1'), read('b.ts', 'c2')] },
      'parallel-all-index-zero': {
        calls: [weather('Oslo', 'c0'), weather('Rome', 'c1'), weather('Lima', 'c2')],
      },
      'new-id-under-old-index': { calls: [read('a', 'abc'), read('b', 'def')] },
      'id-with-every-piece': { calls: [read('a', 'c1')] },
      'one-call-at-many-indexes': { calls: [['c1', 'exec', '{"cmd":"ls"}']] },
      'no-id-index-zero': { calls: [read('a', 'call_read_0')] },
      'pieces-without-index': {
        calls: [['f1', 'get_weather', '{"location":"Sydney"}']],
        callCarries: { extra_content: { google: { thought_signature: 'U0lH' } } },
      },
      signature: {
        calls: [read('a', 'c1')],
        callCarries: { extra_content: { google: { thought_signature: 'SIG==' } } },
      },
      'empty-object-first': { calls: [['c1', 'weather', '{"city":"Boston"}']] },
      'same-id-twice': { calls: [read('a', 'same'), read('b', 'same_2')] },
      'same-id-and-index': { calls: [read('a', 'same'), ['same_2', 'list', '{"path":"b"}']] },
      'name-in-pieces': { calls: [read('a', 'c1')] },
      'new-id-with-every-piece': { calls: [read('a', 'c1')] },
      'arguments-twice-encoded': { calls: [read('a', 'c1')] },
      'legacy-field': { calls: [read('a', 'call_read_0')] },
      'closed-before-arguments': { calls: [], fails: true },
      'length-in-arguments': { calls: [read('a', 'c1')] },
      'signed-details': {
        calls: [['c1', 'read', '{}']],
        messageCarries: {
          reasoning_details: [
            { type: 'reasoning.text', index: 0, text: 'I read it.' },
            { type: 'reasoning.encrypted', id: 'c1', data: 'ENC' },
          ],
        },
      },
    },
    async (server, input, expected) => {
      for (const size of [Infinity, 31]) {
        const { events, failure } = await server.ask(input, size);
        const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
        assert.equal(failure !== undefined, expected.fails ?? false);
        assert.deepEqual(
          calls.map(({ id, name, input: args }) => [id, name, args]),
          expected.calls,
        );
        if (calls.length > 0) await checkFollowUp(server, input, calls, expected);
      }
    },
  );
});

/** The arm that made a call gets the data sent beside it; another arm gets only the call. */
async function checkFollowUp(
  server: Parameters<Parameters<typeof eachInput>[2]>[0],
  input: Input,
  calls: readonly ToolCall[],
  { callCarries = {}, messageCarries = {} }: Expected,
): Promise<void> {
  const history: ChatMessage[] = [
    { role: 'assistant', content: '', toolCalls: calls },
    ...calls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'done' })),
  ];
  for (const model of ['small', 'other']) {
    await server.ask({ ...input, model }, Infinity, history);
    const { messages } = server.requests.at(-1) as { messages: Record<string, unknown>[] };
    const message = messages[1] ?? {};
    const [call = {}] = message['tool_calls'] as Record<string, unknown>[];
    const beside = without(call, ['id', 'type', 'function']);
    const besides = without(message, ['role', 'content', 'tool_calls']);
    assert.deepEqual(beside, model === 'small' ? callCarries : {});
    assert.deepEqual(besides, model === 'small' ? messageCarries : {});
  }
}

const without = (from: Readonly<Record<string, unknown>>, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
