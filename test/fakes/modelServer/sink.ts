/** Writes to one client: events, compression, awkward chunk boundaries, and the detection of a closed connection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';
import type { Misbehaviour } from './misbehaviour.ts';

export interface Sink {
  /** Whether the client has closed before everything was served. */
  readonly closed: boolean;
  /** The time of the close by `performance.now()`. */
  readonly closedAt: number | undefined;
  json(status: number, body: object, headers?: Readonly<Record<string, string>>): Promise<void>;
  page(status: number, type: string, body: string | Uint8Array): Promise<void>;
  openStream(): void;
  /** `name`: the event's name, in a line before its data. */
  event(data: object | string, name?: string): Promise<void>;
  /** Raw bytes in separate packets. */
  raw(...packets: readonly Uint8Array[]): Promise<void>;
  end(): Promise<void>;
  reset(): void;
  /** Resolves early when the client closes. */
  pause(ms: number): Promise<void>;
  untilClosed(): Promise<void>;
}

/** Milliseconds after which the kernel delivers packets separately. */
const packetGapMs = 5;

export function makeSink(
  request: IncomingMessage,
  response: ServerResponse,
  misbehaviour?: Misbehaviour,
): Sink {
  const left = new AbortController();
  let closedAt: number | undefined;
  response.once('close', () => {
    if (response.writableFinished) return;
    closedAt = performance.now();
    left.abort();
  });
  const acceptsGzip = String(request.headers['accept-encoding']).includes('gzip');
  const gzip = misbehaviour?.kind === 'gzip' && acceptsGzip ? createGzip() : undefined;
  gzip?.pipe(response);
  const out = gzip ?? response;
  request.socket.setNoDelay(true);

  const pause = (ms: number): Promise<void> =>
    ms <= 0 ? Promise.resolve() : sleep(ms, undefined, { signal: left.signal }).catch(() => undefined);

  async function write(bytes: Uint8Array): Promise<void> {
    if (left.signal.aborted) return;
    const free = out.write(bytes);
    gzip?.flush(constants.Z_SYNC_FLUSH);
    if (!free) await Promise.race([new Promise((resolve) => out.once('drain', resolve)), untilClosed()]);
  }

  async function raw(...packets: readonly Uint8Array[]): Promise<void> {
    for (const packet of packets) {
      await write(packet);
      if (packets.length > 1) await pause(packetGapMs);
    }
  }

  async function page(status: number, type: string, body: string | Uint8Array, headers = {}): Promise<void> {
    const bytes = Buffer.from(body);
    const encoding = gzip === undefined ? {} : { 'content-encoding': 'gzip' };
    response.writeHead(status, { 'content-type': type, ...encoding, ...headers });
    response.end(gzip === undefined ? bytes : gzipSync(bytes));
    await finished();
  }

  function untilClosed(): Promise<void> {
    if (left.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => left.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  const finished = (): Promise<unknown> =>
    response.writableFinished || response.closed
      ? Promise.resolve()
      : new Promise((resolve) => response.once('close', resolve).once('finish', resolve));

  return {
    get closed() {
      return left.signal.aborted;
    },
    get closedAt() {
      return closedAt;
    },
    json: (status, body, headers) => page(status, 'application/json', JSON.stringify(body), headers),
    page,
    openStream() {
      const encoding = gzip === undefined ? {} : { 'content-encoding': 'gzip' };
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        ...encoding,
      });
      response.flushHeaders();
    },
    event(data, name) {
      const json = typeof data === 'string' ? data : JSON.stringify(data);
      const bytes = Buffer.from(`${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`);
      return misbehaviour?.kind === 'torn-events' ? raw(...sliced(bytes)) : write(bytes);
    },
    raw,
    async end() {
      out.end();
      await finished();
    },
    reset: () => request.socket.resetAndDestroy(),
    pause,
    untilClosed,
  };
}

/** Three packets, cut inside events. */
function sliced(bytes: Uint8Array): readonly Uint8Array[] {
  const third = Math.ceil(bytes.length / 3);
  return [bytes.subarray(0, third), bytes.subarray(third, 2 * third), bytes.subarray(2 * third)];
}
