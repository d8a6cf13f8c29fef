/**
 * `npm run screenshots`: takes the README's pictures, media/readme/, in the real VS Code.
 *   --all                                                  runs every journey instead, for its pictures in
 *                                                          out/screenshots/THEME-WIDTH/
 *   --theme dark,light,high-contrast,high-contrast-light   the themes with --all; default: dark
 *   --width 1400,800                                       the widths with --all; default: 1400
 *   --grep WORDS                                           only journeys with these words
 */
import { readdirSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inRoot, root, vsixFile } from './host/paths.ts';
import { run } from './host/processes.ts';
import { packageExtension } from './package.ts';

const { values: flags } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    theme: { type: 'string', default: 'dark' },
    width: { type: 'string', default: '1400' },
    grep: { type: 'string', default: '' },
  },
});
/** A larger picture would make the README load slowly. */
const maxPictureBytes = 140 * 1024;

await packageExtension();
if (flags.all) await everyJourney();
else await readme();

async function readme(): Promise<void> {
  await journeys('test/ui/readmePictures.ts', {});
  for (const name of readdirSync(inRoot('media/readme'))) {
    const { size } = statSync(inRoot('media/readme', name));
    console.log(`media/readme/${name}: ${(size / 1024).toFixed(0)} KB`);
    if (size > maxPictureBytes) throw new Error(`${name} is larger than ${maxPictureBytes / 1024} KB.`);
  }
}

async function everyJourney(): Promise<void> {
  for (const theme of flags.theme.split(',')) {
    for (const width of flags.width.split(',')) {
      console.log(`\n--- ${theme}, ${width} pixels wide`);
      await journeys('test/ui/**/*.journey.ts', { PILOT_THEME: theme, PILOT_WIDTH: width });
    }
  }
}

async function journeys(files: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { code } = await run(
    process.execPath,
    [
      inRoot('node_modules/mocha/bin/mocha.js'),
      ...['--no-package', '--no-config', '--extension', 'ts', '--timeout', '120000', '--grep', flags.grep],
      files,
    ],
    { cwd: root, env: { ...process.env, PILOT_VSIX: vsixFile, ...env }, timeoutMs: 15 * 60_000 },
  );
  if (code !== 0) process.exitCode = 1;
}
