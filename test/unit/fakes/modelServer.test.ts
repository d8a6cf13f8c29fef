import assert from 'node:assert/strict';
import OpenAI, { APIError, type ClientOptions } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources';
import {
  type FakeModel,
  type Misbehaviour,
  type ModelServer,
  startModelServer,
} from '../../fakes/modelServer.ts';
import { countTokens, tokenize } from '../../fakes/modelServer/tokens.ts';

const model: FakeModel = {
  id: 'small',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
  contextTokens: 400,
  maxOutputTokens: 100,
  embeddingDimensions: 32,
};
const messages = [{ role: 'user' as const, content: 'How do I add two numbers?' }];

/** Typed loosely: the client's types call the name deprecated that most endpoints still take. */
const capped: object = { max_tokens: 50 };

describe('the fake model server', () => {
  let server: ModelServer;
  let client: OpenAI;
  const clientOf = (options: ClientOptions = {}): OpenAI =>
    new OpenAI({
      baseURL: server.url,
      apiKey: 'sk-test',
      maxRetries: 0,
      timeout: 2_000,
      logLevel: 'off',
      ...options,
    });

  beforeEach(async () => {
    server = await startModelServer({ models: [model] });
    client = clientOf();
  });
  afterEach(() => server.close());

  async function chat(body: object = {}): Promise<{ text: string; chunks: readonly ChatCompletionChunk[] }> {
    const stream = await client.chat.completions.create({
      model: 'small',
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...capped,
      ...body,
    });
    const chunks: ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), chunks };
  }

  async function post(
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${server.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('cuts text into tokens of at least a byte that join to it again', () => {
    for (const text of ['', 'Hello, world', 'größer 😀😀  x', 'a\n\n\tb = (c)', 'internationalisation']) {
      assert.equal(tokenize(text).join(''), text);
      assert.ok(countTokens(text) <= Buffer.byteLength(text));
    }
  });

  describe('serving well', () => {
    it('streams the answer, then its usage, and bills what it served', async () => {
      const { text, chunks } = await chat();
      assert.match(text, /Simulated answer to “How do I add two numbers\?”/);
      const usage = chunks.at(-1)?.usage;
      assert.ok(usage);
      assert.equal(usage.completion_tokens, countTokens(text));
      await server.idle();
      assert.equal(server.billedNanoUsd, usage.prompt_tokens * 1_000 + usage.completion_tokens * 10_000);
    });

    it('answers in one piece', async () => {
      const whole = await client.chat.completions.create({ model: 'small', messages });
      assert.equal(whole.choices[0]!.finish_reason, 'stop');
      assert.equal(whole.usage?.completion_tokens, countTokens(String(whole.choices[0]!.message.content)));
    });

    it('keeps to the cap and says so', async () => {
      const { text, chunks } = await chat({ max_tokens: 4 });
      assert.equal(countTokens(text), 4);
      assert.equal(
        chunks.findLast((chunk) => chunk.choices[0]?.finish_reason)?.choices[0]?.finish_reason,
        'length',
      );
    });

    it('keeps to stop sequences', async () =>
      assert.equal((await chat({ stop: [' answer'] })).text, 'Simulated'));

    it('completes code with a suffix, at OpenAI’s, Mistral’s and llama.cpp’s endpoint', async () => {
      const legacy = await client.completions.create({ model: 'small', prompt: 'f(a, b) {', suffix: '}' });
      assert.equal(legacy.choices[0]!.text, 'return a + b;');
      const fim = await post('/v1/fim/completions', { model: 'small', prompt: 'f(a, b) {', suffix: '}' });
      assert.match(JSON.stringify(fim.body), /"content":"return a \+ b;"/);
      const infill = await post('/infill', { input_prefix: 'f(a, b) {', input_suffix: '}', n_predict: 20 });
      assert.equal(infill.body['content'], 'return a + b;');
      assert.equal(infill.body['stop'], true);
    });

    it('embeds like texts close to one another', async () => {
      const input = ['add two numbers', 'add two integers', 'paint the shed blue'];
      const { data } = await client.embeddings.create({ model: 'small', input });
      const dot = (i: number, j: number): number =>
        data[i]!.embedding.reduce((sum, value, k) => sum + value * (data[j]!.embedding[k] ?? 0), 0);
      assert.ok(Math.abs(dot(0, 0) - 1) < 1e-6);
      assert.ok(dot(0, 1) > dot(0, 2));
    });

    it('lists its models with their prices', async () => {
      const { data } = await client.models.list();
      assert.deepEqual((data[0] as unknown as { pricing: object }).pricing, {
        prompt: '0.000001',
        completion: '0.00001',
      });
    });

    it('counts hidden reasoning as output', async () => {
      await server.close();
      const reasoning = { text: 'let me think', shown: false, insideCap: true };
      server = await startModelServer({ models: [{ ...model, reasoning }] });
      client = clientOf();
      const usage = (await chat()).chunks.at(-1)?.usage;
      assert.equal(usage?.completion_tokens_details?.reasoning_tokens, 3);
    });

    it('tells its bill as OpenRouter does', async () => {
      await server.close();
      server = await startModelServer({ models: [model], reportsCost: true });
      client = clientOf();
      const { chunks } = await chat({ usage: { include: true } });
      await server.idle();
      assert.equal((chunks.at(-1)?.usage as { cost?: number }).cost, server.billedNanoUsd / 1e9);
      const known = (await (await fetch(`${server.url}/generation?id=${chunks[0]?.id}`)).json()) as {
        data: { total_cost: number };
      };
      assert.equal(known.data.total_cost, server.billedNanoUsd / 1e9);
    });

    it('bills a repeated start at the cached price', async () => {
      await server.close();
      const price = { ...model.price, cachedInputUsdPerMTok: 0.1 };
      server = await startModelServer({ models: [{ ...model, price, contextTokens: 10_000 }] });
      client = clientOf();
      const long = [{ role: 'user', content: 'word '.repeat(2_000) }];
      await chat({ messages: long });
      const { chunks } = await chat({ messages: long });
      assert.ok((chunks.at(-1)?.usage?.prompt_tokens_details?.cached_tokens ?? 0) >= 1_920);
      assert.ok(server.requests[1]!.billedNanoUsd < server.requests[0]!.billedNanoUsd / 2);
    });
  });

  describe('refusing', () => {
    const refused = (
      name: string,
      body: unknown,
      status: number,
      what: RegExp,
      path = '/v1/chat/completions',
    ): unknown =>
      it(name, async () => {
        const reply = await post(path, body);
        assert.equal(reply.status, status);
        assert.match(JSON.stringify(reply.body['error']), what);
        assert.equal(server.billedNanoUsd, 0);
      });
    refused('a body that is no JSON', '{', 400, /parse the JSON body/);
    refused('no messages', { model: 'small' }, 400, /Missing required parameter: 'messages'/);
    refused('an empty conversation', { model: 'small', messages: [] }, 400, /at least one message/);
    refused('an unknown role', { model: 'small', messages: [{ role: 'boss', content: 'x' }] }, 400, /role/);
    refused(
      'an unknown field',
      { model: 'small', messages, max_output: 1 },
      400,
      /Unrecognized request argument/,
    );
    refused('a cap of the wrong type', { model: 'small', messages, max_tokens: '5' }, 400, /Invalid type/);
    refused('a cap above the model’s', { model: 'small', messages, max_tokens: 101 }, 400, /too large/);
    refused(
      'the other name of the cap',
      { model: 'small', messages, max_completion_tokens: 9 },
      400,
      /Use 'max_tokens'/,
    );
    refused(
      'stream options without a stream',
      { model: 'small', messages, stream_options: {} },
      400,
      /only allowed/,
    );
    refused(
      'OpenRouter’s fields where it is not OpenRouter',
      { model: 'small', messages, usage: {} },
      400,
      /usage/,
    );
    refused('an unknown model', { model: 'big', messages }, 404, /model_not_found/);
    refused('an unknown address', {}, 404, /Invalid URL/, '/v1/chats');
    refused('an empty embedding', { model: 'small', input: '' }, 400, /input/, '/v1/embeddings');
    refused(
      'a prompt longer than the context',
      { model: 'small', messages: [{ role: 'user', content: 'word '.repeat(500) }] },
      400,
      /context_length_exceeded/,
    );

    it('a wrong key, of which the error repeats a part', async () => {
      await server.close();
      server = await startModelServer({ models: [model], key: 'sk-right-0123456789' });
      client = clientOf({ apiKey: 'sk-wrong-0123456789' });
      await assert.rejects(chat(), (error) => error instanceof APIError && error.status === 401);
      client = clientOf({ apiKey: 'sk-right-0123456789' });
      assert.ok((await chat()).text.length > 0);
    });

    it('stream options where it was told to', async () => {
      await server.close();
      server = await startModelServer({ models: [model], acceptsStreamOptions: false });
      client = clientOf();
      await assert.rejects(chat(), /stream_options/);
    });
  });

  describe('misbehaving', () => {
    const status = (misbehaviour: Misbehaviour, expected: number): unknown =>
      it(`${misbehaviour.kind} is ${expected}`, async () => {
        server.next(misbehaviour);
        await assert.rejects(chat(), (error) => error instanceof APIError && error.status === expected);
        await server.idle();
        assert.equal(server.billedNanoUsd, 0);
        assert.ok((await chat()).text.length > 0, 'only the one request is affected');
      });
    status({ kind: 'wrong-key' }, 401);
    status({ kind: 'no-credit' }, 402);
    status({ kind: 'forbidden' }, 403);
    status({ kind: 'model-gone' }, 404);
    status({ kind: 'rate-limited' }, 429);
    status({ kind: 'server-error', status: 503 }, 503);
    status({ kind: 'html' }, 502);
    status({ kind: 'context-length-exceeded' }, 400);

    it('says when to come back, in seconds or as a date', async () => {
      server.next({ kind: 'rate-limited', retryAfter: 7 }, { kind: 'rate-limited', retryAfter: new Date(0) });
      const retryAfter = async (): Promise<string | null | undefined> =>
        chat().then(
          () => undefined,
          (error: unknown) => (error as APIError).headers?.get('retry-after'),
        );
      assert.equal(await retryAfter(), '7');
      assert.equal(await retryAfter(), 'Thu, 01 Jan 1970 00:00:00 GMT');
    });

    it('refuses connections, and takes them again at the same address', async () => {
      await server.refuse();
      await assert.rejects(chat(), /Connection error/);
      await server.accept();
      assert.ok((await chat()).text.length > 0);
    });

    it('redirects', async () => {
      server.next({ kind: 'redirect', location: 'http://127.0.0.1:9/v1' });
      const reply = await fetch(`${server.url}/models`, { redirect: 'manual' });
      assert.equal(reply.headers.get('location'), 'http://127.0.0.1:9/v1');
    });

    const breaks = (
      kind: 'reset-before-headers' | 'reset-mid-stream' | 'not-json' | 'error-in-stream',
    ): unknown =>
      it(`${kind} breaks the stream`, async () => {
        server.next({ kind });
        await assert.rejects(chat());
      });
    breaks('reset-before-headers');
    breaks('reset-mid-stream');
    breaks('not-json');
    breaks('error-in-stream');

    it('is silent until the client gives up, before the headers and in the middle', async () => {
      client = clientOf({ timeout: 200 });
      server.next({ kind: 'silent-before-headers' }, { kind: 'silent-mid-stream', afterTokens: 2 });
      await assert.rejects(chat(), /timed out/);
      const abort = new AbortController();
      const stream = await client.chat.completions.create(
        { model: 'small', messages, stream: true },
        { signal: abort.signal, timeout: 2_000 },
      );
      let text = '';
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        if (countTokens(text) === 2) setTimeout(() => abort.abort(), 100);
      }
      await server.idle();
      assert.deepEqual(
        server.requests.map(({ clientClosed }) => clientClosed),
        [true, true],
      );
      assert.equal(server.requests[1]?.outputTokens, 2);
    });

    it('sends nothing, or an answer without text', async () => {
      server.next({ kind: 'empty-stream' }, { kind: 'empty-body' }, { kind: 'no-answer' });
      assert.equal((await chat()).chunks.length, 0);
      assert.equal((await chat()).chunks.length, 0);
      assert.equal((await chat()).text, '');
    });

    it('ends early without a finish reason', async () => {
      server.next({ kind: 'cut-off', afterTokens: 2 });
      const { text, chunks } = await chat();
      assert.equal(countTokens(text), 2);
      assert.ok(chunks.every((chunk) => !chunk.choices[0]?.finish_reason && !chunk.usage));
    });

    it('sends invalid UTF-8, half a character, half an event', async () => {
      server.next({ kind: 'invalid-utf8' }, { kind: 'split-utf8' }, { kind: 'torn-events' });
      assert.match((await chat()).text, /\uFFFD/);
      assert.match((await chat()).text, /^😀Simulated/);
      assert.match((await chat({ max_tokens: 9 })).text, /^Simulated/);
    });

    it('compresses', async () => {
      server.next({ kind: 'gzip' });
      const reply = await fetch(`${server.url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'small', messages, stream: true }),
      });
      assert.equal(reply.headers.get('content-encoding'), 'gzip');
      assert.match(await reply.text(), /\[DONE\]\n\n$/);
    });

    it('sends ten megabytes', async () => {
      server.next({ kind: 'huge' });
      assert.equal((await chat()).text.length, 10 * 1024 * 1024);
    });

    it('echoes the prompt, or goes past the cap', async () => {
      server.next({ kind: 'echo-prompt' }, { kind: 'ignores-cap', tokens: 80 });
      assert.equal((await chat()).text, messages[0]?.content);
      await chat();
      await server.idle();
      assert.equal(server.requests[1]?.outputTokens, 80);
    });

    it('repeats itself without end, and stops billing when the client leaves', async () => {
      server.next({ kind: 'endless' });
      const stream = await client.chat.completions.create({ model: 'small', messages, stream: true });
      let seen = 0;
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++seen === 200) break;
      await server.idle();
      assert.ok(server.requests[0]!.clientClosed);
      assert.ok(server.requests[0]!.outputTokens >= 200);
    });

    it('goes on and bills after the client has left', async () => {
      server.next({ kind: 'serves-on-after-close' });
      const stream = await client.chat.completions.create({ model: 'small', messages, stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
      await server.idle();
      const whole = await client.chat.completions.create({ model: 'small', messages });
      assert.equal(server.requests[0]?.outputTokens, whole.usage?.completion_tokens);
    });

    it('lies about the usage, but not in its own bill', async () => {
      const honest = (await chat()).chunks.at(-1)?.usage;
      const lies = ['too-high', 'too-low', 'negative', 'not-a-number', 'above-cap'] as const;
      server.next({ kind: 'no-usage' }, ...lies.map((reported) => ({ kind: 'usage', reported }) as const));
      assert.ok(!(await chat()).chunks.at(-1)?.usage);
      for (const lie of lies) {
        const usage = (await chat()).chunks.at(-1)?.usage;
        assert.notEqual(usage?.completion_tokens, honest?.completion_tokens, lie);
      }
      await server.idle();
      assert.equal(new Set(server.requests.map(({ billedNanoUsd }) => billedNanoUsd)).size, 1);
    });

    it('misbehaves by script, by header, and for every request', async () => {
      await server.close();
      server = await startModelServer({
        models: [model],
        misbehave: ({ path }) => (path === '/v1/models' ? { kind: 'forbidden' } : undefined),
      });
      client = clientOf();
      await assert.rejects(client.models.list().withResponse(), /403/);
      client = clientOf({ defaultHeaders: { 'x-fake-misbehaviour': '{"kind":"no-credit"}' } });
      await assert.rejects(chat(), /402/);
      client = clientOf();
      server.always({ kind: 'wrong-key' });
      await assert.rejects(chat(), /401/);
      await assert.rejects(chat(), /401/);
      server.always(undefined);
      assert.ok((await client.models.list()).data.length > 0);
    });
  });
});
