/** The entry of the suite inside VS Code's extension host: runs the tests beside it and reports to the runner. */
import { Console } from 'node:console';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import Mocha from 'mocha';

/** VS Code calls this function; a rejected promise makes the run fail. */
export async function run(): Promise<void> {
  const closeReport = await reportTo(process.env['PILOT_TEST_REPORT_PORT']);
  try {
    const mocha = new Mocha({
      ui: 'bdd',
      reporter: FailuresOnly,
      timeout: 30_000,
      color: false,
      forbidOnly: true,
    });
    const grep = process.env['PILOT_TEST_GREP'];
    if (grep) mocha.grep(grep);
    const folder = path.join(import.meta.dirname, process.env['PILOT_TEST_FOLDER'] ?? '.');
    for (const file of readdirSync(folder).sort()) {
      if (file.endsWith('.test.js')) mocha.addFile(path.join(folder, file));
    }
    await mocha.loadFilesAsync();
    const { passes, failures, pending } = await runAll(mocha);
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    if (failures > 0) throw new Error(`${failures} test(s) failed`);
    if (passes === 0) throw new Error('No test ran');
  } catch (error) {
    console.error(error);
    throw error;
  } finally {
    await closeReport();
  }
}

/** Writes the counts and every failure in full when the run has ended, and nothing before. */
class FailuresOnly extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => this.epilogue());
  }
}

function runAll(mocha: Mocha): Promise<Mocha.Stats> {
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      if (runner.stats !== undefined) resolve(runner.stats);
    });
  });
}

/** Sends the console to the runner over a loopback port; VS Code's own forwarding mixes it with VS Code's log lines. */
async function reportTo(port: string | undefined): Promise<() => Promise<void>> {
  if (port === undefined) return () => Promise.resolve();
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  // The extension host's console ignores assignments to its methods, so the whole console is replaced.
  const original = globalThis.console;
  globalThis.console = new Console(socket, socket);
  Mocha.reporters.Base.consoleLog = globalThis.console.log.bind(globalThis.console);
  return () => {
    globalThis.console = original;
    return new Promise((resolve) => socket.end(resolve));
  };
}
