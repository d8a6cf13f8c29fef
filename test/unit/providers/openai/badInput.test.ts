/** Bad input from the network: the problem's kind for each misbehavior of an endpoint, and its possible cost. */
import assert from 'node:assert/strict';
import type { ProviderErrorKind } from '../../../../src/app/ports/models.ts';
import type { Endpoint } from '../../../../src/app/settings/index.ts';
import { createModelClient } from '../../../fakes/modelClient.ts';
import type { Misbehaviour, ModelServer } from '../../../fakes/modelServer.ts';
import { startModelServer } from '../../../fakes/modelServer.ts';
import type { Outcome } from './harness.ts';
import { MemoryLog, armOf, collect, endpointAt, fakeModel } from './harness.ts';

const KEY = 'sk-test-0123456789abcdefghij';
const PROMPT = 'Why does this confidential function return undefined for acme-internal input?';

for (const protocol of ['chat', 'responses', 'messages'] as const) {
  describe(`a misbehaving endpoint, asked by ${protocol}`, () => {
    let server: ModelServer;
    const log = new MemoryLog();

    beforeEach(async () => {
      server = await startModelServer({ models: [fakeModel] });
      log.lines.length = 0;
    });
    afterEach(() => server.close());

    const ask = (changes: Partial<Endpoint> = {}, prompt = PROMPT): Promise<Outcome> => {
      const endpoint = endpointAt(server.url, { protocol, ...changes });
      const client = createModelClient({ endpoint, key: () => Promise.resolve(KEY), log });
      const messages = [{ role: 'user' as const, content: prompt }];
      const { signal } = new AbortController();
      return collect(client.chat({ arm: armOf(endpoint.id), messages, outputCap: 200, signal }));
    };

    interface Expected {
      readonly kind: ProviderErrorKind;
      readonly served: 'no' | 'maybe';
      readonly status?: number;
      readonly keepsText?: boolean;
      readonly endpoint?: Partial<Endpoint>;
    }

    const check = (name: string, misbehaviour: Misbehaviour, expected: Expected) =>
      it(name, async () => {
        server.next(misbehaviour);
        const { failure, text, done } = await ask(expected.endpoint);
        assert.equal(failure?.kind, expected.kind, failure?.detail);
        assert.equal(failure.served, expected.served);
        if (expected.status !== undefined) assert.equal(failure.status, expected.status);
        assert.equal(text.length > 0, expected.keepsText ?? false);
        assert.equal(done, undefined);
        assert.ok(failure.detail.length <= 300);
        assert.equal(server.requests.length, 1, 'a retry has its own reservation, so none is made here');
      });

    describe('that refuses', () => {
      check('401', { kind: 'wrong-key' }, { kind: 'wrong-key', served: 'no', status: 401 });
      check('402', { kind: 'no-credit' }, { kind: 'no-credit', served: 'no', status: 402 });
      check('403', { kind: 'forbidden' }, { kind: 'forbidden', served: 'no', status: 403 });
      check('404', { kind: 'model-gone' }, { kind: 'model-gone', served: 'no', status: 404 });
      check('429', { kind: 'rate-limited' }, { kind: 'rate-limited', served: 'no', status: 429 });
      check(
        'a prompt longer than the context',
        { kind: 'context-length-exceeded' },
        { kind: 'too-long', served: 'no', status: 400 },
      );
      for (const status of [500, 502, 503] as const) {
        check(
          `${status}`,
          { kind: 'server-error', status },
          { kind: 'server-error', served: 'maybe', status },
        );
      }
      check('a proxy’s page', { kind: 'html' }, { kind: 'server-error', served: 'maybe', status: 502 });

      it('429 says how long to wait, in seconds or until a date', async () => {
        server.next({ kind: 'rate-limited', retryAfter: 7 });
        assert.equal((await ask()).failure?.retryAfterMs, 7000);
        server.next({ kind: 'rate-limited', retryAfter: new Date(Date.now() + 3_600_000) });
        const wait = (await ask()).failure?.retryAfterMs ?? 0;
        assert.ok(0 < wait && wait <= 3_600_000, String(wait));
        server.next({ kind: 'rate-limited' });
        assert.equal((await ask()).failure?.retryAfterMs, undefined);
      });

      // The other protocols have no such field.
      if (protocol === 'chat') {
        it('stream_options is a bad request that names the cause', async () => {
          await server.close();
          server = await startModelServer({ models: [fakeModel], acceptsStreamOptions: false });
          const { failure } = await ask();
          assert.equal(failure?.kind, 'bad-request');
          assert.match(failure.detail, /stream_options/);
          assert.equal((await ask({ acceptsStreamOptions: false })).failure, undefined);
        });
      }
    });

    describe('that breaks the connection', () => {
      const soon = { timeouts: { firstByteMs: 60, idleMs: 60, totalMs: 5000 } };
      const silent = { kind: 'timeout', served: 'maybe', endpoint: soon } as const;
      check('before it answers', { kind: 'reset-before-headers' }, { kind: 'reset', served: 'maybe' });
      check(
        'in the middle',
        { kind: 'reset-mid-stream' },
        { kind: 'reset', served: 'maybe', keepsText: true, status: 200 },
      );
      check('by silence from the start', { kind: 'silent-before-headers' }, silent);
      check('by silence in the middle', { kind: 'silent-mid-stream' }, { ...silent, keepsText: true });
      check(
        'never, so that only the total time ends it',
        { kind: 'slow', tokenMs: 20 },
        {
          ...silent,
          keepsText: true,
          endpoint: { timeouts: { firstByteMs: 5000, idleMs: 5000, totalMs: 150 } },
        },
      );

      it('a refused connection was provably not served', async () => {
        await server.refuse();
        const { failure } = await ask();
        assert.deepEqual([failure?.kind, failure?.served, failure?.status], ['refused', 'no', undefined]);
      });

      it('an unknown host was provably not served', async () => {
        const { failure } = await ask({ baseUrl: 'https://no-such-host.invalid/v1' });
        assert.deepEqual([failure?.kind, failure?.served], ['unreachable', 'no']);
      });

      it('TLS that fails was provably not served', async () => {
        const { failure } = await ask({ baseUrl: server.url.replace('http:', 'https:') });
        assert.deepEqual([failure?.kind, failure?.served], ['unreachable', 'no'], failure?.detail);
      });
    });

    describe('that answers badly', () => {
      check(
        'with a web page and status 200',
        { kind: 'html', status: 200 },
        { kind: 'not-json', served: 'maybe' },
      );
      check('with a torn event', { kind: 'not-json' }, { kind: 'not-json', served: 'maybe' });
      check('with [DONE] alone', { kind: 'empty-stream' }, { kind: 'empty', served: 'maybe' });
      check('with no byte', { kind: 'empty-body' }, { kind: 'empty', served: 'maybe' });
      check('with no word', { kind: 'no-answer' }, { kind: 'empty', served: 'maybe' });
      check(
        'with an error inside the stream',
        { kind: 'error-in-stream' },
        { kind: 'server-error', served: 'maybe', keepsText: true },
      );
      // The cap on bytes applies below the protocols, so that one of them is enough.
      if (protocol === 'chat')
        check('without end', { kind: 'endless' }, { kind: 'too-large', served: 'maybe', keepsText: true });
      check(
        'by sending elsewhere',
        { kind: 'redirect', location: 'http://127.0.0.1:9/v1/chat/completions' },
        { kind: 'redirect', served: 'maybe' },
      );

      it('with no word tells what it used all the same', async () => {
        server.next({ kind: 'no-answer' });
        const { failure } = await ask();
        assert.ok((failure?.usage?.tokens.input ?? 0) > 0);
        assert.equal(
          failure?.generationId,
          { chat: 'fake-1', responses: 'resp_fake-1', messages: 'msg_fake-1' }[protocol],
        );
      });

      it('with megabytes: all of them arrive', async () => {
        // Responses repeats the whole text twice at its end.
        const bytes = (protocol === 'responses' ? 4 : 10) * 1024 * 1024;
        server.next({ kind: 'huge', bytes });
        const { failure, text } = await ask();
        assert.equal(failure, undefined);
        assert.equal(text.length, bytes);
      });

      it('with bytes that are not UTF-8: the rest of the answer stands, and it says so', async () => {
        server.next({ kind: 'invalid-utf8' });
        const { failure, text, done } = await ask();
        assert.equal(failure, undefined);
        assert.match(text, /\uFFFD/);
        assert.match(text, /Simulated answer/);
        assert.equal(done?.damaged, true);
      });

      for (const kind of ['split-utf8', 'torn-events', 'gzip'] as const) {
        it(`with ${kind}: nothing is lost`, async () => {
          server.next({ kind });
          const { failure, text, done } = await ask();
          assert.equal(failure, undefined);
          assert.match(text, /Simulated answer/);
          assert.equal(done?.finish, 'stop');
          assert.equal(done.damaged, undefined);
          assert.doesNotMatch(text, /\uFFFD/);
        });
      }

      check(
        'without finish reason, usage and [DONE]: what came is kept, the rest is missing',
        { kind: 'cut-off' },
        { kind: 'reset', served: 'maybe', keepsText: true },
      );

      it('without usage', async () => {
        server.next({ kind: 'no-usage' });
        const { failure, done } = await ask();
        assert.equal(failure, undefined);
        assert.deepEqual([done?.finish, done?.usage], ['stop', undefined]);
      });

      for (const reported of ['negative', 'not-a-number'] as const) {
        it(`with usage that is ${reported}: as if without`, async () => {
          server.next({ kind: 'usage', reported });
          assert.equal((await ask()).done?.usage, undefined);
        });
      }
    });

    describe('that repeats what it was sent', () => {
      const everything = (outcome: Outcome) => `${JSON.stringify(outcome.failure)} ${log.lines.join('\n')}`;

      it('neither key nor prompt gets into errors or logs', async () => {
        const failures: Misbehaviour[] = [
          { kind: 'wrong-key' },
          { kind: 'server-error', status: 500 },
          { kind: 'reset-mid-stream' },
          { kind: 'not-json' },
          { kind: 'html', status: 200 },
          { kind: 'error-in-stream' },
          { kind: 'redirect', location: `http://127.0.0.1:9/?key=${KEY}` },
        ];
        for (const failure of failures) {
          server.next(failure);
          const said = everything(await ask());
          assert.ok(said.length > 20);
          assert.doesNotMatch(said, /0123456789|sk-tes|ghij/, failure.kind);
          assert.doesNotMatch(said, /confidential|acme/, failure.kind);
        }
      });
    });
  });
}
