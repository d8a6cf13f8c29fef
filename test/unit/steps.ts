/** Counts work instead of timing it: how often V8 entered the blocks of some files, independent of machine and load. */
import assert from 'node:assert/strict';
import { Session, type Profiler } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** Number of entered blocks during `work` in files whose address has one of these endings. */
export function stepsOf(file: string, work: () => unknown): number {
  const session = new Session();
  session.connect();
  // Optimized code loses counts.
  for (const flag of ['--no-turbofan', '--no-maglev']) setFlagsFromString(flag);
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    work();
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      assert.equal(error, null);
      scripts = result;
    });
    session.post('Profiler.stopPreciseCoverage');
    const counted = scripts.filter(({ url }) => url.includes(file));
    assert.ok(counted.length > 0, `nothing of ${file} ran`);
    const ranges = counted.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
    return ranges.reduce((sum, { count }) => sum + count, 0);
  } finally {
    for (const flag of ['--turbofan', '--maglev']) setFlagsFromString(flag);
    session.disconnect();
  }
}

/** Linear work takes about four times the steps for four times the input, quadratic work sixteen times. */
export function assertLinear(file: string, work: (size: number) => unknown): void {
  const [size, longer] = [1_000, 4_000];
  work(100);
  const steps = stepsOf(file, () => work(size));
  const more = stepsOf(file, () => work(longer));
  assert.ok(more < 8 * steps, `${steps} steps for ${size} characters, ${more} for ${longer}`);
}
