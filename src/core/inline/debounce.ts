/**
 * Computes the wait between a keystroke and a request. A fixed wait is too long for a slow typist and too short for a
 * fast one; the request should leave only if its answer is likely to precede the next key. VS Code itself waits
 * adaptively before it calls a provider; this wait is added to that one.
 */
import type { EpochMs } from '../brand.ts';

export interface Debounce {
  /** Time of the last keystroke. */
  readonly lastAt: EpochMs | undefined;
  /** Exponentially weighted mean time between keystrokes of one burst, ms. */
  readonly intervalMs: number;
}

export const initialDebounce: Debounce = { lastAt: undefined, intervalMs: 180 };

/** A longer gap is a pause to think and not part of the typing speed. */
const BURST_MS = 1000;
const SMOOTHING = 0.2;

export function keystroke(state: Debounce, now: EpochMs): Debounce {
  const gap = state.lastAt === undefined ? undefined : now - state.lastAt;
  if (gap === undefined || gap < 0 || gap > BURST_MS) return { ...state, lastAt: now };
  return { lastAt: now, intervalMs: state.intervalMs + SMOOTHING * (gap - state.intervalMs) };
}

export interface DebounceBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The wait is slightly longer than the typist's usual interval, so a burst sends nothing and its end is noticed soon.
 * It is longer for a slow model, whose answer to a growing prefix would be wasted.
 */
export function debounceMs(state: Debounce, expectedLatencyMs: number, bounds: DebounceBounds): number {
  const wait = 1.25 * state.intervalMs + 0.1 * Math.max(0, expectedLatencyMs);
  return Math.round(Math.min(bounds.maxMs, Math.max(bounds.minMs, wait)));
}
