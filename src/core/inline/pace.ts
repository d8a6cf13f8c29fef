/**
 * Limits paid requests, canceled ones included, to one per a fixed number of typed characters: each typed character
 * earns a share of a request, and each request spends one. The limit holds whatever debounce and cache do.
 */
export interface Pace {
  /** Earned and unspent paid requests, in [-MAX_SAVED, MAX_SAVED]. */
  readonly credit: number;
}

export const CHARS_PER_PAID_REQUEST = 12;
/** The most requests that typing without requests can save up; a larger number would allow a flood after a pause. */
const MAX_SAVED = 3;

export const initialPace: Pace = { credit: 0 };

/** `characters`: typed by hand; accepted text earns nothing. */
export const earn = (pace: Pace, characters: number): Pace => ({
  credit: Math.min(MAX_SAVED, pace.credit + Math.max(0, characters) / CHARS_PER_PAID_REQUEST),
});

export const mayPay = (pace: Pace): boolean => pace.credit >= 1 - 1e-9;

/** An explicit invocation may spend more than was earned; the typing that follows pays it back. */
export const spend = (pace: Pace): Pace => ({ credit: Math.max(-MAX_SAVED, pace.credit - 1) });
