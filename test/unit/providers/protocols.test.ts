/**
 * The three protocols behind one port: the request, the answer, and the parts that must return with the next request.
 */
import assert from 'node:assert/strict';
import type { ChatMessage, ChatRequest, StreamEvent, ToolCall } from '../../../src/app/ports/models.ts';
import type { Endpoint } from '../../../src/app/settings/index.ts';
import type { Arm } from '../../../src/core/arm.ts';
import { createModelClient } from '../../fakes/modelClient.ts';
import { CallGuard } from '../../../src/providers/http/guard.ts';
import { buildMessagesClient } from '../../../src/providers/messages/client.ts';
import { buildClient } from '../../../src/providers/openai/client.ts';
import { protocolOf } from '../../../src/providers/protocol.ts';
import { type FakeModel, type ModelServer, startModelServer } from '../../fakes/modelServer.ts';
import { MemoryLog, armOf, collect, endpointAt, type Outcome } from './openai/harness.ts';

const KEY = 'sk-test-0123456789abcdefghij';
const tools = [
  {
    name: 'read_file',
    description: 'Reads a file',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
  },
];

const thinker: FakeModel = {
  id: 'thinker',
  price: { inputUsdPerMTok: 3, outputUsdPerMTok: 15, cachedInputUsdPerMTok: 0.3, cacheWriteUsdPerMTok: 3.75 },
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  reasoning: { text: 'The file must be read first. ', shown: true, insideCap: true },
  toolCall: ({ messages }) =>
    messages.some(({ role }) => role === 'tool') ? undefined : { name: 'read_file', input: { path: 'a.ts' } },
};
const other: FakeModel = { ...thinker, id: 'other' };

describe('protocols', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer({
      models: [thinker, other, { ...thinker, id: 'claude-opus-4-6' }],
      key: KEY,
    });
  });
  after(() => server.close());

  const ask = (
    endpoint: Partial<Endpoint>,
    request: Partial<ChatRequest> & { readonly messages: readonly ChatMessage[] },
    arm: Partial<Arm> = {},
  ): Promise<Outcome> => {
    const whole = endpointAt(server.url, endpoint);
    const client = createModelClient({
      endpoint: whole,
      key: () => Promise.resolve(KEY),
      log: new MemoryLog(),
    });
    const asked = armOf(whole.id, arm.model ?? 'thinker', {
      contextTokens: 200_000,
      maxOutputTokens: 64_000,
      ...arm,
    });
    return collect(
      client.chat({ arm: asked, outputCap: 4096, signal: new AbortController().signal, ...request }),
    );
  };
  const lastBody = (): Record<string, unknown> => server.requests.at(-1)?.body as Record<string, unknown>;
  const callsOf = ({ events }: Outcome): readonly ToolCall[] =>
    events.flatMap((event: StreamEvent) => (event.type === 'tool-call' ? [event.call] : []));

  for (const protocol of ['chat', 'responses', 'messages'] as const) {
    describe(protocol, () => {
      const effort = protocol === 'chat' ? {} : { effort: 'high' as const };

      it('streams text, usage and the end', async () => {
        const { text, done, failure } = await ask(
          { protocol },
          { messages: [{ role: 'user', content: 'hello' }] },
        );
        assert.equal(failure, undefined);
        assert.match(text, /Simulated answer to “hello”/);
        assert.equal(done?.finish, 'stop');
        const request = server.requests.at(-1);
        assert.ok(request && done.usage);
        const { input, cachedInput, cacheWrite, output, reasoning } = done.usage.tokens;
        assert.equal(input + cachedInput + cacheWrite, request.inputTokens);
        assert.equal(output + reasoning, request.outputTokens);
      });

      it('an answer that ends at its cap says so', async () => {
        const { done } = await ask(
          { protocol },
          { messages: [{ role: 'user', content: 'hello' }], outputCap: 16 },
        );
        assert.equal(done?.finish, 'length');
      });

      it('a follow-up after a tool call carries what the provider wants back', async () => {
        const question: ChatMessage = { role: 'user', content: 'What is in a.ts?' };
        const first = await ask({ protocol }, { messages: [question], tools }, effort);
        const [call] = callsOf(first);
        assert.ok(call, first.failure?.detail);
        assert.equal(first.done?.finish, 'tool_calls');
        const messages: ChatMessage[] = [
          question,
          { role: 'assistant', content: first.text, toolCalls: [call] },
          { role: 'tool', toolCallId: call.id, content: 'export const a = 1;' },
        ];
        const second = await ask({ protocol }, { messages, tools }, effort);
        assert.equal(second.failure, undefined, second.failure?.detail);
        assert.match(second.text, /Simulated answer/);
      });

      it('the state of one model never goes to another', async () => {
        const question: ChatMessage = { role: 'user', content: 'What is in a.ts?' };
        const [call] = callsOf(await ask({ protocol }, { messages: [question], tools }, effort));
        assert.ok(call);
        const messages: ChatMessage[] = [
          question,
          { role: 'assistant', content: '', toolCalls: [call] },
          { role: 'tool', toolCallId: call.id, content: 'export const a = 1;' },
        ];
        await ask({ protocol }, { messages, tools }, { ...effort, model: 'other' });
        assert.doesNotMatch(server.requests.at(-1)?.rawBody ?? '', /signature|encrypted_content":"/);
      });

      it('prefixes of one conversation are equal to the byte', async () => {
        const messages: ChatMessage[] = [{ role: 'system', content: 'Be brief.' }];
        let before = '';
        for (const turn of ['one', 'two', 'three']) {
          messages.push({ role: 'user', content: turn });
          const { text } = await ask({ protocol }, { messages, tools: protocol === 'chat' ? undefined : [] });
          messages.push({ role: 'assistant', content: text });
          const body = JSON.stringify(lastBody()['input'] ?? lastBody()['messages']);
          const open = body.slice(0, -1);
          assert.ok(open.startsWith(before), `${before}\n${open}`);
          before = open;
        }
      });
    });
  }

  describe('messages', () => {
    const long = 'All of this is context. '.repeat(1200);
    const turns = (count: number): ChatMessage[] => [
      { role: 'system', content: long },
      ...Array.from({ length: count }, (_, turn): ChatMessage[] => [
        { role: 'user', content: `question ${turn}` },
        { role: 'assistant', content: `answer ${turn}` },
      ]).flat(),
      { role: 'user', content: 'the last one' },
    ];
    const marksIn = (body: unknown): number => JSON.stringify(body).split('"cache_control"').length - 1;

    it('marks tools, system and the last two user turns, and reads the cache in the next turn', async () => {
      const manyTools = Array.from({ length: 40 }, (_, i) => ({
        ...tools[0]!,
        name: `tool_${i}`,
        description: long.slice(0, 600),
      }));
      await ask({ protocol: 'messages' }, { messages: turns(3), tools: manyTools });
      assert.equal(marksIn(lastBody()), 4);
      const first = server.requests.at(-1);
      assert.ok((first?.cacheWriteTokens ?? 0) > 1024);
      const { done } = await ask({ protocol: 'messages' }, { messages: turns(4), tools: manyTools });
      assert.ok((done?.usage?.tokens.cachedInput ?? 0) > 1024, JSON.stringify(done?.usage));
    });

    it('a prefix too short for the model gets no mark', async () => {
      await ask({ protocol: 'messages' }, { messages: [{ role: 'user', content: 'short' }] });
      assert.equal(marksIn(lastBody()), 0);
    });

    it('an hour’s life is asked for where the arm has it', async () => {
      await ask({ protocol: 'messages' }, { messages: turns(1) }, { cacheLife: 'hour' });
      assert.match(server.requests.at(-1)?.rawBody ?? '', /"ttl":"1h"/);
    });

    it('a budget of thoughts stays below the cap; a newer model is told an effort', async () => {
      const messages: ChatMessage[] = [{ role: 'user', content: 'hello' }];
      await ask({ protocol: 'messages' }, { messages }, { effort: { thinkingTokens: 8000 } });
      assert.deepEqual(lastBody()['thinking'], { type: 'enabled', budget_tokens: 3840 });
      await ask({ protocol: 'messages' }, { messages }, { effort: 'xhigh', model: 'claude-opus-4-6' });
      assert.deepEqual(lastBody()['thinking'], { type: 'adaptive' });
      assert.deepEqual(lastBody()['output_config'], { effort: 'xhigh' });
    });
  });

  describe('responses', () => {
    it('stores nothing, asks for encrypted reasoning, and names the conversation by its random key', async () => {
      await ask(
        { protocol: 'responses', preset: 'openai' },
        { messages: [{ role: 'user', content: 'hi' }], cacheKey: 'k-1' },
        { effort: 'low' },
      );
      const { store, include, reasoning, prompt_cache_key: key } = lastBody();
      assert.deepEqual(
        [store, include, reasoning, key],
        [false, ['reasoning.encrypted_content'], { effort: 'low' }, 'k-1'],
      );
    });
  });

  it('the protocol follows preset and model, and the setting overrules it', () => {
    const by = (preset: Endpoint['preset'], model: string, protocol: Endpoint['protocol'] = 'auto'): string =>
      protocolOf(endpointAt('https://example.com/v1', { preset, protocol }), model);
    assert.equal(by('anthropic', 'claude-sonnet-5-5'), 'messages');
    assert.equal(by('openai', 'gpt-5.2'), 'responses');
    assert.equal(by('openai', 'gpt-5-chat-latest'), 'chat');
    assert.equal(by('openai', 'gpt-4o'), 'chat');
    assert.equal(by('openai', 'o4-mini'), 'responses');
    assert.equal(by('xai', 'grok-4.7'), 'responses');
    assert.equal(by('openrouter', 'openai/gpt-5'), 'chat');
    assert.equal(by('openai', 'gpt-5', 'chat'), 'chat');
    assert.equal(by('azure', 'gpt-5'), 'responses');
    const dated = { preset: 'azure', protocol: 'auto', apiVersion: '2024-10-21' } as const;
    assert.equal(
      protocolOf(endpointAt('https://r.openai.azure.com/openai/deployments/gpt-5', dated), 'gpt-5'),
      'chat',
    );
  });

  it('Azure gets its key in its own header and its version in the query, whichever protocol', async () => {
    const guard = new CallGuard(
      { firstByteMs: 1_000, idleMs: 1_000, totalMs: 1_000 },
      new AbortController().signal,
    );
    const azure = endpointAt('https://r.services.ai.azure.com/openai/v1', {
      preset: 'azure',
      apiVersion: 'preview',
    });
    const seen: Record<string, string | null>[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      const names = ['authorization', 'api-key', 'x-api-key'];
      seen.push({
        ...Object.fromEntries(names.map((name) => [name, headers.get(name)])),
        version: new URL(new Request(url).url).searchParams.get('api-version'),
      });
      return Promise.reject(new Error('not sent'));
    };
    try {
      const openai = await buildClient(azure, KEY, guard, 'events');
      const anthropic = await buildMessagesClient(azure, KEY, guard);
      const { signal } = guard;
      await assert.rejects(async () => openai.responses.create({ model: 'm', input: 'x' }, { signal }));
      await assert.rejects(async () =>
        openai.chat.completions.create({ model: 'm', messages: [] }, { signal }),
      );
      await assert.rejects(async () => anthropic.post('/v1/messages', { body: {}, signal }));
    } finally {
      globalThis.fetch = fetch;
      guard.end();
    }
    const own = { authorization: null, 'api-key': KEY, 'x-api-key': null, version: 'preview' };
    assert.deepEqual(seen, [own, own, { ...own, 'api-key': null, 'x-api-key': KEY }]);
  });

  it('with every ANTHROPIC_* variable set, an endpoint sees none of them', async () => {
    const variables = {
      ANTHROPIC_API_KEY: 'leak-api-key',
      ANTHROPIC_AUTH_TOKEN: 'leak-auth-token',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/leak-address',
      ANTHROPIC_CUSTOM_HEADERS: 'X-Custom: leak-header\nAuthorization: Bearer leak-authorization',
      ANTHROPIC_LOG: 'debug',
      ANTHROPIC_PROFILE: 'leak-profile',
      ANTHROPIC_WEBHOOK_SIGNING_KEY: 'leak-webhook',
      ANTHROPIC_OPEN_TELEMETRY: 'true',
      ANTHROPIC_OPEN_TELEMETRY_PROPAGATION: 'true',
    };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const { failure } = await ask(
        { protocol: 'messages' },
        { messages: [{ role: 'user', content: 'hello' }] },
      );
      assert.equal(failure, undefined, failure?.detail);
      const { headers, rawBody } = server.requests.at(-1)!;
      assert.doesNotMatch(JSON.stringify(headers) + rawBody, /leak-|traceparent/);
      assert.equal(headers['authorization'], `Bearer ${KEY}`);
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });
});
