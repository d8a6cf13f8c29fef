/**
 * Starts programs so that they can be ended reliably. VS Code's server starts children that start children (extension
 * host, file watcher, terminals), some in process groups of their own; killing only the server leaves the rest behind.
 * So the whole tree is listed before the first signal, and survivors are killed.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunResult {
  readonly code: number;
  readonly output: string;
}

/** Runs the program to its end, showing its output unless `quiet`; kills its whole process tree after `timeoutMs`. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs: number; readonly quiet?: boolean },
): Promise<RunResult> {
  const { timeoutMs, quiet = false, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const [stream, sink] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (!quiet) sink.write(text);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`;
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  const timer = setTimeout(() => {
    output += `\nEnded after ${timeoutMs / 1000} s.\n`;
    void endTree(child);
  }, timeoutMs);
  const code = await ended;
  clearTimeout(timer);
  return { code, output };
}

/** Ends a process and all its descendants: SIGTERM first, SIGKILL after `graceMs`. */
export async function endTree({ pid }: Pick<ChildProcess, 'pid'>, graceMs = 5_000): Promise<void> {
  if (pid === undefined) return;
  await endAll([pid, ...descendants(pid)], graceMs);
}

/** Ends all descendants of this process, but not the process itself. */
export const endChildren = (): Promise<void> => endAll(descendants(process.pid), 5_000);

async function endAll(tree: readonly number[], graceMs: number): Promise<void> {
  signal(tree, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (tree.some(isAlive) && Date.now() < deadline) await sleep(50);
  // Listed again, since a program may have started another one while ending.
  const late = tree.filter(isAlive).flatMap(descendants);
  signal([...tree, ...late].filter(isAlive), 'SIGKILL');
}

/** All descendants of `pid`, nearest first. */
export function descendants(pid: number): readonly number[] {
  if (process.platform === 'win32') return [];
  const listing = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
  const children = new Map<number, number[]>();
  for (const line of listing.split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child === undefined || parent === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const found: number[] = [];
  for (
    let next = children.get(pid) ?? [];
    next.length > 0;
    next = next.flatMap((id) => children.get(id) ?? [])
  ) {
    found.push(...next);
  }
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // The process has ended by itself.
    }
  }
}

/** Calls `end` once: on Ctrl-C, on SIGTERM, or when this process's parent has ended. */
export function onEndRequested(end: (why: string) => void): void {
  let requested = false;
  const once = (why: string): void => {
    if (requested) return;
    requested = true;
    clearInterval(orphanWatch);
    end(why);
  };
  const parent = process.ppid;
  // npm does not always pass a signal on; without this watch VS Code would survive npm.
  const orphanWatch = setInterval(() => {
    if (process.ppid !== parent) once('its parent ended');
  }, 1_000).unref();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => once(name));
}
