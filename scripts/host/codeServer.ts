/** A real VS Code on a loopback port: code-server, with its own user data and extensions, and no marketplace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { codeServerEntry, installCodeServer } from './installCodeServer.ts';
import { descendants, endTree, run } from './processes.ts';

const startTimeoutMs = 60_000;

export interface CodeServerOptions {
  /** The folder of user data, extensions and configuration. Keep the path short. */
  readonly folder: string;
  /** 0 = any free port. State in the browser (keys, workspaceState) belongs to one port. */
  readonly port?: number;
  /** A packaged extension to install first. */
  readonly vsix?: string;
  /**
   * Lets the address name an extension under development and its tests. VS Code then shows no notifications and refuses
   * modal dialogs, so it is off where a journey or a person uses the interface.
   */
  readonly testDriver?: boolean;
  /** Whether VS Code asks if a folder is trusted, as it does by default. */
  readonly workspaceTrust?: boolean;
  /** For the server and its extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CodeServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly userDataFolder: string;
  readonly process: ChildProcess;
  log(): string;
  /** The process ids of the server and all its descendants. */
  tree(): readonly number[];
  stop(): Promise<void>;
}

export const userDataFolder = (folder: string): string => path.join(folder, 'data');

export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { folder, port = 0, vsix, testDriver = false, workspaceTrust = false } = options;
  installCodeServer();
  requireNode24();
  const dataFolder = userDataFolder(folder);
  mkdirSync(dataFolder, { recursive: true });
  const folders = [
    ...['--config', path.join(folder, 'config.yaml')],
    ...['--user-data-dir', dataFolder],
    ...['--extensions-dir', path.join(folder, 'extensions')],
  ];
  const env = {
    ...withoutOuterSettings(process.env),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...options.env,
  };
  if (vsix !== undefined) await installExtension(vsix, folders, env);

  const child = spawn(
    process.execPath,
    [
      codeServerEntry,
      ...folders,
      ...['--auth', 'none'],
      ...['--bind-addr', `127.0.0.1:${port}`],
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    // A process group of its own: Ctrl-C reaches only this script, which then ends the server in order.
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const { address, log } = await listening(child);
  return {
    address,
    userDataFolder: dataFolder,
    process: child,
    log,
    tree: () => (child.pid === undefined ? [] : [child.pid, ...descendants(child.pid)]),
    stop: () => endTree(child),
  };
}

/** Waits for the line in which code-server prints its address. */
async function listening(child: ChildProcess): Promise<{ address: string; log: () => string }> {
  let log = '';
  const address = await new Promise<string>((resolve, reject) => {
    const fail = (what: string): void => {
      void endTree(child);
      reject(new Error(`code-server ${what}:\n${log}`));
    };
    const timer = setTimeout(() => fail(`did not start within ${startTimeoutMs / 1000} s`), startTimeoutMs);
    const read = (chunk: string): void => {
      log = (log + chunk).slice(-1_000_000);
      const match = /HTTP server listening on http:\/\/([^/\s]+)/.exec(log);
      if (match?.[1] === undefined) return;
      clearTimeout(timer);
      resolve(match[1]);
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? 'a signal'}`);
    });
  });
  return { address, log: () => log };
}

async function installExtension(
  vsix: string,
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const args = [codeServerEntry, ...folders, '--install-extension', path.resolve(vsix), '--force'];
  const result = await run(process.execPath, args, { env, timeoutMs: 60_000, quiet: true });
  if (result.code !== 0 || !result.output.includes('successfully installed')) {
    throw new Error(`Could not install ${vsix}:\n${result.output}`);
  }
}

/** The workbench's address for a folder; optionally with an extension under development and its tests. */
export function workbenchUrl(
  address: string,
  folder: string,
  development?: { readonly extension: string; readonly tests: string },
): string {
  const remote = (file: string): string => `vscode-remote://${address}${path.resolve(file)}`;
  const url = new URL(`http://${address}/`);
  url.searchParams.set('folder', path.resolve(folder));
  if (development !== undefined) {
    const payload = [
      ['extensionDevelopmentPath', remote(development.extension)],
      ['extensionTestsPath', remote(development.tests)],
    ];
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  return url.href;
}

function requireNode24(): void {
  if (process.versions.node.startsWith('24.')) return;
  throw new Error(
    `code-server needs Node 24 and this is ${process.version}: start it through npm, e.g. \`npm start\`.`,
  );
}

/** Settings of an outer VS Code or npm must not reach this server. */
function withoutOuterSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|CODE_SERVER_|OPENAI_)/.test(name)),
  );
}
