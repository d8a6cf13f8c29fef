import type { Timeouts } from '../../app/settings/endpoint.ts';

/** The reason that this side ended a call. */
export type GuardStop = 'cancelled' | 'timeout' | 'too-large' | 'redirect' | 'not-json';

/** More than any model's answer; the guard ends endless or highly compressed bodies here. */
export const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * The limits of one call: the caller's cancellation, three timers and a size cap, on one abort signal that reaches the
 * socket. The first reason to stop wins. The guard also records how much of the response arrived, which determines
 * whether money may be owed.
 */
export class CallGuard {
  /** Whether fetch has received the request. */
  sent = false;
  status: number | undefined;
  headers: Headers | undefined;
  /** The body of a response with a status other than 2xx. */
  errorBody = '';
  /** Whether the server announced the end of its stream, or sent one whole reply. */
  saidDone = false;
  /** Whether the body contained bytes that are not UTF-8. */
  damaged = false;

  readonly #timeouts: Timeouts;
  readonly #caller: AbortSignal;
  readonly #controller = new AbortController();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #total: NodeJS.Timeout;
  readonly #onCallerAbort = () => this.stop('cancelled');
  #stopped: GuardStop | undefined;
  #ended = false;
  #bytes = 0;

  constructor(timeouts: Timeouts, caller: AbortSignal) {
    this.#timeouts = timeouts;
    this.#caller = caller;
    this.#total = setTimeout(() => this.stop('timeout'), timeouts.totalMs);
    caller.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (caller.aborted) this.stop('cancelled');
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopped(): GuardStop | undefined {
    return this.#stopped;
  }

  stop(reason: GuardStop): void {
    this.#stopped ??= reason;
    this.#controller.abort();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Call it when the call is over, for whatever reason. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#total);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
  }

  headersWithin<T>(wait: Promise<T>): Promise<T> {
    return this.#within(this.#timeouts.firstByteMs, wait);
  }

  /** The body under the idle timer and the size cap. The timer runs only while a chunk is pending. */
  watch(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = source.getReader();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (sink) => {
          const chunk = await this.#within(this.#timeouts.idleMs, reader.read());
          if (!chunk.done) {
            this.#count(chunk.value);
            sink.enqueue(chunk.value);
            return;
          }
          this.#check(undefined);
          sink.close();
        },
        cancel: (reason) => {
          if (this.signal.aborted) return reader.cancel(reason);
          void drain(reader);
          return undefined;
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #within<T>(ms: number, wait: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.stop('timeout'), ms);
    try {
      return await wait;
    } finally {
      clearTimeout(timer);
    }
  }

  #count(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    this.#check(chunk);
    if (this.#bytes <= MAX_RESPONSE_BYTES) return;
    this.stop('too-large');
    throw new Error('The response is too large.');
  }

  /** Undefined = the end of the body, where an incomplete character is detected. */
  #check(chunk: Uint8Array | undefined): void {
    if (this.damaged) return;
    try {
      this.#decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      this.damaged = true;
    }
  }
}

/**
 * After `[DONE]` the openai package cancels the body, which closes the connection, although only a few bytes are
 * missing. Reading them keeps the connection for the next request and saves a TLS handshake.
 */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const giveUp = setTimeout(() => void reader.cancel().catch(() => undefined), 250).unref();
  try {
    let left = 64 * 1024;
    for (let chunk = await reader.read(); !chunk.done && left > 0; chunk = await reader.read()) {
      left -= chunk.value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The connection broke after the answer was complete, which does not matter.
  } finally {
    clearTimeout(giveUp);
  }
}
