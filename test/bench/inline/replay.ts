/** One replay of the typing sessions through the whole pipeline: real router, ledger, client and local model. */
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { InlineCompleter } from '../../../src/app/inline/completer.ts';
import { OutcomeTracker } from '../../../src/app/inline/outcomeTracker.ts';
import type { InlineSettings, Timers } from '../../../src/app/inline/ports.ts';
import { chooseFormat } from '../../../src/core/inline/fim/infer.ts';
import { LOCAL_ARM } from '../../../src/core/local/localArm.ts';
import { LocalModelHost } from '../../../src/providers/localModel/host.ts';
import { testEngine } from '../../fakes/engine.ts';
import { practiceSettings } from '../../fakes/practiceModels.ts';
import { seeded } from '../../fakes/random.ts';
import type { ServerReport } from './serverThread.ts';
import { neighbours, sections } from './sources.ts';
import { newTally, Typist } from './typist.ts';
import type { Tally } from './typist.ts';

export interface ReplayOptions {
  readonly keys: number;
  /** How much faster than a person. */
  readonly speed: number;
  readonly seed: number;
  /** Only this practice model, and no local one; undefined = PILOT. */
  readonly fixed: string | undefined;
  readonly monthlyUsd: number;
}

export interface Replay {
  readonly requestsPerChar: number;
  readonly cancelledShare: number;
  readonly cacheHitRate: number;
  readonly shownRate: number;
  readonly acceptance: number;
  readonly overheadP50Ms: number;
  readonly overheadP99Ms: number;
  readonly costUsd: number;
  readonly accepted: number;
  readonly keys: number;
  readonly heapGrowthMb: number;
  readonly requestsByModel: Readonly<Record<string, number>>;
}

const LOCAL_WORKER = new URL('../../../src/providers/localModel/worker.ts', import.meta.url);

export async function replay(options: ReplayOptions): Promise<Replay> {
  const server = await startServer(1 / options.speed);
  const parts = await assemble(options, server.url);
  const { tally, completer, tracker, timers, local, engine } = parts;
  const overheads: number[] = [];
  const heaps: number[] = [];
  let mark = busyMs();
  const typist = new Typist({
    completer,
    tracker,
    tally,
    random: seeded(options.seed),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms / options.speed)),
    maxKeys: options.keys,
    onKey: () => {
      if (tally.keys > WARM_UP) overheads.push(busyMs() - mark);
      if (tally.keys % Math.ceil(options.keys / 5) === Math.ceil(options.keys / 10)) heaps.push(heapMb());
      mark = busyMs();
    },
  });
  try {
    await local.indexTexts(neighbours());
    const all = sections();
    for (let i = 0; tally.keys < options.keys; i += 1) await typist.type(all[i % all.length]!);
  } finally {
    completer.stop();
    timers.dispose();
    local.dispose();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const report = await server.stop();
  await engine.close();
  return summary(tally, report, { overheads, heaps });
}

/** The product's own parts, on the replay's clock. */
async function assemble({ speed, seed, fixed, monthlyUsd }: ReplayOptions, url: string) {
  const settings = practiceSettings(url);
  const [endpoints, models] = [settings['pilot.endpoints'], settings['pilot.models']];
  const engine = await testEngine({ endpoints, models, monthlyUsd, seed });
  const arms = engine.arms();
  if (fixed === undefined) arms.push(LOCAL_ARM);
  else arms.splice(0, arms.length, ...arms.filter(({ model }) => model === fixed));
  const report = (message: string, error?: unknown): void => console.error(message, error);
  const log = { info: ignore, warn: ignore, error: report };
  const local = new LocalModelHost({ workerPath: LOCAL_WORKER, maxTokens: 500_000, log });
  const started = performance.now();
  const timers = fastTimers(speed);
  const now = (): number => Date.UTC(2026, 10, 10) + (performance.now() - started) * speed;
  const common = { now, timers, log, learning: engine.learning };
  const accepted = new Map<number, string>();
  const tracker = new OutcomeTracker({
    ...common,
    baseline: { load: ignore, save: ignore },
    // What was kept in another place survives there.
    readText: (_documentId, start) => accepted.get(start),
    onVerdict: ({ whole }, { kind }) => {
      if (kind === 'accepted') accepted.set(whole.length, whole);
    },
  });
  const completer = new InlineCompleter({
    ...common,
    engine: engine.completion,
    local,
    settings: () => ({ ...SETTINGS, local: fixed === undefined }),
    arms: engine.arms,
    formatOf: (arm) => chooseFormat(arm.capabilities.fim, arm.model, '127.0.0.1'),
    context: () => [],
    onProblem: ignore,
  });
  return { tally: newTally(), engine, local, timers, tracker, completer };
}

function summary(
  { outcomes, keys, calls, shown, offered, accepted }: Tally,
  report: ServerReport,
  { overheads, heaps }: { readonly overheads: readonly number[]; readonly heaps: readonly number[] },
): Replay {
  const answered = outcomes.cache + outcomes.joined + outcomes.local + outcomes.remote;
  return {
    requestsPerChar: report.requests / keys,
    cancelledShare: report.cancelled / Math.max(1, report.requests),
    cacheHitRate: (outcomes.cache + outcomes.joined) / Math.max(1, answered),
    shownRate: shown / calls,
    acceptance: accepted.size / Math.max(1, offered.size),
    overheadP50Ms: quantile(overheads, 0.5),
    overheadP99Ms: quantile(overheads, 0.99),
    costUsd: report.costUsd,
    accepted: accepted.size,
    keys,
    heapGrowthMb: (heaps.at(-1) ?? 0) - (heaps[1] ?? 0),
    requestsByModel: report.byModel,
  };
}

const SETTINGS: InlineSettings = {
  enabled: true,
  languages: { '*': true },
  excludedFiles: [],
  paid: true,
  local: true,
  multiline: 'auto',
  latencyTargetMs: 1500,
  contextTokens: 1536,
  debounceMs: { min: 75, max: 400 },
};

/** Keys typed before the code is compiled. */
const WARM_UP = 100;

/** Processor time of this thread alone: the machine's other work does not count. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const ignore = (): void => undefined;

function fastTimers(speed: number): Timers & { dispose(): void } {
  const running = new Set<NodeJS.Timeout>();
  return {
    after(ms, action) {
      const timer = setTimeout(() => {
        running.delete(timer);
        action();
      }, ms / speed);
      running.add(timer);
      return { dispose: () => (clearTimeout(timer), void running.delete(timer)) };
    },
    dispose: () => running.forEach((timer) => clearTimeout(timer)),
  };
}

async function startServer(pace: number): Promise<{ url: string; stop(): Promise<ServerReport> }> {
  const worker = new Worker(new URL('./serverThread.ts', import.meta.url), { workerData: { pace } });
  const next = <T>(): Promise<T> => new Promise((resolve) => worker.once('message', resolve));
  const { url } = await next<{ url: string }>();
  return {
    url,
    stop: () => {
      const report = next<ServerReport>();
      worker.postMessage('report');
      return report;
    },
  };
}

/** Full collections, so that the growth is what is kept and not what waits to be collected. */
function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const v8 = createRequire(import.meta.url)('node:v8') as { setFlagsFromString(flag: string): void };
v8.setFlagsFromString('--expose-gc');
const vm = createRequire(import.meta.url)('node:vm') as { runInNewContext(code: string): () => void };
const collect = vm.runInNewContext('gc');

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
