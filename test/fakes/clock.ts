/** Clocks for tests, independent of the day of the run. */

/**
 * Wednesday, 11 November 2026, noon local time: two weeks from either end of its month, without a time change nearby.
 */
export const NOON = new Date(2026, 10, 11, 12).getTime();

/** Starts at `start` and runs at the speed of real time. */
export function runningFrom(start = NOON): () => number {
  const began = performance.now();
  return () => start + Math.round(performance.now() - began);
}
