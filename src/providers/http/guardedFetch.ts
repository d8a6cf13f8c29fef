import { filtered } from './eventStream.ts';
import type { CallGuard } from './guard.ts';

const MAX_ERROR_BYTES = 64 * 1024;

/**
 * `fetch` for one call. It looks up `globalThis.fetch` at each call, because VS Code patches it for `http.proxy` and
 * the system's certificates. A redirect is an error: following it would send the key to another host.
 */
export function guardedFetch(guard: CallGuard, expects: 'events' | 'json'): typeof fetch {
  return async (url, init) => {
    guard.sent = true;
    const response = await guard.headersWithin(globalThis.fetch(url, { ...init, redirect: 'manual' }));
    guard.status = response.status;
    guard.headers = response.headers;
    if (isRedirect(response)) {
      void response.body?.cancel().catch(() => undefined);
      guard.stop('redirect');
      throw new Error('The endpoint answered with a redirect.');
    }
    const body = response.body && guard.watch(response.body as ReadableStream<Uint8Array>);
    if (!response.ok) {
      guard.errorBody = body ? await readText(body, MAX_ERROR_BYTES) : '';
      return rebuilt(response, guard.errorBody);
    }
    if (expects === 'json') return rebuilt(response, body);
    // The package cannot read a response without a body, such as 204, as a stream.
    return body ? rebuilt(response, await asEvents(body, guard)) : new Response('');
  };
}

/** Electron's fetch hides a manual redirect behind status 0, and may follow one despite the option. */
const isRedirect = (response: Response): boolean =>
  response.redirected ||
  response.type === 'opaqueredirect' ||
  (300 <= response.status && response.status < 400);

function rebuilt(response: Response, body: ReadableStream<Uint8Array> | string | null): Response {
  const { status, statusText, headers } = response;
  return new Response(status === 204 || status === 205 ? null : body, { status, statusText, headers });
}

/**
 * Distinguishes an event stream from other content by its first byte, since content types are often wrong: a whole JSON
 * reply (`stream` ignored) becomes one event; a web page is refused.
 */
async function asEvents(
  body: ReadableStream<Uint8Array>,
  guard: CallGuard,
): Promise<ReadableStream<Uint8Array> | string> {
  const reader = body.getReader();
  const head: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const chunk = await reader.read();
    if (chunk.done) break;
    head.push(chunk.value);
    first = chunk.value.find((byte) => !BLANKS.has(byte));
  }
  const whole = joined(head, reader);
  const onDone = (): void => void (guard.saidDone = true);
  if (first === undefined || EVENT_STARTS.has(first)) return filtered(whole, onDone);
  if (first === OPEN_BRACE) {
    const text = await readText(whole, Infinity);
    const reply = parseOrUndefined(text);
    if (reply !== undefined) {
      onDone();
      return `data: ${JSON.stringify(reply)}\n\n`;
    }
    // Lines of JSON, as in Ollama's own protocol, are events without a field name.
    if (LINES_OF_JSON.test(text)) return filtered(new Blob([text]).stream(), onDone);
  }
  await whole.cancel().catch(() => undefined);
  guard.stop('not-json');
  throw new Error('The reply is neither an event stream nor JSON.');
}

const codes = (characters: string): ReadonlySet<number> => new Set(Buffer.from(characters, 'utf8'));
/** Blanks and the bytes of a byte order mark. */
const BLANKS = codes(' \t\r\n\uFEFF');
/** The first characters of a line of an event stream: a comment, or `data`, `event`, `id`, `retry`. */
const EVENT_STARTS = codes(':deir');
const OPEN_BRACE = 0x7b;
const LINES_OF_JSON = /\}\s{0,4}\n\s{0,4}(?:\{|data:)/;

function joined(
  head: readonly Uint8Array[],
  rest: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const waiting = [...head];
  return new ReadableStream<Uint8Array>(
    {
      async pull(sink) {
        const next = waiting.shift();
        const chunk = next ? { done: false, value: next } : await rest.read();
        if (chunk.value) sink.enqueue(chunk.value);
        else sink.close();
      },
      cancel: (reason) => rest.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function readText(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let left = maxBytes;
  for await (const chunk of body) {
    chunks.push(chunk);
    left -= chunk.byteLength;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
