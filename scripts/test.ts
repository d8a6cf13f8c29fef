/**
 * `npm test`: the checks, the unit tests in plain Node, the suite inside VS Code's extension host, and the journeys
 * through the interface of the packaged extension. Each step prints one line, each journey one more; the output of a
 * step that fails follows in full. The last line sums them up for CI.
 *   --only check|unit|host|ui   runs one step
 *   --host desktop|web          runs the host suite there; the default is desktop where VS Code can be downloaded
 *   --grep WORDS                runs only the unit tests and journeys with these words in their titles
 */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { requireChromium } from './host/chromium.ts';
import { type Counts, add, describeCounts, describeStep, none, readCounts } from './host/counts.ts';
import { canDownloadDesktop } from './host/desktop.ts';
import { runInExtensionHost } from './host/extensionHost.ts';
import { runJourneys } from './host/journeys.ts';
import { inRoot, root, vsixFile } from './host/paths.ts';
import { endChildren, onEndRequested, run } from './host/processes.ts';
import { runUnitTests } from './host/unitTests.ts';
import { packageExtension } from './package.ts';

const minutes = 60_000;

const suites = {
  unit: () => timed(unit),
  check: () => checked,
  host: () => timed(host),
  ui: () => timed(ui),
};
type SuiteName = keyof typeof suites;

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, host: { type: 'string' }, grep: { type: 'string' } },
});

const wanted = (name: SuiteName): boolean => flags.only === undefined || flags.only === name;
/** The checks use one core while the unit tests use the other; their line comes after that of the unit tests. */
const checked = wanted('check') ? timed(check) : Promise.resolve({ counts: none, ms: 0 });
onEndRequested(() => void endChildren().then(() => process.exit(1)));
await main();

async function main(): Promise<void> {
  const names = Object.keys(suites) as SuiteName[];
  const chosen = names.filter(wanted);
  if (chosen.length === 0) throw new Error(`--only takes one of ${names.join(', ')}.`);
  let total = none;
  for (const name of chosen) {
    const { counts, ms } = await suites[name]();
    total = add(total, counts);
    console.log(describeStep(name, counts, ms));
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(describeCounts(total));
}

/** A suite that throws, ends without counts, or runs no test has failed. */
async function timed(suite: () => Promise<Counts | undefined>): Promise<{ counts: Counts; ms: number }> {
  const started = Date.now();
  const counts = await suite().catch((error: unknown) => {
    console.error(error);
    return undefined;
  });
  const ran = counts !== undefined && counts.passed + counts.failed > 0;
  return { counts: ran ? counts : { ...none, failed: 1 }, ms: Date.now() - started };
}

/** Types, lint, format and dead code count as one test. */
async function check(): Promise<Counts> {
  const { code, output } = await run('npm', ['run', '--silent', 'check'], {
    cwd: root,
    shell: process.platform === 'win32',
    timeoutMs: 10 * minutes,
    quiet: true,
  });
  if (code !== 0) console.log(output.trimEnd());
  return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

function unit(): Promise<Counts | undefined> {
  return runUnitTests(flags.grep);
}

async function host(): Promise<Counts | undefined> {
  const kind = flags.host ?? ((await canDownloadDesktop()) ? 'desktop' : 'web');
  if (kind !== 'desktop' && kind !== 'web') throw new Error('--host takes desktop or web.');
  if (kind === 'web') requireChromium();
  for (const args of [[], ['--tests']]) {
    const built = await run(process.execPath, ['esbuild.mjs', ...args], {
      cwd: root,
      timeoutMs: minutes,
      quiet: true,
    });
    if (built.code !== 0) throw new Error(`The build failed:\n${built.output}`);
  }
  let total = none;
  for (const folder of ['.', 'restricted'] as const) {
    const files = inRoot('test/host', folder);
    if (!existsSync(files) || !readdirSync(files).some((file) => file.endsWith('.test.ts'))) continue;
    const { code, output } = await runInExtensionHost({ host: kind, folder, timeoutMs: 7 * minutes });
    const counts = readCounts(output) ?? { ...none, failed: 1 };
    if (code !== 0 || counts.failed > 0) console.log(output.trimEnd());
    total = add(total, code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts);
  }
  return total;
}

async function ui(): Promise<Counts | undefined> {
  requireChromium();
  await packageExtension();
  return runJourneys({ env: { PILOT_VSIX: vsixFile }, grep: flags.grep });
}
