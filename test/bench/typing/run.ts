/**
 * npm run bench:typing -- [--json OUT] [--keys N] [--files N]
 *
 * Measures whether PILOT blocks the extension host: typing in a file of 1 MB, with and without a workspace being
 * indexed, in a real extension host (test/host/measure/typing.test.ts).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { canDownloadDesktop } from '../../../scripts/host/desktop.ts';
import { runInExtensionHost } from '../../../scripts/host/extensionHost.ts';
import { inRoot, root } from '../../../scripts/host/paths.ts';
import { run } from '../../../scripts/host/processes.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'string' }, keys: { type: 'string' }, files: { type: 'string' } },
});
if (flags.keys !== undefined) process.env['PILOT_MEASURE_KEYS'] = flags.keys;
if (flags.files !== undefined) process.env['PILOT_MEASURE_FILES'] = flags.files;
for (const args of [[], ['--tests']]) {
  const built = await run(process.execPath, [inRoot('esbuild.mjs'), ...args], {
    cwd: root,
    timeoutMs: 60_000,
    quiet: true,
  });
  if (built.code !== 0) throw new Error(`The build failed:\n${built.output}`);
}
const host = (await canDownloadDesktop()) ? 'desktop' : 'web';
const { code, output } = await runInExtensionHost({ host, folder: 'measure', timeoutMs: 600_000 });
const found = /^MEASURED (.*)$/m.exec(output)?.[1];
if (code !== 0 || found === undefined) throw new Error(`Nothing was measured:\n${output}`);
const rows = JSON.parse(found) as readonly Record<string, string | number | readonly string[]>[];
console.table(rows.map((row) => ({ ...row, ownLongest: undefined })));
const reached = rows.every(({ ownMaxMs }) => Number(ownMaxMs) < 10);
console.log(
  `Nothing of PILOT runs for more than 10 ms without a break: ${reached ? 'reached' : 'not reached'}`,
);
const worst = Math.max(...rows.map(({ ownMaxMs }) => Number(ownMaxMs)));
console.log(
  '\nFor the README, from this run:\n\n| longest stretch of PILOT in the extension host: typing in 1 MB while ' +
    `${flags.files ?? '20000'} files are indexed | \`npm run bench:typing\` | ${worst} ms |`,
);
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ host, rows }, undefined, 2)}\n`);
