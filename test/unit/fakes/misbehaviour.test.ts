import assert from 'node:assert/strict';
import { APIError } from 'openai';
import type { Misbehaviour } from '../../fakes/modelServer.ts';
import { countTokens } from '../../fakes/modelServer/tokens.ts';
import { messages, model, useFake } from './fakeHarness.ts';

describe('the fake model server, misbehaving', () => {
  const fake = useFake();
  const status = (misbehaviour: Misbehaviour, expected: number): unknown =>
    it(`${misbehaviour.kind} is ${expected}`, async () => {
      fake.server.next(misbehaviour);
      await assert.rejects(fake.chat(), (error) => error instanceof APIError && error.status === expected);
      await fake.server.idle();
      assert.equal(fake.server.billedNanoUsd, 0);
      assert.ok((await fake.chat()).text.length > 0, 'only the one request is affected');
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
    fake.server.next(
      { kind: 'rate-limited', retryAfter: 7 },
      { kind: 'rate-limited', retryAfter: new Date(0) },
    );
    const retryAfter = async (): Promise<string | null | undefined> =>
      fake.chat().then(
        () => undefined,
        (error: unknown) => (error as APIError).headers?.get('retry-after'),
      );
    assert.equal(await retryAfter(), '7');
    assert.equal(await retryAfter(), 'Thu, 01 Jan 1970 00:00:00 GMT');
  });

  it('refuses connections, and takes them again at the same address', async () => {
    await fake.server.refuse();
    await assert.rejects(fake.chat(), /Connection error/);
    await fake.server.accept();
    assert.ok((await fake.chat()).text.length > 0);
  });

  it('redirects', async () => {
    fake.server.next({ kind: 'redirect', location: 'http://127.0.0.1:9/v1' });
    const reply = await fetch(`${fake.server.url}/models`, { redirect: 'manual' });
    assert.equal(reply.headers.get('location'), 'http://127.0.0.1:9/v1');
  });

  const breaks = (
    kind: 'reset-before-headers' | 'reset-mid-stream' | 'not-json' | 'error-in-stream',
  ): unknown =>
    it(`${kind} breaks the stream`, async () => {
      fake.server.next({ kind });
      await assert.rejects(fake.chat());
    });
  breaks('reset-before-headers');
  breaks('reset-mid-stream');
  breaks('not-json');
  breaks('error-in-stream');

  it('is silent until the client gives up, before the headers and in the middle', async () => {
    fake.connect({ timeout: 200 });
    fake.server.next({ kind: 'silent-before-headers' }, { kind: 'silent-mid-stream', afterTokens: 2 });
    await assert.rejects(fake.chat(), /timed out/);
    const abort = new AbortController();
    const stream = await fake.client.chat.completions.create(
      { model: 'small', messages, stream: true },
      { signal: abort.signal, timeout: 2_000 },
    );
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (countTokens(text) === 2) setTimeout(() => abort.abort(), 100);
    }
    await fake.server.idle();
    assert.deepEqual(
      fake.server.requests.map(({ clientClosed }) => clientClosed),
      [true, true],
    );
    assert.equal(fake.server.requests[1]?.outputTokens, 2);
  });

  it('sends nothing, or an answer without text', async () => {
    fake.server.next({ kind: 'empty-stream' }, { kind: 'empty-body' }, { kind: 'no-answer' });
    assert.equal((await fake.chat()).chunks.length, 0);
    assert.equal((await fake.chat()).chunks.length, 0);
    assert.equal((await fake.chat()).text, '');
  });

  it('ends early without a finish reason', async () => {
    fake.server.next({ kind: 'cut-off', afterTokens: 2 });
    const { text, chunks } = await fake.chat();
    assert.equal(countTokens(text), 2);
    assert.ok(chunks.every((chunk) => !chunk.choices[0]?.finish_reason && !chunk.usage));
  });

  it('sends invalid UTF-8, half a character, half an event', async () => {
    fake.server.next({ kind: 'invalid-utf8' }, { kind: 'split-utf8' }, { kind: 'torn-events' });
    assert.match((await fake.chat()).text, /\uFFFD/);
    assert.match((await fake.chat()).text, /^😀Simulated/);
    assert.match((await fake.chat({ max_tokens: 9 })).text, /^Simulated/);
  });

  it('compresses', async () => {
    fake.server.next({ kind: 'gzip' });
    const reply = await fetch(`${fake.server.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'small', messages, stream: true }),
    });
    assert.equal(reply.headers.get('content-encoding'), 'gzip');
    assert.match(await reply.text(), /\[DONE\]\n\n$/);
  });

  it('sends ten megabytes', async () => {
    fake.server.next({ kind: 'huge' });
    assert.equal((await fake.chat()).text.length, 10 * 1024 * 1024);
  });

  it('echoes the prompt, or goes past the cap', async () => {
    fake.server.next({ kind: 'echo-prompt' }, { kind: 'ignores-cap', tokens: 80 });
    assert.equal((await fake.chat()).text, messages[0]?.content);
    await fake.chat();
    await fake.server.idle();
    assert.equal(fake.server.requests[1]?.outputTokens, 80);
  });

  it('repeats itself without end, and stops billing when the client leaves', async () => {
    fake.server.next({ kind: 'endless' });
    const stream = await fake.client.chat.completions.create({ model: 'small', messages, stream: true });
    let seen = 0;
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++seen === 200) break;
    await fake.server.idle();
    assert.ok(fake.server.requests[0]!.clientClosed);
    assert.ok(fake.server.requests[0]!.outputTokens >= 200);
  });

  it('goes on and bills after the client has left', async () => {
    fake.server.next({ kind: 'serves-on-after-close' });
    const stream = await fake.client.chat.completions.create({ model: 'small', messages, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await fake.server.idle();
    const whole = await fake.client.chat.completions.create({ model: 'small', messages });
    assert.equal(fake.server.requests[0]?.outputTokens, whole.usage?.completion_tokens);
  });

  it('lies about the usage, but not in its own bill', async () => {
    const honest = (await fake.chat()).chunks.at(-1)?.usage;
    const lies = ['too-high', 'too-low', 'negative', 'not-a-number', 'above-cap'] as const;
    fake.server.next({ kind: 'no-usage' }, ...lies.map((reported) => ({ kind: 'usage', reported }) as const));
    assert.ok(!(await fake.chat()).chunks.at(-1)?.usage);
    for (const lie of lies) {
      const usage = (await fake.chat()).chunks.at(-1)?.usage;
      assert.notEqual(usage?.completion_tokens, honest?.completion_tokens, lie);
    }
    await fake.server.idle();
    assert.equal(new Set(fake.server.requests.map(({ billedNanoUsd }) => billedNanoUsd)).size, 1);
  });

  it('misbehaves by script, by header, and for every request', async () => {
    await fake.start({
      models: [model],
      misbehave: ({ path }) => (path === '/v1/models' ? { kind: 'forbidden' } : undefined),
    });
    await assert.rejects(fake.client.models.list().withResponse(), /403/);
    fake.connect({ defaultHeaders: { 'x-fake-misbehaviour': '{"kind":"no-credit"}' } });
    await assert.rejects(fake.chat(), /402/);
    fake.connect();
    fake.server.always({ kind: 'wrong-key' });
    await assert.rejects(fake.chat(), /401/);
    await assert.rejects(fake.chat(), /401/);
    fake.server.always(undefined);
    assert.ok((await fake.client.models.list()).data.length > 0);
  });
});
