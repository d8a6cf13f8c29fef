/**
 * `npm start`: builds the extension and opens a VS Code with it, on a sample workspace, connected to practice models on
 * this machine. It runs until Ctrl-C (or until the desktop window is closed) and leaves no process running. All its
 * data is in .pilot-start/, so a second start remembers; delete that folder for a fresh start.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ModelServer } from '../test/fakes/modelServer.ts';
import { startPracticeServer } from '../test/fakes/practiceModels.ts';
import { startCodeServer, userDataFolder, workbenchUrl } from './host/codeServer.ts';
import { findDesktop, openDesktop } from './host/desktop.ts';
import { findOllamaModels } from './host/ollama.ts';
import { inRoot } from './host/paths.ts';
import { onFreePort } from './host/ports.ts';
import { isAlive, onEndRequested } from './host/processes.ts';
import { copySampleWorkspace } from './host/scratch.ts';
import { prepareSettings } from './host/startSettings.ts';
import { describePackage, packageExtension } from './package.ts';

/** Below the range of automatically assigned ports, so they are still free at the next start. */
const workbenchPort = 23571;
const practicePort = 23572;

const { values: flags } = parseArgs({
  options: {
    /** Use code-server even where a desktop VS Code is available. */
    web: { type: 'boolean' },
    /** A data folder other than .pilot-start/. */
    data: { type: 'string' },
    /** A built package, instead of building one. */
    vsix: { type: 'string' },
  },
});
const dataFolder = path.resolve(flags.data ?? inRoot('.pilot-start'));
const runningFile = path.join(dataFolder, 'running.json');

interface Running {
  readonly stop: () => Promise<void>;
}

const running: Running[] = [];
let ending = false;
const isEnding = (): boolean => ending;

onEndRequested((why) => {
  console.log(`\nEnding (${why})`);
  void end(0);
});
try {
  await start();
} catch (error) {
  // Errors of a start that was asked to end are expected.
  if (!isEnding()) console.error(error instanceof Error ? error.message : error);
  await end(1);
}

async function start(): Promise<void> {
  refuseSecondStart();
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(runningFile, JSON.stringify({ pid: process.pid }));
  running.push({
    stop: () => {
      rmSync(runningFile, { force: true });
      return Promise.resolve();
    },
  });

  const vsix = flags.vsix ?? (await packageExtension());
  console.log(`Extension: ${describePackage(vsix)}`);
  const workspace = path.join(dataFolder, 'harbour-cafe');
  if (!existsSync(workspace)) copySampleWorkspace(workspace);
  const practice = await startPractice();
  const ollama = await findOllamaModels();
  if (
    !prepareSettings(userDataFolder(dataFolder), { practiceUrl: practice.url, ollama: ollama.length > 0 })
  ) {
    console.warn(
      'Its settings.json cannot be read and was left as it is; the practice models may be missing.',
    );
  }
  console.log(`Practice models (simulated) at ${practice.url}`);
  if (ollama.length > 0) {
    console.log(`Ollama answers, with ${ollama.join(', ')}: pick its models with “PILOT: Set Up Models”.`);
  }
  const program = flags.web === true ? undefined : await findDesktop();
  await (program === undefined ? openWeb(workspace, vsix) : openWindow(program, workspace, vsix));
}

async function startPractice(): Promise<ModelServer> {
  const practice = await onFreePort(practicePort, (port) => startPracticeServer({ port }));
  running.push({ stop: () => practice.close() });
  return practice;
}

async function openWindow(program: string, workspace: string, vsix: string): Promise<void> {
  const window = await openDesktop({ program, folder: dataFolder, workspace, vsix });
  running.push(window);
  console.log('Ctrl-C here, or closing the window, ends it.');
  console.log('\nPILOT is ready: in the VS Code window that has just opened');
  await window.closed;
  await end(0);
}

async function openWeb(workspace: string, vsix: string): Promise<void> {
  const server = await onFreePort(workbenchPort, (port) =>
    startCodeServer({ folder: dataFolder, port, vsix }),
  );
  if (!server.address.endsWith(`:${workbenchPort}`)) {
    console.log(
      `Port ${workbenchPort} is taken, so this is ${server.address}: the browser keeps keys by address, so enter them again.`,
    );
  }
  running.push(server);
  server.process.once('exit', () => {
    if (ending) return;
    console.error(`VS Code's server ended by itself:\n${server.log().slice(-2_000)}`);
    void end(1);
  });
  console.log('Open this address in a browser; Ctrl-C here ends it.');
  console.log(`\nPILOT is ready: ${workbenchUrl(server.address, workspace)}`);
}

/** Two starts on the same data would write two practice servers' addresses into the same settings. */
function refuseSecondStart(): void {
  if (!existsSync(runningFile)) return;
  const { pid } = JSON.parse(readFileSync(runningFile, 'utf8')) as { readonly pid?: unknown };
  if (typeof pid !== 'number' || !isStart(pid)) return;
  throw new Error(`PILOT already runs from ${dataFolder} (process ${pid}): end that one first.`);
}

/** The process id may belong to another program by now. */
function isStart(pid: number): boolean {
  if (pid === process.pid || !isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout.includes(
    'start.ts',
  );
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await Promise.allSettled(running.reverse().map(({ stop }) => stop()));
  process.exit(code);
}
