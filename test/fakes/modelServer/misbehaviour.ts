/** Every observed misbehavior of providers, on demand. */
export type Misbehaviour =
  // Refusals, with the body that OpenAI-compatible providers send.
  | { readonly kind: 'wrong-key' | 'no-credit' | 'forbidden' | 'model-gone' | 'context-length-exceeded' }
  /** Seconds, an HTTP date, or no header. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: number | Date }
  | { readonly kind: 'server-error'; readonly status: 500 | 502 | 503 }
  | { readonly kind: 'redirect'; readonly location: string }
  /** A proxy's page: HTML instead of JSON, with this status (default 502). */
  | { readonly kind: 'html'; readonly status?: number }
  /** Status 200 and a body that is not JSON; on a stream, one such event. */
  | { readonly kind: 'not-json' }
  /** This JSON with status 200, for any request. */
  | { readonly kind: 'reply'; readonly body: unknown }
  // Faults of the connection.
  | { readonly kind: 'reset-before-headers' | 'silent-before-headers' }
  | { readonly kind: 'reset-mid-stream' | 'silent-mid-stream'; readonly afterTokens?: number }
  /** Ends normally, but without finish reason, usage and `[DONE]`. */
  | { readonly kind: 'cut-off'; readonly afterTokens?: number }
  /** An error as an event after a good beginning of the stream (as from OpenRouter). */
  | { readonly kind: 'error-in-stream'; readonly afterTokens?: number }
  // Faults of the answer.
  | { readonly kind: 'empty-stream' | 'empty-body' | 'no-answer' }
  | { readonly kind: 'invalid-utf8' | 'split-utf8' | 'torn-events' | 'echo-prompt' }
  /** Bytes of the answer, default 10 MiB, whatever the cap. */
  | { readonly kind: 'huge'; readonly bytes?: number }
  /** The same words until the client closes, whatever the cap. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'ignores-cap'; readonly tokens: number }
  | { readonly kind: 'slow'; readonly firstTokenMs?: number; readonly tokenMs: number }
  | { readonly kind: 'gzip' }
  /** Continues to generate and bill after the client has closed: for this many milliseconds, or to the end. */
  | { readonly kind: 'serves-on-after-close'; readonly forMs?: number }
  // Faults of the reported usage; the endpoint's own bill stays true.
  | { readonly kind: 'no-usage' }
  /** Faults of the reported cost, where the request asks for it. */
  | { readonly kind: 'cost'; readonly reported: 'zero' | 'own-key-unknown' | 'foreign' }
  | {
      readonly kind: 'usage';
      readonly reported: 'too-high' | 'too-low' | 'negative' | 'not-a-number' | 'above-cap';
    };
