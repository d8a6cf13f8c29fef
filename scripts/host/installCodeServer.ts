/**
 * Installs code-server (VS Code's own server, web workbench and Node extension host) from the npm registry, for
 * machines that cannot download the desktop VS Code. It has a folder of its own because its install script refuses any
 * Node but 24, which would break the repository's `npm ci` under Node 20 or 22.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.ts';

const toolFolder = inRoot('tools/code-server');
const packageFolder = path.join(toolFolder, 'node_modules/code-server');
const stampFile = path.join(toolFolder, 'node_modules/.installed');

export const codeServerEntry = path.join(packageFolder, 'out/node/entry.js');

/** Safe to call repeatedly: a finished installation stays until the lockfile changes. */
export function installCodeServer(): void {
  const lock = readFileSync(path.join(toolFolder, 'package-lock.json'), 'utf8');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lock) return;

  console.log('Installing code-server (once; under a minute)');
  const vscodeFolder = path.join(packageFolder, 'lib/vscode');
  // Install scripts stay off: code-server's own would compile kerberos, which is not needed here.
  npm(['ci', '--ignore-scripts'], toolFolder);
  // `npm ci` rejects the first of these two shrinkwraps as out of sync; `npm install` accepts it.
  npm(['install', '--omit=dev', '--ignore-scripts'], vscodeFolder);
  npm(['install', '--omit=dev', '--ignore-scripts'], path.join(vscodeFolder, 'extensions'));
  // spdlog writes log files; native-watchdog ends an extension host whose server died. VS Code also runs without them,
  // so a machine without a compiler lacks only these. All other native modules ship prebuilt or are not needed.
  npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], vscodeFolder, { optional: true });
  writeFileSync(stampFile, lock);
}

function npm(args: readonly string[], cwd: string, { optional = false } = {}): void {
  const windows = process.platform === 'win32';
  const result = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    [...args, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd,
      shell: windows,
      stdio: ['ignore', 'ignore', optional ? 'ignore' : 'inherit'],
    },
  );
  if (result.status === 0) return;
  const failure = `\`npm ${args.join(' ')}\` failed in ${path.relative(inRoot(), cwd)}`;
  if (!optional) throw new Error(failure);
  console.warn(`${failure}; going on without it`);
}
