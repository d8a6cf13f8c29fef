/**
 * Runs the journeys through the interface. Each file is a journey with a VS Code of its own; two run at a time, since a
 * journey mostly waits.
 *
 * A journey that failed runs once more at the end, alone and whole: a workbench in a browser on a busy machine
 * occasionally drops a key. The output of the first run stays, and a journey that passes the second time is named as
 * flaky and counted once.
 */
import { globSync } from 'node:fs';
import path from 'node:path';
import { type Counts, add, describeStep, none, readMochaCounts } from './counts.ts';
import { inRoot, root } from './paths.ts';
import { run } from './processes.ts';

const minutes = 60_000;
const concurrency = 2;
/** The limit for all journeys, second runs included; a hanging journey must not use up CI's time. */
const allTimeoutMs = 25 * minutes;
const oneTimeoutMs = 6 * minutes;
const mochaArgs = [
  ...['--no-color', '--forbid-only', '--no-package', '--no-config', '--extension', 'ts'],
  // Prints failures in full, but no line for a test that passes.
  ...['--reporter', 'dot'],
];

interface Journey {
  readonly file: string;
  readonly counts: Counts;
}

interface JourneyOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Only tests whose title matches. */
  readonly grep?: string | undefined;
}

/** Runs every journey file; a file that ends without counts has failed. */
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

/** Prints one line when the journey has ended, after its whole output if it failed: two journeys do not mix. */
async function runOne(file: string, { env, grep, deadline }: Parameters<typeof runAll>[2]): Promise<Counts> {
  const started = Date.now();
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
  const read = readMochaCounts(output) ?? { ...none, failed: 1 };
  // A failing exit code without a failed test: a hook outside any test, or a file that does not load.
  const counts = code !== 0 && read.failed === 0 ? { ...read, failed: 1 } : read;
  if (counts.failed > 0) console.log(output.trimEnd());
  const ran = counts.passed + counts.failed + counts.skipped > 0;
  if (ran) console.log(describeStep(`  ${path.basename(file)}`, counts, Date.now() - started));
  return counts;
}
