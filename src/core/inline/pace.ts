/**
 * At most one paid request per so many characters typed, cancelled ones included: each typed character earns a
 * share of a request, a request spends one. Guaranteed by construction, whatever debounce and cache do.
 */
export interface Pace {
  /** Paid requests earned and not yet sent, in [0, MAX_SAVED]. */
  readonly credit: number;
}

export const CHARS_PER_PAID_REQUEST = 12;
/** Saved up over a burst of accepted or unanswered typing; more would allow a flood after a pause. */
const MAX_SAVED = 3;

export const initialPace: Pace = { credit: 0 };

/** `characters` typed by hand; accepted text earns nothing. */
export const earn = (pace: Pace, characters: number): Pace => ({
  credit: Math.min(MAX_SAVED, pace.credit + Math.max(0, characters) / CHARS_PER_PAID_REQUEST),
});

export const mayPay = (pace: Pace): boolean => pace.credit >= 1 - 1e-9;

/** An explicit invocation may go into debt: the user asked, and the typing that follows pays it back. */
export const spend = (pace: Pace): Pace => ({ credit: Math.max(-MAX_SAVED, pace.credit - 1) });
