/** The number of tests that passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const describeCounts = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** A step's one line: `unit: 12 passed, 0 failed, 1 skipped, 34 s`. */
export const describeStep = (name: string, counts: Counts, ms: number): string =>
  `${name}: ${describeCounts(counts)}, ${(ms / 1000).toFixed(0)} s`;

/** The counts in mocha's closing lines; undefined where mocha ended before it wrote them. */
export function readMochaCounts(output: string): Counts | undefined {
  const last = (word: string): number | undefined => {
    const count = [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, 'gm'))].at(-1)?.[1];
    return count === undefined ? undefined : Number(count);
  };
  const passed = last('passing');
  return passed === undefined
    ? undefined
    : { passed, failed: last('failing') ?? 0, skipped: last('pending') ?? 0 };
}

/** The counts of a suite that prints `describeCounts` on a line of its own. */
export function readCounts(output: string): Counts | undefined {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (found === undefined) return undefined;
  return { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3]) };
}
