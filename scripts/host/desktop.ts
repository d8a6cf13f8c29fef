/** Desktop VS Code, if one is installed or can be downloaded; always with its own user data and extensions. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from '@vscode/test-electron';
import { inRoot } from './paths.ts';
import { endTree, run } from './processes.ts';

const updateServer = 'https://update.code.visualstudio.com/api/releases/stable';
/** The minor version of `engines.vscode` in package.json. */
const oldestMinor = 110;

/**
 * Whether a desktop VS Code can be downloaded and shown: the vendor's server, from which @vscode/test-electron takes
 * it, answers within five seconds, and there is a display.
 */
export async function canDownloadDesktop(): Promise<boolean> {
  if (!hasDisplay()) return false;
  try {
    return (await fetch(updateServer, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** The command-line program of a desktop VS Code; undefined where only a web workbench can be shown. */
export async function findDesktop(): Promise<string | undefined> {
  if (!hasDisplay()) return undefined;
  if (isRecentEnough('code')) return 'code';
  if (!(await canDownloadDesktop())) return undefined;
  const executable = await downloadAndUnzipVSCode({ version: 'stable', cachePath: inRoot('.vscode-test') });
  return resolveCliPathFromVSCodeExecutablePath(executable);
}

export interface DesktopWindow {
  /** Resolves when the user has closed the window. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

export async function openDesktop(options: {
  readonly program: string;
  readonly folder: string;
  readonly workspace: string;
  readonly vsix: string;
}): Promise<DesktopWindow> {
  const { program, folder, workspace, vsix } = options;
  const shell = process.platform === 'win32';
  const folders = [
    ...['--user-data-dir', path.join(folder, 'data')],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
  const installed = await run(program, [...folders, '--install-extension', vsix, '--force'], {
    shell,
    timeoutMs: 120_000,
    quiet: true,
  });
  if (installed.code !== 0) throw new Error(`Could not install the extension:\n${installed.output}`);
  // `--wait` keeps the command running while the window is open, so ending one ends the other.
  const child = spawn(program, [...folders, '--new-window', '--wait', workspace], { shell, stdio: 'ignore' });
  return {
    closed: new Promise((resolve) => child.once('exit', () => resolve())),
    stop: () => endTree(child),
  };
}

function hasDisplay(): boolean {
  // In a terminal of a remote VS Code, `code` controls the window on the other machine.
  if (process.env['VSCODE_IPC_HOOK_CLI'] !== undefined) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

function isRecentEnough(program: string): boolean {
  const shell = process.platform === 'win32';
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', shell, timeout: 10_000 });
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(stdout) ?? [];
  return status === 0 && (Number(major) > 1 || Number(minor) >= oldestMinor);
}
