/**
 * `npm run screenshots`: the journeys again, for their pictures, in out/screenshots/THEME-WIDTH/.
 *   --theme dark,light,high-contrast,high-contrast-light   default: dark
 *   --width 1400,800                                       default: 1400
 *   --grep WORDS                                           only journeys with these words
 */
import { parseArgs } from 'node:util';
import { inRoot, root, vsixFile } from './host/paths.ts';
import { run } from './host/processes.ts';
import { packageExtension } from './package.ts';

const { values: flags } = parseArgs({
  options: {
    theme: { type: 'string', default: 'dark' },
    width: { type: 'string', default: '1400' },
    grep: { type: 'string', default: '' },
  },
});

await packageExtension();
for (const theme of flags.theme.split(',')) {
  for (const width of flags.width.split(',')) {
    console.log(`\n--- ${theme}, ${width} pixels wide`);
    const { code } = await run(
      process.execPath,
      [
        inRoot('node_modules/mocha/bin/mocha.js'),
        ...['--no-package', '--no-config', '--extension', 'ts', '--timeout', '120000', '--grep', flags.grep],
        'test/ui/**/*.journey.ts',
      ],
      {
        cwd: root,
        env: { ...process.env, PILOT_VSIX: vsixFile, PILOT_THEME: theme, PILOT_WIDTH: width },
        timeoutMs: 15 * 60_000,
      },
    );
    if (code !== 0) process.exitCode = 1;
  }
}
