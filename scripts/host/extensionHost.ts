/** Runs the mocha suite of test/host inside a real extension host: desktop VS Code's, or code-server's. */
import { type Server, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { launchBrowser } from './chromium.ts';
import { startCodeServer, userDataFolder, workbenchUrl } from './codeServer.ts';
import { inRoot, root } from './paths.ts';
import { copySampleWorkspace, makeScratch } from './scratch.ts';
import { quietSettings, writeSettings } from './settings.ts';

const testsPath = inRoot('out/test/host/index.js');
const extensionId = 'pilot-assistant.pilot-assistant';

export interface HostRun {
  readonly host: 'desktop' | 'web';
  /** Which folder of test/host; in `restricted` the workspace is not trusted, `measure` is for benchmarks. */
  readonly folder: '.' | 'restricted' | 'measure';
  readonly timeoutMs: number;
}

export interface HostResult {
  readonly code: number;
  /** Everything the suite wrote to its console. */
  readonly output: string;
}

export async function runInExtensionHost({ host, folder, timeoutMs }: HostRun): Promise<HostResult> {
  const scratch = makeScratch();
  const workspace = copySampleWorkspace(path.join(scratch.folder, 'workspace'));
  const report = await collectReport();
  const trusted = folder !== 'restricted';
  const env = {
    PILOT_TEST_REPORT_PORT: String((report.server.address() as AddressInfo).port),
    PILOT_TEST_FOLDER: folder,
    PILOT_TEST_GREP: process.env['PILOT_TEST_GREP'] ?? '',
    PILOT_MEASURE_KEYS: process.env['PILOT_MEASURE_KEYS'] ?? '300',
    PILOT_MEASURE_FILES: process.env['PILOT_MEASURE_FILES'] ?? '20000',
    PILOT_TEST_GLOBAL_STORAGE: path.join(userDataFolder(scratch.folder), 'User/globalStorage', extensionId),
  };
  writeSettings(userDataFolder(scratch.folder), {
    ...quietSettings,
    'security.workspace.trust.enabled': !trusted,
    // The question would be a modal dialog, which VS Code refuses to show in tests.
    'security.workspace.trust.startupPrompt': 'never',
  });
  const run = { scratch: scratch.folder, workspace, trusted, env, timeoutMs };
  try {
    const code = host === 'desktop' ? await runOnDesktop(run) : await runInBrowser(run);
    return { code, output: report.text() };
  } catch (error) {
    // A timeout or a crash returns no output, so the suite's output is printed here.
    console.log(report.text().trimEnd());
    throw error;
  } finally {
    report.server.close();
    scratch.remove();
  }
}

interface Run {
  readonly scratch: string;
  readonly workspace: string;
  readonly trusted: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Not verified on a machine without the vendor's download server. */
async function runOnDesktop({ scratch, workspace, trusted, env }: Run): Promise<number> {
  return runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: testsPath,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      `--user-data-dir=${userDataFolder(scratch)}`,
      '--disable-extensions',
      ...(trusted ? ['--disable-workspace-trust'] : []),
    ],
  });
}

async function runInBrowser({ scratch, workspace, trusted, env, timeoutMs }: Run): Promise<number> {
  const log: string[] = [];
  const server = await startCodeServer({ folder: scratch, testDriver: true, workspaceTrust: !trusted, env });
  const browser = await launchBrowser(scratch).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  try {
    const page = browser.pages()[0] ?? (await browser.newPage());
    const exitCode = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No result within ${timeoutMs / 1000} s`)), timeoutMs);
      timer.unref();
      page.on('crash', () => reject(new Error('The workbench page crashed')));
      page.on('close', () => reject(new Error('The workbench page was closed')));
      const url = workbenchUrl(server.address, workspace, { extension: root, tests: testsPath });
      // VS Code calls these two functions: with its log, including the extension host's console, and with the result.
      page
        .exposeFunction('codeAutomationLog', (level: string, args: readonly unknown[]) => {
          log.push(`[${level}] ${args.join(' ')}`);
        })
        .then(() => page.exposeFunction('codeAutomationExit', resolve))
        .then(() => page.goto(url))
        .catch(reject);
    });
    const code = await exitCode;
    if (code !== 0) printLog(log);
    return code;
  } catch (error) {
    printLog([...log, server.log()]);
    throw error;
  } finally {
    await browser.close().catch(() => undefined);
    await server.stop();
  }
}

function printLog(log: readonly string[]): void {
  const verbose = process.env['PILOT_TEST_VERBOSE'] !== undefined;
  const lines = verbose ? log : log.filter((line) => line.startsWith('[error]')).slice(-20);
  console.error(
    `VS Code's ${verbose ? 'log' : 'errors (PILOT_TEST_VERBOSE=1: its whole log)'}:\n${lines.join('\n')}`,
  );
}

/** Collects what the suite writes to a loopback port; in its console VS Code's own log lines would stand in between. */
async function collectReport(): Promise<{ server: Server; text: () => string }> {
  let text = '';
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, text: () => text };
}
