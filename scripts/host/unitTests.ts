/**
 * Runs all unit tests at the machine's date, and then the files that read the machine's clock once more at each of a few
 * instants at which calendar code fails easily. The first run finds these files (test/fakes/clockReaders.ts); a test
 * with a fixed clock gives the same result on any day.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { add, none, readMochaCounts, type Counts } from './counts.ts';
import { inRoot, root } from './paths.ts';
import { run } from './processes.ts';

/** Local times in their zones, half a minute before the change, so some tests run before it and some after it. */
const instants = [
  { name: 'the last minute of a month', now: '2026-11-30T23:59:30', zone: 'UTC' },
  { name: '29 February', now: '2028-02-29T12:00:00', zone: 'Asia/Tokyo' },
  { name: 'the clock goes forward', now: '2027-03-28T01:59:30', zone: 'Europe/Berlin' },
  { name: 'the clock goes back', now: '2027-10-31T02:59:30', zone: 'Europe/Berlin' },
  { name: '31 December', now: '2026-12-31T23:59:30', zone: 'America/New_York' },
] as const;

const minutes = 60_000;
const mocha = inRoot('node_modules/mocha/bin/mocha.js');
const shift = pathToFileURL(inRoot('test/fakes/shiftedDate.ts')).href;
/** The dot reporter prints failures in full, but no line for a test that passes. */
const args = ['--no-color', '--forbid-only', '--reporter', 'dot'];

export async function runUnitTests(grep: string | undefined): Promise<Counts | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pilot-unit-'));
  try {
    const list = path.join(folder, 'clockReaders.json');
    const { code, output } = await run(
      process.execPath,
      [
        mocha,
        ...args,
        '--require',
        inRoot('test/fakes/clockReaders.ts'),
        ...(grep === undefined ? [] : ['--grep', grep]),
      ],
      {
        cwd: root,
        timeoutMs: 10 * minutes,
        quiet: true,
        env: { ...process.env, PILOT_CLOCK_READERS: list },
      },
    );
    const counts = countsOf(code, output);
    if (counts === undefined || counts.failed > 0) console.log(output.trimEnd());
    if (counts === undefined || grep !== undefined) return counts;
    return add(counts, await runAtInstants(JSON.parse(readFileSync(list, 'utf8')) as readonly string[]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each instant counts as one test. */
async function runAtInstants(files: readonly string[]): Promise<Counts> {
  if (files.length === 0) {
    console.log('No unit test reads the clock: test/fakes/clockReaders.ts no longer finds them.');
    return { ...none, failed: 1 };
  }
  const waiting = [...instants];
  const results: Counts[] = [];
  // Two run at a time, one for each core of a small machine.
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await runAt(next, files));
  };
  await Promise.all([runNext(), runNext()]);
  return results.reduce(add, none);
}

async function runAt(
  { name, now, zone }: (typeof instants)[number],
  files: readonly string[],
): Promise<Counts> {
  const { code, output } = await run(
    process.execPath,
    // Two runs share the cores with the checks, so each test takes longer than alone.
    [mocha, ...args, '--no-config', '--no-package', '--extension', 'ts', '--timeout', '60000', ...files],
    {
      cwd: root,
      timeoutMs: 4 * minutes,
      quiet: true,
      // NODE_OPTIONS reaches worker threads and child processes too.
      env: { ...process.env, TZ: zone, PILOT_TEST_NOW: now, NODE_OPTIONS: `--import ${shift}` },
    },
  );
  const counts = countsOf(code, output);
  const passed = counts !== undefined && counts.failed === 0 && counts.passed > 0;
  if (!passed) console.log(`The unit tests at ${now} in ${zone} (${name}):\n${output.trimEnd()}`);
  return passed ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

/** A failing exit code without a failed test (a hook outside any test, a file that does not load) counts as one failure. */
function countsOf(code: number, output: string): Counts | undefined {
  const counts = readMochaCounts(output);
  return counts !== undefined && code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
