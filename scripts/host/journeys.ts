/**
 * The journeys through the interface: a file is a journey, in a VS Code of its own, two at a time, since most of a
 * journey is waiting.
 *
 * What failed is run once more at the end, alone and whole: a workbench in a browser on a busy machine drops a key now and
 * then. What the first run said stays in the output, and the journey is named as flaky: seen, counted once, to be mended.
 */
import { globSync } from 'node:fs';
import { type Counts, add, none, readMochaCounts } from './counts.ts';
import { inRoot, root } from './paths.ts';
import { run } from './processes.ts';

const minutes = 60_000;
const concurrency = 2;
/** For all of them, second runs included; one that hangs must not take CI's whole time. */
const allTimeoutMs = 25 * minutes;
const oneTimeoutMs = 6 * minutes;
const mochaArgs = ['--no-color', '--forbid-only', '--no-package', '--no-config', '--extension', 'ts'];

interface Journey {
  readonly file: string;
  readonly counts: Counts;
}

interface JourneyOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Only tests whose title matches. */
  readonly grep?: string | undefined;
}

/** Runs them all. A file that ends without a count has failed. */
export async function runJourneys(options: JourneyOptions): Promise<Counts> {
  const deadline = Date.now() + allTimeoutMs;
  const files = globSync('test/ui/**/*.journey.ts', { cwd: root }).sort();
  const first = await runAll(files, concurrency, { ...options, deadline });
  const failed = first.filter(({ counts }) => counts.failed > 0).map(({ file }) => file);
  if (failed.length > 0) console.log(`\nOnce more, alone, in a fresh VS Code: ${failed.join(', ')}`);
  const second = await runAll(failed, 1, { ...options, deadline });
  const flaky = second.filter(({ counts }) => counts.failed === 0).map(({ file }) => file);
  if (flaky.length > 0) console.log(`\nFlaky, passed when run once more: ${flaky.join(', ')}`);
  const last = [...first.filter(({ file }) => !failed.includes(file)), ...second];
  return last.reduce((total, { counts }) => add(total, counts), none);
}

async function runAll(
  files: readonly string[],
  atOnce: number,
  options: JourneyOptions & { readonly deadline: number },
): Promise<readonly Journey[]> {
  const left = [...files];
  const done: Journey[] = [];
  const worker = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      done.push({ file, counts: await runOne(file, options) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

/** Shows what it printed when it is over, so that two do not mix. */
async function runOne(file: string, { env, grep, deadline }: Parameters<typeof runAll>[2]): Promise<Counts> {
  const { code, output } = await run(
    process.execPath,
    [
      inRoot('node_modules/mocha/bin/mocha.js'),
      ...mochaArgs,
      ...['--timeout', '120000', ...(grep === undefined ? [] : ['--grep', grep])],
      file,
    ],
    {
      cwd: root,
      env: { ...process.env, ...env },
      timeoutMs: Math.max(1, Math.min(oneTimeoutMs, deadline - Date.now())),
      quiet: true,
    },
  );
  const counts = readMochaCounts(output) ?? { ...none, failed: 1 };
  if (counts.passed + counts.failed + counts.skipped > 0 || code !== 0) console.log(output.trimEnd());
  // A failing exit with nothing failed: a hook outside any test, a file that does not load.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
