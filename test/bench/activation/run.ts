/**
 * `npm run bench:activation [-- --runs 5]`: the packaged extension's activation time as VS Code itself measures it
 * (Developer: Show Running Extensions: code loading plus `activate`), over window reloads.
 */
import { parseArgs } from 'node:util';
import { Workbench } from '../../ui/driver.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const workbench = new Workbench({});
const times: number[] = [];
try {
  await workbench.start();
  for (let run = 0; run < Number(values.runs); run++) {
    if (run > 0) await workbench.reload();
    times.push(await activationMs());
  }
} finally {
  await workbench.stop();
}
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({ runs: times.length, medianMs: times[Math.floor(times.length / 2)], allMs: times }),
);

async function activationMs(): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ hasText: 'PILOT' });
  const time = row.locator('.activation-time');
  await time.filter({ hasText: /\d+ms/ }).waitFor();
  const text = (await time.textContent()) ?? '';
  const found = /(\d+)ms/.exec(text)?.[1];
  if (found === undefined) throw new Error(`No activation time in “${text}”`);
  return Number(found);
}
