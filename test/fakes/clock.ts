/** Clocks for tests: none of them depends on the day on which the test runs. */

/** Wednesday, 11 November 2026, noon local time: two weeks from either end of its month, and no change of the hour near. */
export const NOON = new Date(2026, 10, 11, 12).getTime();

/** Starts at `start` and goes on at the speed of real time. */
export function runningFrom(start = NOON): () => number {
  const began = performance.now();
  return () => start + Math.round(performance.now() - began);
}
