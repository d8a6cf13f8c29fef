/**
 * The unit tests: all of them today, and then those that read the machine's clock once more at instants at which a
 * calendar is easily taken wrong. The first run finds the latter by itself (test/fakes/clockReaders.ts): a test that takes
 * its time from a fixed clock gives the same on any day.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { add, none, readMochaCounts, type Counts } from './counts.ts';
import { inRoot, root } from './paths.ts';
import { run } from './processes.ts';

/** Local time in the zone. Each is half a minute before its turn, so that some tests run before it and some after it. */
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
const args = ['--no-color', '--forbid-only'];

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
      { cwd: root, timeoutMs: 10 * minutes, env: { ...process.env, PILOT_CLOCK_READERS: list } },
    );
    const counts = countsOf(code, output);
    if (counts === undefined || grep !== undefined) return counts;
    return add(counts, await runAtInstants(JSON.parse(readFileSync(list, 'utf8')) as readonly string[]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each instant counts as one test. */
async function runAtInstants(files: readonly string[]): Promise<Counts> {
  console.log(
    `\n${files.length} files read the machine's clock; they run at ${instants.length} more instants.`,
  );
  if (files.length === 0) return { ...none, failed: 1 };
  const waiting = [...instants];
  const results: Counts[] = [];
  // Two at a time: each has a core of a small machine.
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
    // Two runs share the cores with the checks, so that a test takes longer than alone.
    [mocha, ...args, '--no-config', '--no-package', '--extension', 'ts', '--timeout', '60000', ...files],
    {
      cwd: root,
      timeoutMs: 4 * minutes,
      quiet: true,
      // Worker threads and child processes are to have the same time.
      env: { ...process.env, TZ: zone, PILOT_TEST_NOW: now, NODE_OPTIONS: `--import ${shift}` },
    },
  );
  const counts = countsOf(code, output);
  const passed = counts !== undefined && counts.failed === 0 && counts.passed > 0;
  console.log(`  ${passed ? '✔' : '✗'} ${name} (${now}, ${zone}): ${counts?.passed ?? 0} tests pass`);
  if (!passed) console.log(output);
  return passed ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

/** A failing exit with nothing failed (a hook outside any test, a file that does not load) is a failure too. */
function countsOf(code: number, output: string): Counts | undefined {
  const counts = readMochaCounts(output);
  return counts !== undefined && code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
