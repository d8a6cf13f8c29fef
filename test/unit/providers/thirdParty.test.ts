/**
 * A third party's server (`@copilotkit/aimock`) speaks every protocol to PILOT's client: streams, tools, usage and
 * errors, and six hundred calls of which two in five are dropped, malformed, refused or cut, each settled in the
 * ledger.
 */
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import type { ChatMessage, StreamEvent, ToolDefinition } from '../../../src/app/ports/models.ts';
import type { Endpoint } from '../../../src/app/settings/index.ts';
import { askOrder, testEngine } from '../../fakes/engine.ts';
import { createModelClient } from '../../fakes/modelClient.ts';
import { MemoryLog, armOf, collect, endpointAt, type Outcome } from './openai/harness.ts';

const ANSWER = 'A closure keeps the variables of the function that made it.';
/** Under each protocol's own names. */
const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 9,
  total_tokens: 21,
  input_tokens: 12,
  output_tokens: 9,
};
const tools: readonly ToolDefinition[] = [
  {
    name: 'read_file',
    description: 'Reads a file',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
  },
];

/** The preset and address for each. Gemini and Ollama are asked at their OpenAI-compatible addresses. */
const asked: Readonly<
  Record<string, { readonly path: string; readonly endpoint: Partial<Endpoint>; readonly model: string }>
> = {
  'Chat Completions': { path: '/v1', endpoint: { protocol: 'chat' }, model: 'gpt-4o' },
  Responses: { path: '/v1', endpoint: { protocol: 'responses' }, model: 'gpt-5' },
  Messages: { path: '/v1', endpoint: { protocol: 'messages' }, model: 'claude-sonnet-4-5' },
  Gemini: { path: '/v1', endpoint: { protocol: 'chat', preset: 'gemini' }, model: 'gemini-2.5-pro' },
  Ollama: { path: '/v1', endpoint: { protocol: 'chat', preset: 'ollama' }, model: 'llama3.2' },
};

describe('a third party’s server', () => {
  const mock = new LLMock({ port: 0 });
  before(async () => {
    mock.onMessage(/closure/, { content: ANSWER, usage: USAGE });
    mock.onMessage(/a\.ts/, { toolCalls: [{ name: 'read_file', arguments: '{"path":"a.ts"}' }] });
    mock.onMessage(/refuse/, {
      error: { message: 'Rate limit reached', type: 'rate_limit_error' },
      status: 429,
    });
    await mock.start();
  });
  after(() => mock.stop());

  const ask = (name: string, question: string): Promise<Outcome> => {
    const { path, endpoint, model } = asked[name]!;
    const whole = endpointAt(`${mock.url}${path}`, endpoint);
    const client = createModelClient({
      endpoint: whole,
      key: () => Promise.resolve('test-key'),
      log: new MemoryLog(),
    });
    const messages: ChatMessage[] = [{ role: 'user', content: question }];
    const { signal } = new AbortController();
    return collect(client.chat({ arm: armOf(whole.id, model), messages, outputCap: 200, tools, signal }));
  };

  for (const name of Object.keys(asked)) {
    it(`${name}: text, usage and the end`, async () => {
      const { text, done, failure } = await ask(name, 'What is a closure?');
      assert.equal(failure, undefined, failure?.detail);
      assert.equal(text, ANSWER);
      assert.equal(done?.finish, 'stop');
      assert.ok(
        (done.usage?.tokens.input ?? 0) > 0 && (done.usage?.tokens.output ?? 0) > 0,
        JSON.stringify(done),
      );
    });

    it(`${name}: a tool call`, async () => {
      const { events, done } = await ask(name, 'What is in a.ts?');
      const [call] = events.flatMap((event: StreamEvent) => (event.type === 'tool-call' ? [event.call] : []));
      assert.equal(call?.name, 'read_file');
      assert.deepEqual(JSON.parse(call.input), { path: 'a.ts' });
      assert.equal(done?.finish, 'tool_calls');
    });

    it(`${name}: a refusal`, async () => {
      const { failure } = await ask(name, 'refuse this');
      assert.deepEqual([failure?.kind, failure?.served], ['rate-limited', 'no'], failure?.detail);
    });
  }

  it('600 calls, 40 % of them in chaos: each is settled, none is misread', async function () {
    this.timeout(120_000);
    const chaotic = new LLMock({ port: 0 });
    chaotic.onMessage(/closure/, { content: ANSWER });
    chaotic.setChaos({ dropRate: 0.12, malformedRate: 0.12, rateLimitRate: 0.1, disconnectRate: 0.13 });
    const url = await chaotic.start();
    const protocols = ['chat', 'responses', 'messages'] as const;
    const engine = await testEngine({
      endpoints: protocols.map((protocol) => ({ id: protocol, baseUrl: `${url}/v1`, protocol })),
      models: protocols.map((protocol) => ({
        endpoint: protocol,
        model: protocol === 'messages' ? 'claude-sonnet-4-5' : 'gpt-5',
        price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 },
        outputCapCoversReasoning: true,
      })),
      monthlyUsd: 50,
      key: 'test-key',
    });
    try {
      let whole = 0;
      let failed = 0;
      const one = async (index: number): Promise<void> => {
        const arm = engine.arms()[index % protocols.length]!;
        let text = '';
        for await (const event of engine.completion.run(
          askOrder('What is a closure?', { choice: { type: 'arm', armId: arm.id } }),
        )) {
          if (event.type === 'text') text += event.text;
          if (event.type === 'ended') {
            assert.equal(text, ANSWER, 'an answer that ends well is whole');
            whole++;
          }
          if (event.type === 'failed') failed++;
        }
      };
      for (let from = 0; from < 600; from += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, index) => one(from + index)));
      }
      await engine.completion.settled();
      assert.equal(whole + failed, 600);
      assert.ok(whole > 240 && failed > 120, `${whole} whole, ${failed} failed`);
      assert.equal(engine.store.ledger.summary().reserved, 0, 'no reservation is left open');
      assert.doesNotMatch(engine.lines.join('\n'), /not settled/);
    } finally {
      await engine.close();
      await chaotic.stop();
    }
  });
});
