/** Everything a provider has been seen to do wrong, on demand. */
export type Misbehaviour =
  // Refusals, with the body that OpenAI-compatible providers send.
  | { readonly kind: 'wrong-key' | 'no-credit' | 'forbidden' | 'model-gone' | 'context-length-exceeded' }
  /** Seconds, an HTTP date, or no header at all. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: number | Date }
  | { readonly kind: 'server-error'; readonly status: 500 | 502 | 503 }
  | { readonly kind: 'redirect'; readonly location: string }
  /** A proxy's page: HTML instead of JSON, with this status (default 502). */
  | { readonly kind: 'html'; readonly status?: number }
  /** Status 200 and a body that no JSON parser takes; on a stream, one such event. */
  | { readonly kind: 'not-json' }
  /** This JSON with status 200, whatever was asked. */
  | { readonly kind: 'reply'; readonly body: unknown }
  // The connection.
  | { readonly kind: 'reset-before-headers' | 'silent-before-headers' }
  | { readonly kind: 'reset-mid-stream' | 'silent-mid-stream'; readonly afterTokens?: number }
  /** Ends politely, but without finish reason, usage and `[DONE]`. */
  | { readonly kind: 'cut-off'; readonly afterTokens?: number }
  /** The error as an event of a stream that began well (OpenRouter does this). */
  | { readonly kind: 'error-in-stream'; readonly afterTokens?: number }
  // The answer.
  | { readonly kind: 'empty-stream' | 'empty-body' | 'no-answer' }
  | { readonly kind: 'invalid-utf8' | 'split-utf8' | 'torn-events' | 'echo-prompt' }
  /** Bytes of answer, default 10 MiB, whatever the cap says. */
  | { readonly kind: 'huge'; readonly bytes?: number }
  /** The same words until the client closes, whatever the cap says. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'ignores-cap'; readonly tokens: number }
  | { readonly kind: 'slow'; readonly firstTokenMs?: number; readonly tokenMs: number }
  | { readonly kind: 'gzip' }
  /** Goes on generating and billing after the client has closed: for so many milliseconds, or to the end. */
  | { readonly kind: 'serves-on-after-close'; readonly forMs?: number }
  // The usage it reports; its own bill stays true.
  | { readonly kind: 'no-usage' }
  /** Of the cost beside it, where one is asked for. */
  | { readonly kind: 'cost'; readonly reported: 'zero' | 'own-key-unknown' | 'foreign' }
  | {
      readonly kind: 'usage';
      readonly reported: 'too-high' | 'too-low' | 'negative' | 'not-a-number' | 'above-cap';
    };
