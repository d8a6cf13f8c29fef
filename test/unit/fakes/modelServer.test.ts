import assert from 'node:assert/strict';
import { APIError } from 'openai';
import { countTokens, tokenize } from '../../fakes/modelServer/tokens.ts';
import { messages, model, useFake } from './fakeHarness.ts';

describe('the fake model server', () => {
  const fake = useFake();

  it('cuts text into tokens of at least a byte that join to it again', () => {
    for (const text of ['', 'Hello, world', 'größer 😀😀  x', 'a\n\n\tb = (c)', 'internationalisation']) {
      assert.equal(tokenize(text).join(''), text);
      assert.ok(countTokens(text) <= Buffer.byteLength(text));
    }
  });

  describe('serving well', () => {
    it('streams the answer, then its usage, and bills what it served', async () => {
      const { text, chunks } = await fake.chat();
      assert.match(text, /Simulated answer to “How do I add two numbers\?”/);
      const usage = chunks.at(-1)?.usage;
      assert.ok(usage);
      assert.equal(usage.completion_tokens, countTokens(text));
      await fake.server.idle();
      assert.equal(fake.server.billedNanoUsd, usage.prompt_tokens * 1_000 + usage.completion_tokens * 10_000);
    });

    it('answers in one piece', async () => {
      const whole = await fake.client.chat.completions.create({ model: 'small', messages });
      assert.equal(whole.choices[0]!.finish_reason, 'stop');
      assert.equal(whole.usage?.completion_tokens, countTokens(String(whole.choices[0]!.message.content)));
    });

    it('keeps to the cap and says so', async () => {
      const { text, chunks } = await fake.chat({ max_tokens: 4 });
      assert.equal(countTokens(text), 4);
      assert.equal(
        chunks.findLast((chunk) => chunk.choices[0]?.finish_reason)?.choices[0]?.finish_reason,
        'length',
      );
    });

    it('keeps to stop sequences', async () =>
      assert.equal((await fake.chat({ stop: [' answer'] })).text, 'Simulated'));

    it('completes code with a suffix, at OpenAI’s, Mistral’s and llama.cpp’s endpoint', async () => {
      const legacy = await fake.client.completions.create({
        model: 'small',
        prompt: 'f(a, b) {',
        suffix: '}',
      });
      assert.equal(legacy.choices[0]!.text, 'return a + b;');
      const fim = await fake.post('/v1/fim/completions', {
        model: 'small',
        prompt: 'f(a, b) {',
        suffix: '}',
      });
      assert.match(JSON.stringify(fim.body), /"content":"return a \+ b;"/);
      const infill = await fake.post('/infill', {
        input_prefix: 'f(a, b) {',
        input_suffix: '}',
        n_predict: 20,
      });
      assert.equal(infill.body['content'], 'return a + b;');
      assert.equal(infill.body['stop'], true);
    });

    it('embeds like texts close to one another', async () => {
      const input = ['add two numbers', 'add two integers', 'paint the shed blue'];
      const { data } = await fake.client.embeddings.create({ model: 'small', input });
      const dot = (i: number, j: number): number =>
        data[i]!.embedding.reduce((sum, value, k) => sum + value * (data[j]!.embedding[k] ?? 0), 0);
      assert.ok(Math.abs(dot(0, 0) - 1) < 1e-6);
      assert.ok(dot(0, 1) > dot(0, 2));
    });

    it('lists its models with their prices', async () => {
      const { data } = await fake.client.models.list();
      assert.deepEqual((data[0] as unknown as { pricing: object }).pricing, {
        prompt: '0.000001',
        completion: '0.00001',
      });
    });

    it('counts hidden reasoning as output', async () => {
      const reasoning = { text: 'let me think', shown: false, insideCap: true };
      await fake.start({ models: [{ ...model, reasoning }] });
      const usage = (await fake.chat()).chunks.at(-1)?.usage;
      assert.equal(usage?.completion_tokens_details?.reasoning_tokens, 3);
    });

    it('tells its bill as OpenRouter does', async () => {
      await fake.start({ models: [model], reportsCost: true });
      const { chunks } = await fake.chat({ usage: { include: true } });
      await fake.server.idle();
      assert.equal((chunks.at(-1)?.usage as { cost?: number }).cost, fake.server.billedNanoUsd / 1e9);
      const known = (await (await fetch(`${fake.server.url}/generation?id=${chunks[0]?.id}`)).json()) as {
        data: { total_cost: number };
      };
      assert.equal(known.data.total_cost, fake.server.billedNanoUsd / 1e9);
    });

    it('bills a repeated start at the cached price', async () => {
      const price = { ...model.price, cachedInputUsdPerMTok: 0.1 };
      await fake.start({ models: [{ ...model, price, contextTokens: 10_000 }] });
      const long = [{ role: 'user', content: 'word '.repeat(2_000) }];
      await fake.chat({ messages: long });
      const { chunks } = await fake.chat({ messages: long });
      assert.ok((chunks.at(-1)?.usage?.prompt_tokens_details?.cached_tokens ?? 0) >= 1_920);
      assert.ok(fake.server.requests[1]!.billedNanoUsd < fake.server.requests[0]!.billedNanoUsd / 2);
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
        const reply = await fake.post(path, body);
        assert.equal(reply.status, status);
        assert.match(JSON.stringify(reply.body['error']), what);
        assert.equal(fake.server.billedNanoUsd, 0);
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
      await fake.start({ models: [model], key: 'sk-right-0123456789' });
      fake.connect({ apiKey: 'sk-wrong-0123456789' });
      await assert.rejects(fake.chat(), (error) => error instanceof APIError && error.status === 401);
      fake.connect({ apiKey: 'sk-right-0123456789' });
      assert.ok((await fake.chat()).text.length > 0);
    });

    it('stream options where it was told to', async () => {
      await fake.start({ models: [model], acceptsStreamOptions: false });
      await assert.rejects(fake.chat(), /stream_options/);
    });
  });
});
