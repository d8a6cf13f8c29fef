/** The request to an endpoint, by its preset and by the caller's wishes, and the normal answer. */
import assert from 'node:assert/strict';
import type { ChatMessage, ChatRequest, CompletionRequest } from '../../../../src/app/ports/models.ts';
import type { Endpoint } from '../../../../src/app/settings/index.ts';
import { createClientPool } from '../../../../src/providers/client/index.ts';
import { listModels } from '../../../../src/providers/openai/models.ts';
import { createModelClient } from '../../../fakes/modelClient.ts';
import type { FakeModel, ModelServer } from '../../../fakes/modelServer.ts';
import { startModelServer } from '../../../fakes/modelServer.ts';
import { MemoryLog, armOf, collect, endpointAt, fakeModel } from './harness.ts';

const thinker: FakeModel = {
  ...fakeModel,
  id: 'thinker',
  outputCapField: 'max_completion_tokens',
  reasoning: { text: 'Let me think about it.', shown: true, insideCap: true },
  simulated: true,
};
const embedder: FakeModel = { ...fakeModel, id: 'text-embedding-small', embeddingDimensions: 8 };
const user = (content: string): ChatMessage => ({ role: 'user', content });

describe('a request', () => {
  let server: ModelServer;
  const log = new MemoryLog();
  const { signal } = new AbortController();

  beforeEach(async () => {
    server = await startModelServer({ models: [fakeModel, thinker, embedder], reportsCost: true });
  });
  afterEach(() => server.close());

  const clientOf = (changes: Partial<Endpoint> = {}) => {
    const endpoint = endpointAt(server.url, changes);
    return createModelClient({ endpoint, key: () => Promise.resolve(undefined), log });
  };
  const chat = (request: Partial<ChatRequest> = {}, changes: Partial<Endpoint> = {}) =>
    collect(
      clientOf(changes).chat({
        arm: armOf('fake'),
        messages: [user('Hi')],
        outputCap: 50,
        signal,
        ...request,
      }),
    );
  const complete = (request: Partial<CompletionRequest> = {}, changes: Partial<Endpoint> = {}) =>
    collect(
      clientOf(changes).complete({
        arm: armOf('fake'),
        prompt: 'function add(a, b) {\n  return ',
        suffix: '\n}',
        outputCap: 20,
        stop: ['\n\n'],
        signal,
        ...request,
      }),
    );
  const sent = () => server.requests.at(-1)?.body as Record<string, unknown>;

  describe('to chat', () => {
    it('streams the answer and its usage as the server bills it', async () => {
      const { text, done, failure } = await chat();
      assert.equal(failure, undefined);
      assert.match(text, /Simulated answer to “Hi”/);
      await server.idle();
      const request = server.requests[0];
      assert.equal(done?.usage?.tokens.input, request?.inputTokens);
      assert.equal(done?.usage?.tokens.output, request?.outputTokens);
      assert.deepEqual([done?.finish, done?.generationId], ['stop', request?.id]);
    });

    it('has exactly what was asked for', async () => {
      await chat({ temperature: 0.2, stop: ['END'] });
      assert.deepEqual(sent(), {
        model: 'small',
        messages: [{ role: 'user', content: 'Hi' }],
        max_tokens: 50,
        temperature: 0.2,
        stop: ['END'],
        stream: true,
        stream_options: { include_usage: true },
      });
    });

    it('caps the output under the name that the model takes, and shows its reasoning', async () => {
      const arm = armOf('fake', 'thinker', { outputCapField: 'max_completion_tokens' });
      const { reasoning, failure, done } = await chat({ arm });
      assert.equal(failure, undefined);
      assert.equal(reasoning, 'Let me think about it.');
      assert.equal(sent()['max_completion_tokens'], 50);
      assert.ok((done?.usage?.tokens.reasoning ?? 0) > 0);
    });

    it('leaves stream_options out where the endpoint refuses them', async () => {
      const { done } = await chat({}, { acceptsStreamOptions: false });
      assert.ok(!('stream_options' in sent()));
      assert.equal(done?.usage, undefined);
    });

    it('asks OpenRouter what it cost', async () => {
      const { done } = await chat({}, { preset: 'openrouter' });
      assert.deepEqual(sent()['usage'], { include: true });
      await server.idle();
      assert.equal(Math.round((done?.usage?.reportedUsd ?? 0) * 1e9), server.billedNanoUsd);
    });

    it('sends OpenAI’s reasoning models neither temperature nor stop', async () => {
      const arm = armOf('fake', 'gpt-5-mini');
      await chat({ arm, temperature: 0.2, stop: ['END'] }, { preset: 'openai' });
      assert.ok(!('temperature' in sent()) && !('stop' in sent()));
    });

    it('carries images, tools, tool calls and their results', async () => {
      const messages: ChatMessage[] = [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look:' },
            { type: 'image', mediaType: 'image/png', base64: 'AAAA' },
          ],
        },
        { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'read', input: '{"path":"a"}' }] },
        { role: 'tool', toolCallId: 'c1', content: 'contents' },
      ];
      const inputSchema = { type: 'object', properties: { path: { type: 'string' } } };
      const tools = [{ name: 'read', description: 'Reads a file.', inputSchema }];
      await chat({ messages, tools, toolChoice: 'required' });
      assert.deepEqual(sent()['messages'], [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look:' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'contents' },
      ]);
      assert.deepEqual(sent()['tools'], [
        {
          type: 'function',
          function: { name: 'read', description: 'Reads a file.', parameters: inputSchema },
        },
      ]);
      assert.equal(sent()['tool_choice'], 'required');
    });
  });

  describe('to complete in the middle', () => {
    const check = async (
      path: string,
      request: Partial<CompletionRequest>,
      endpoint: Partial<Endpoint> = {},
    ) => {
      const { text, failure, done } = await complete(request, endpoint);
      assert.equal(failure, undefined, failure?.detail);
      assert.equal(text, 'return a + b;');
      assert.equal(server.requests.at(-1)?.path, path);
      assert.ok((done?.usage?.tokens.output ?? 0) > 0);
    };
    it('goes to /completions with a suffix', async () => {
      await check('/v1/completions', {});
      const { prompt, suffix, max_tokens, stop } = sent();
      assert.deepEqual(
        [prompt, suffix, max_tokens, stop],
        ['function add(a, b) {\n  return ', '\n}', 20, ['\n\n']],
      );
    });
    it('goes without a suffix where a template carries it', async () => {
      await check('/v1/completions', { suffix: undefined, stop: [] });
      assert.ok(!('suffix' in sent()) && !('stop' in sent()));
    });
    it('goes to Mistral’s own address', () =>
      check('/v1/fim/completions', {}, { preset: 'mistral', acceptsStreamOptions: false }));
    it('goes to llama.cpp’s, beside /v1', () => check('/infill', { api: 'infill' }, { preset: 'llamacpp' }));
    it('takes pieces of other files to llama.cpp', async () => {
      const extra = [{ filename: 'a.ts', text: 'export const a = 1;' }];
      await complete({ api: 'infill', extra }, { preset: 'llamacpp' });
      assert.deepEqual(sent()['input_extra'], extra);
    });
    it('goes to llama.cpp’s for a model that says so', () =>
      check('/infill', {
        arm: armOf('fake', 'small', { capabilities: { tools: false, images: false, fim: 'infill' } }),
      }));
    it('goes to DeepSeek’s beta address', async () => {
      await complete({}, { preset: 'deepseek', baseUrl: server.origin });
      assert.equal(server.requests.at(-1)?.path, '/beta/completions');
    });
    it('may rightly come back empty', async () => {
      server.next({ kind: 'no-answer' });
      const { text, failure, done } = await complete();
      assert.deepEqual([text, failure, done?.finish], ['', undefined, 'stop']);
    });
  });

  describe('for the list of models', () => {
    const list = (changes: Partial<Endpoint> = {}) =>
      listModels(
        { endpoint: endpointAt(server.url, changes), key: () => Promise.resolve('k-123456'), log },
        signal,
      );
    it('gives their facts and prices', async () => {
      const listed = await list();
      assert.ok(listed.ok);
      const [small, thinking, embedding] = listed.value;
      assert.deepEqual(small?.price, { inputUsdPerMTok: 1, outputUsdPerMTok: 10 });
      assert.deepEqual([small.contextTokens, small.maxOutputTokens, small.simulated], [4000, 1000, false]);
      assert.equal(thinking?.simulated, true);
      assert.deepEqual([small.embedding, embedding?.embedding], [false, true]);
    });
    it('uses Anthropic’s own headers there, and only there', async () => {
      await list({ preset: 'anthropic' });
      const { headers } = server.requests.at(-1) ?? {};
      assert.deepEqual([headers?.['x-api-key'], headers?.['authorization']], ['k-123456', undefined]);
      assert.equal(server.requests.at(-1)?.path, '/v1/models?limit=1000');
      await chat({}, { preset: 'anthropic' });
      assert.equal(server.requests.at(-1)?.headers['x-api-key'], undefined);
    });
    it('tells what is wrong', async () => {
      server.next({ kind: 'wrong-key' });
      const refused = await list();
      assert.equal(!refused.ok && refused.error.kind, 'wrong-key');
      server.next({ kind: 'html', status: 200 });
      const page = await list();
      assert.equal(!page.ok && page.error.kind, 'not-json');
    });
  });

  it('goes to the endpoint of its arm, or nowhere', async () => {
    const pool = createClientPool({
      endpoints: () => [endpointAt('http://127.0.0.1:9/v1', { id: 'other' }), endpointAt(server.url)],
      key: () => Promise.resolve(undefined),
      log,
    });
    const request = { messages: [user('Hi')], outputCap: 5, signal };
    assert.equal((await collect(pool.chat({ ...request, arm: armOf('fake') }))).failure, undefined);
    const lost = await collect(pool.chat({ ...request, arm: armOf('removed') }));
    assert.deepEqual([lost.failure?.kind, lost.failure?.served], ['model-gone', 'no']);
  });
});
