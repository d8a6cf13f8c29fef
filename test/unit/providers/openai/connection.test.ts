/** Requests to an endpoint: their content, their target, and their end: keys, variables, redirects, sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Endpoint } from '../../../../src/app/settings/index.ts';
import { listModels } from '../../../../src/providers/openai/models.ts';
import { createModelClient } from '../../../fakes/modelClient.ts';
import type { ModelStream } from '../../../../src/app/ports/models.ts';
import { MemoryLog, armOf, collect, endpointAt } from './harness.ts';

const VARIABLES = {
  OPENAI_API_KEY: 'leak-api-key',
  OPENAI_ADMIN_KEY: 'leak-admin-key',
  OPENAI_ORG_ID: 'leak-organization',
  OPENAI_PROJECT_ID: 'leak-project',
  OPENAI_WEBHOOK_SECRET: 'leak-webhook',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/leak-address',
  OPENAI_CUSTOM_HEADERS: 'X-Custom: leak-header\nAuthorization: Bearer leak-authorization\nbad name: leak',
  OPENAI_LOG: 'debug',
};

const event = (data: object | string) =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const word = event({ id: 'g', choices: [{ delta: { content: 'word ' } }] });
const ANSWER = word + event({ choices: [{ delta: {}, finish_reason: 'stop' }] }) + event('[DONE]');

describe('a connection to an endpoint', () => {
  let server: Server;
  let connections = 0;
  const seen: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const log = new MemoryLog();

  const serve = async (answer: RequestListener): Promise<string> => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', headers: request.headers, body });
        answer(request, response);
      });
    });
    server.on('connection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  };

  beforeEach(() => {
    seen.length = 0;
    connections = 0;
    log.lines.length = 0;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const ask = (
    baseUrl: string,
    { key, signal, ...changes }: Partial<Endpoint> & { key?: string; signal?: AbortSignal } = {},
  ): ModelStream => {
    const endpoint = endpointAt(baseUrl, changes);
    const client = createModelClient({ endpoint, key: () => Promise.resolve(key), log });
    return client.chat({
      arm: armOf(endpoint.id),
      messages: [{ role: 'user', content: 'hello' }],
      outputCap: 10,
      signal: signal ?? new AbortController().signal,
    });
  };

  describe('with every OPENAI_* variable set', () => {
    const before = { ...process.env };
    beforeEach(() => Object.assign(process.env, VARIABLES));
    afterEach(() => {
      for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    });

    it('a third party’s endpoint sees none of them', async () => {
      const baseUrl = await serve((_request, response) => response.end(ANSWER));
      const { text, failure } = await collect(ask(baseUrl));
      assert.deepEqual([text, failure], ['word ', undefined]);
      await collect(ask(baseUrl, { key: 'its-own-key' }));
      await listModels(
        { endpoint: endpointAt(baseUrl), key: () => Promise.resolve(undefined), log },
        new AbortController().signal,
      );
      assert.equal(seen.length, 3);
      assert.doesNotMatch(JSON.stringify(seen), /leak/);
      assert.deepEqual(
        seen.map(({ headers }) => headers.authorization),
        [undefined, 'Bearer its-own-key', undefined],
      );
      assert.equal(process.env['OPENAI_CUSTOM_HEADERS'], VARIABLES.OPENAI_CUSTOM_HEADERS);
    });
  });

  describe('through the fetch that VS Code puts in place for http.proxy', () => {
    const original = globalThis.fetch;
    afterEach(() => void (globalThis.fetch = original));

    it('is looked up at each call', async () => {
      const baseUrl = await serve((_request, response) => response.end(ANSWER));
      const urls: string[] = [];
      globalThis.fetch = (input, init) => {
        urls.push(input instanceof Request ? input.url : String(input));
        return original(input, init);
      };
      assert.equal((await collect(ask(baseUrl))).text, 'word ');
      assert.deepEqual(urls, [`${baseUrl}/chat/completions`]);
    });

    it('takes its way of hiding a redirect, or of following one all the same, for an error', async () => {
      for (const [name, value] of [
        ['type', 'opaqueredirect'],
        ['redirected', true],
      ] as const) {
        globalThis.fetch = () => {
          const response = new Response(ANSWER);
          Object.defineProperty(response, name, { value });
          return Promise.resolve(response);
        };
        const { failure, text } = await collect(ask('https://models.invalid/v1', { key: 'secret-key' }));
        assert.deepEqual([failure?.kind, text], ['redirect', '']);
      }
    });
  });

  it('carries the endpoint’s own headers', async () => {
    const baseUrl = await serve((_request, response) => response.end(ANSWER));
    await collect(ask(baseUrl, { headers: { 'x-team': 'compilers' } }));
    assert.equal(seen[0]?.headers['x-team'], 'compilers');
  });

  it('is used again by the next request', async () => {
    // The end of the body arrives shortly after `[DONE]`, as from a real server.
    const baseUrl = await serve((_request, response) => {
      response.write(ANSWER);
      void setTimeout(5).then(() => response.end());
    });
    for (let i = 0; i < 6; i++) {
      await collect(ask(baseUrl));
      await setTimeout(25);
    }
    assert.equal(seen.length, 6);
    // Node's fetch may open a second one before it knows that the first is free.
    assert.ok(connections <= 2, `${connections} connections`);
  });

  it('is closed when the caller cancels', async () => {
    const cancel = new AbortController();
    const closed = new Promise((resolve) => {
      void serve((_request, response) => {
        response.on('close', resolve);
        response.write(word);
      }).then(async (baseUrl) => {
        const stream = ask(baseUrl, { signal: cancel.signal });
        for await (const part of stream.events) if (part.type === 'text') cancel.abort();
        const failure = await stream.failure;
        assert.deepEqual([failure?.kind, failure?.served], ['cancelled', 'maybe']);
        assert.equal(failure?.generationId, 'g');
      });
    });
    await closed;
  });

  it('is closed when the consumer leaves early', async () => {
    let close: (value: unknown) => void = () => undefined;
    const closed = new Promise((resolve) => (close = resolve));
    const baseUrl = await serve((_request, response) => {
      response.on('close', close);
      response.write(word);
    });
    const stream = ask(baseUrl);
    for await (const part of stream.events) if (part.type === 'text') break;
    assert.equal((await stream.failure)?.kind, 'cancelled');
    await closed;
  });

  it('is not even opened when the caller has already cancelled', async () => {
    const baseUrl = await serve((_request, response) => response.end(ANSWER));
    const { failure } = await collect(ask(baseUrl, { signal: AbortSignal.abort() }));
    assert.deepEqual([failure?.kind, failure?.served], ['cancelled', 'no']);
    assert.equal(connections, 0);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows no redirect (${status})`, async () => {
      const baseUrl = await serve((request, response) => {
        if (request.url === '/stolen') response.end(ANSWER);
        else response.writeHead(status, { location: '/stolen' }).end();
      });
      const { failure } = await collect(ask(baseUrl, { key: 'secret-key' }));
      assert.equal(failure?.kind, 'redirect');
      assert.equal(seen.length, 1);
    });
  }

  describe('that Chromium makes (http.electronFetch) and that fails', () => {
    const original = globalThis.fetch;
    afterEach(() => void (globalThis.fetch = original));
    for (const [code, kind, served] of [
      ['ERR_CONNECTION_REFUSED', 'refused', 'no'],
      ['ERR_NAME_NOT_RESOLVED', 'unreachable', 'no'],
      ['ERR_CERT_AUTHORITY_INVALID', 'unreachable', 'no'],
      ['ERR_CONNECTION_RESET', 'reset', 'maybe'],
      ['ERR_TIMED_OUT', 'timeout', 'maybe'],
      ['ERR_SOMETHING_NEW', 'unknown', 'maybe'],
    ] as const) {
      it(`with ${code} is ${kind}`, async () => {
        globalThis.fetch = () => Promise.reject(new TypeError(`net::${code}`));
        const { failure } = await collect(ask('https://models.invalid/v1'));
        assert.deepEqual([failure?.kind, failure?.served], [kind, served]);
      });
    }
  });

  it('that is answered with 204 is empty', async () => {
    const baseUrl = await serve((_request, response) => response.writeHead(204).end());
    assert.equal((await collect(ask(baseUrl))).failure?.kind, 'empty');
  });

  describe('over plain http', () => {
    const kindOf = async (baseUrl: string, changes: Parameters<typeof ask>[1]) => {
      await serve((_request, response) => response.end(ANSWER));
      const { failure } = await collect(ask(baseUrl, changes));
      return [failure?.kind, failure?.served];
    };
    it('carries no key to another machine', async () => {
      assert.deepEqual(await kindOf('http://models.invalid/v1', { key: 'k-123456' }), ['insecure', 'no']);
    });
    it('carries no header that may be a key to another machine', async () => {
      const headers = { 'x-auth-token': 'k-123456' };
      assert.deepEqual(await kindOf('http://models.invalid/v1', { headers }), ['insecure', 'no']);
    });
    it('reaches another machine without a key', async () => {
      assert.deepEqual(await kindOf('http://models.invalid/v1', {}), ['unreachable', 'no']);
    });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.9.9.9']) {
      it(`carries a key to ${host}`, async () => {
        const [kind] = await kindOf(`http://${host}:9/v1`, { key: 'k-123456' });
        assert.notEqual(kind, 'insecure');
      });
    }
    for (const host of ['127.0.0.1.example.invalid', 'localhost.example.invalid', '1270.0.0.1.invalid']) {
      it(`carries no key to ${host}`, async () => {
        const [kind] = await kindOf(`http://${host}/v1`, { key: 'k-123456' });
        assert.equal(kind, 'insecure');
      });
    }
  });

  describe('needs a key', () => {
    const cases: [string, () => Promise<string | undefined>, string][] = [
      ['that is not there', () => Promise.resolve(undefined), 'no-key'],
      ['that is blank', () => Promise.resolve('  \n'), 'no-key'],
      ['from a keyring that fails', () => Promise.reject(new Error('no keyring: hunter2')), 'no-key'],
      ['that cannot stand in a header', () => Promise.resolve('kéy-Ω'), 'wrong-key'],
      ['with a line break inside', () => Promise.resolve('a\r\nX-Evil: 1'), 'wrong-key'],
    ];
    for (const [name, key, kind] of cases) {
      it(name, async () => {
        const baseUrl = await serve((_request, response) => response.end(ANSWER));
        const client = createModelClient({ endpoint: endpointAt(baseUrl, { needsKey: true }), key, log });
        const { signal } = new AbortController();
        const request = { arm: armOf('fake'), messages: [], outputCap: 1, signal };
        const { failure } = await collect(client.chat(request));
        assert.deepEqual([failure?.kind, failure?.served], [kind, 'no']);
        assert.equal(connections, 0);
        assert.doesNotMatch(JSON.stringify([failure, log.lines]), /hunter2|Evil/);
      });
    }
  });

  describe('a reply that is no event stream', () => {
    const reply = (body: string, type = 'application/json') =>
      serve((_request, response) => response.setHeader('content-type', type).end(body)).then((baseUrl) =>
        collect(ask(baseUrl)),
      );
    const whole = {
      id: 'w',
      choices: [{ message: { content: 'All\nof it.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    };

    it('but a whole answer is taken as one', async () => {
      const { text, done, failure } = await reply(JSON.stringify(whole, undefined, 2));
      assert.deepEqual([text, failure], ['All\nof it.', undefined]);
      assert.deepEqual([done?.finish, done?.usage?.tokens.output], ['stop', 4]);
    });
    it('but an error in JSON is one', async () => {
      const { failure } = await reply('\uFEFF{"error":{"message":"Overloaded.","code":429}}');
      assert.deepEqual(
        [failure?.kind, failure?.served, failure?.detail],
        ['rate-limited', 'maybe', 'Overloaded.'],
      );
    });
    it('but cut-off JSON is refused', async () => {
      assert.equal((await reply(JSON.stringify(whole).slice(0, -5))).failure?.kind, 'not-json');
    });
    it('but plain words are refused', async () => {
      assert.equal((await reply('Service is starting', 'text/plain')).failure?.kind, 'not-json');
    });
    it('except by its content type is taken', async () => {
      const { text, failure } = await reply(ANSWER, 'application/json');
      assert.deepEqual([text, failure], ['word ', undefined]);
    });
    it('except for a comment first is taken', async () => {
      const { text } = await reply(`: PROCESSING\n\n${ANSWER}`, 'text/event-stream');
      assert.equal(text, 'word ');
    });
  });

  it('takes vLLM’s way of reporting an error in a stream', async () => {
    const chunk = { object: 'error', message: 'CUDA out of memory', code: 500 };
    const baseUrl = await serve((_request, response) => response.end(word + event(chunk)));
    const { failure, text } = await collect(ask(baseUrl));
    assert.deepEqual([failure?.kind, failure?.detail, text], ['server-error', 'CUDA out of memory', 'word ']);
  });
});
