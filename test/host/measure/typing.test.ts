/**
 * Measures the cost of typing inside the extension host (`npm run bench:typing`): in a file of 1 MB with PILOT's
 * completions off, on, and on while the workspace is indexed. VS Code's own extensions and the editor's messages share
 * the host; the first row shows their load.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { known, open } from '../typing.ts';

const MEGABYTE = 1_000_000;
const KEYS = Number(process.env['PILOT_MEASURE_KEYS'] ?? 300);
const FILES = Number(process.env['PILOT_MEASURE_FILES'] ?? 20_000);
/** Milliseconds between two keys of a fast typist. */
const PAUSE = 60;
const SAMPLE_US = 250;
/** A longer gap between two samples, in ms, belonged to another process. */
const MOST_PER_SAMPLE = 1;

interface Turns {
  readonly row: string;
  readonly keys: number;
  readonly seconds: number;
  /** Processor time between two checks a millisecond apart: at least the longest turn of the event loop. */
  readonly busyP99Ms: number;
  readonly busyMaxMs: number;
  readonly over10Ms: number;
  /** Elapsed time, including other work of the machine. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Stretches in which PILOT's code was on the stack without a break, in ms, from a separate profile. */
  readonly ownMaxMs: number;
  readonly ownOver10Ms: number;
  readonly ownLongest: readonly string[];
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the extension host while a user types', function () {
  this.timeout(600_000);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const many = path.join(folder, 'many');
  const set = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('pilot.inline').update(key, value, true);

  before(async () => {
    for (let i = 0; i < FILES; i += 1) {
      if (i % 200 === 0) mkdirSync(path.join(many, `m${i / 200}`), { recursive: true });
      writeFileSync(
        path.join(many, `m${Math.floor(i / 200)}`, `file${i}.ts`),
        known(`store${i % 500}`).repeat(6),
      );
    }
    const text = known('large');
    writeFileSync(path.join(folder, 'large.ts'), text.repeat(Math.ceil(MEGABYTE / text.length)));
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    await set('enabled', false);
    await open(vscode.Uri.file(path.join(folder, 'large.ts')));
    await sleep(5000);
  });
  after(async () => {
    await set('enabled', undefined);
    rmSync(many, { recursive: true });
  });

  it('is measured', async () => {
    const rows: Turns[] = [];
    rows.push(await measure('typing, completions off', typeKeys));
    await set('enabled', true);
    // Indexing of the workspace begins a moment after it is switched on.
    await sleep(4000);
    await vscode.commands.executeCommand('pilot.inline.reindex');
    await sleep(1000);
    rows.push(await measure('typing, index at rest', typeKeys));
    rows.push(await measure('indexing, nobody types', indexing));
    rows.push(
      await measure('typing while indexing', async () => {
        let isTyping = true;
        const index = (async () => {
          while (isTyping) await indexing();
        })();
        const keys = await typeKeys();
        isTyping = false;
        await index;
        return keys;
      }),
    );
    console.log(`MEASURED ${JSON.stringify(rows)}`);
  });
});

const indexing = async (): Promise<number> => {
  await vscode.commands.executeCommand('pilot.inline.reindex');
  return 0;
};

async function typeKeys(): Promise<number> {
  const line = 'const stored = large.get("settings"); ';
  for (let key = 0; key < KEYS; key += 1) {
    const at = key % (line.length + 1);
    await vscode.commands.executeCommand('type', { text: line[at] ?? '\n' });
    await sleep(PAUSE);
  }
  return KEYS;
}

async function measure(row: string, work: () => Promise<number>): Promise<Turns> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const busy: number[] = [];
  let mark = busyMs();
  const timer = setInterval(() => {
    const now = busyMs();
    busy.push(now - mark);
    mark = now;
  }, 1);
  delay.enable();
  const began = performance.now();
  const keys = await work();
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  clearInterval(timer);
  busy.sort((a, b) => a - b);
  const own = await profiled(work);
  return {
    row,
    keys,
    seconds: round(seconds),
    busyP99Ms: round(busy[Math.floor(0.99 * busy.length)] ?? 0),
    busyMaxMs: round(busy.at(-1) ?? 0),
    over10Ms: busy.filter((ms) => ms > 10).length,
    delayP99Ms: round(delay.percentile(99) / 1e6),
    delayMaxMs: round(delay.max / 1e6),
    ownMaxMs: round(own[0]?.ms ?? 0),
    ownOver10Ms: own.filter(({ ms }) => ms > 10).length,
    ownLongest: own.slice(0, 5).map(({ ms, where }) => `${round(ms)} ms ${where}`),
  };
}

interface Stretch {
  readonly ms: number;
  /** The function with the largest part. */
  readonly where: string;
}

/** Repeats the work under the profiler, whose own work would count in the other figures. Longest first. */
async function profiled(work: () => Promise<unknown>): Promise<readonly Stretch[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return stretches(profile);
}

function stretches({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly Stretch[] {
  const parent = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** PILOT's frames on the stack, innermost first. */
  const ownFrames = (sample: number): readonly string[] => {
    const frames: string[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = parent.get(id)) {
      const frame = byId.get(id)?.callFrame;
      if (frame?.url.includes('/dist/') && !frame.url.includes('/lib/vscode/'))
        frames.push(`${frame.functionName || '(anonymous)'}:${frame.lineNumber + 1}`);
    }
    return frames;
  };
  const isCollector = (sample: number): boolean =>
    byId.get(sample)?.callFrame.functionName === '(garbage collector)';
  const found: Stretch[] = [];
  let ms = 0;
  let places = new Map<string, number>();
  const close = (): void => {
    const [where] = [...places].sort((a, b) => b[1] - a[1]);
    if (ms > 0) found.push({ ms, where: where?.[0] ?? '' });
    ms = 0;
    places = new Map<string, number>();
  };
  samples.forEach((sample, i) => {
    const frames = ownFrames(sample);
    // The garbage collector depends on all memory of the process: it neither counts nor breaks a stretch.
    if (isCollector(sample)) return;
    if (frames.length === 0) {
      close();
      return;
    }
    const spent = Math.min(MOST_PER_SAMPLE, (timeDeltas[i] ?? 0) / 1000);
    ms += spent;
    const place = frames.slice(0, 4).join(' < ');
    places.set(place, (places.get(place) ?? 0) + spent);
  });
  close();
  return found.sort((a, b) => b.ms - a.ms);
}

/** Processor time of this thread only. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const round = (value: number): number => Math.round(10 * value) / 10;
