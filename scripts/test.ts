/**
 * `npm test`: everything. The checks, the unit tests in plain Node, the suite inside VS Code's extension host, and the
 * journeys through the interface of the packaged extension. The last line sums them up, and CI reads it.
 *   --only check|unit|host|ui   one of them
 *   --host desktop|web          instead of: desktop where VS Code can be downloaded
 */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { requireChromium } from './host/chromium.ts';
import { type Counts, add, describeCounts, none, readCounts } from './host/counts.ts';
import { canDownloadDesktop } from './host/desktop.ts';
import { runInExtensionHost } from './host/extensionHost.ts';
import { runJourneys } from './host/journeys.ts';
import { inRoot, root, vsixFile } from './host/paths.ts';
import { endChildren, onEndRequested, run } from './host/processes.ts';
import { runUnitTests } from './host/unitTests.ts';
import { packageExtension } from './package.ts';

const minutes = 60_000;

const suites = { unit, check: () => checked, host, ui };
type SuiteName = keyof typeof suites;

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, host: { type: 'string' }, grep: { type: 'string' } },
});

const wanted = (name: SuiteName): boolean => flags.only === undefined || flags.only === name;
/** One core for the checks while the unit tests have the other; they are reported in their turn. */
const checked = wanted('check') ? check() : Promise.resolve(none);
onEndRequested(() => void endChildren().then(() => process.exit(1)));
await main();

async function main(): Promise<void> {
  const names = Object.keys(suites) as SuiteName[];
  const chosen = names.filter(wanted);
  if (chosen.length === 0) throw new Error(`--only takes one of ${names.join(', ')}.`);
  let total = none;
  for (const name of chosen) {
    const started = Date.now();
    console.log(`\n--- ${name}`);
    const counts = await suites[name]().catch((error: unknown) => {
      console.error(error);
      return undefined;
    });
    // A suite that ends without a count, or that ran nothing, has failed.
    const ran = counts !== undefined && counts.passed + counts.failed > 0;
    const counted = ran ? counts : { ...none, failed: 1 };
    total = add(total, counted);
    console.log(`--- ${name}: ${describeCounts(counted)}, ${((Date.now() - started) / 1000).toFixed(0)} s`);
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(`\n${describeCounts(total)}`);
}

/** Types, lint, format, dead code: one test. */
async function check(): Promise<Counts> {
  const { code, output } = await run('npm', ['run', '--silent', 'check'], {
    cwd: root,
    shell: process.platform === 'win32',
    timeoutMs: 6 * minutes,
    quiet: true,
  });
  if (code !== 0) console.log(output);
  return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

function unit(): Promise<Counts | undefined> {
  return runUnitTests(flags.grep);
}

async function host(): Promise<Counts | undefined> {
  const kind = flags.host ?? ((await canDownloadDesktop()) ? 'desktop' : 'web');
  if (kind !== 'desktop' && kind !== 'web') throw new Error('--host takes desktop or web.');
  console.log(kind === 'desktop' ? 'Desktop VS Code' : 'VS Code Server (code-server) in Chromium');
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
    const { code, output } = await runInExtensionHost({ host: kind, folder, timeoutMs: 4 * minutes });
    const counts = readCounts(output) ?? { ...none, failed: 1 };
    total = add(total, code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts);
  }
  return total;
}

async function ui(): Promise<Counts | undefined> {
  requireChromium();
  await packageExtension();
  return runJourneys({ env: { PILOT_VSIX: vsixFile }, grep: flags.grep });
}
