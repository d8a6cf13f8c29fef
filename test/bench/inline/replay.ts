/** One replay of the typing sessions through the whole pipeline: real router, ledger, client and local model. */
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { InlineCompleter } from '../../../src/app/inline/completer.ts';
import type { CompletionSource } from '../../../src/app/inline/completer.ts';
import { OutcomeTracker } from '../../../src/app/inline/outcomeTracker.ts';
import type { Completion } from '../../../src/app/call/routedCompletion.ts';
import type { InlineSettings } from '../../../src/app/inline/ports.ts';
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
import { busyMs, fastTimers, heapMb, percentiles, quantile, stopwatchOn, watchBlocks } from './watch.ts';
import type { Percentiles } from './watch.ts';

export interface ReplayOptions {
  readonly keys: number;
  /** Speed relative to a person. */
  readonly speed: number;
  readonly seed: number;
  /** Only this practice model, and no local model; undefined = PILOT. */
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
  /** Heap after a full collection, in MB, by typed keys. */
  readonly heapMb: readonly (readonly [keys: number, mb: number])[];
  /** The most processor time between two turns of the event loop, which a user would feel as a halt. */
  readonly longestBlockMs: number;
  /** Time from the pause in typing to a completion that needs no request. */
  readonly showMs: Readonly<Record<'cache' | 'local', Percentiles>>;
  readonly bySource: Readonly<Record<CompletionSource, number>>;
  readonly requestsByModel: Readonly<Record<string, number>>;
}

const LOCAL_WORKER = new URL('../../../src/providers/localModel/worker.ts', import.meta.url);

export async function replay(options: ReplayOptions): Promise<Replay> {
  const server = await startServer(1 / options.speed);
  const parts = await assemble(options, server.url);
  const { tally, completer, tracker, timers, local, engine } = parts;
  const overheads: number[] = [];
  const heaps: [number, number][] = [];
  const marks = CHECKPOINTS.map((share) => Math.round(share * options.keys));
  const blocks = watchBlocks();
  let mark = busyMs();
  const typist = new Typist({
    completer,
    tracker,
    tally,
    random: seeded(options.seed),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms / options.speed)),
    maxKeys: options.keys,
    stopwatch: parts.stopwatch,
    onKey: () => {
      if (tally.keys > WARM_UP) overheads.push(busyMs() - mark);
      if (tally.keys === WARM_UP) blocks.reset();
      if (marks.includes(tally.keys)) {
        heaps.push([tally.keys, heapMb()]);
        blocks.skip();
      }
      mark = busyMs();
    },
  });
  try {
    await local.indexTexts(neighbours());
    const all = sections();
    for (let i = 0; tally.keys < options.keys; i += 1) await typist.type(all[i % all.length]!);
  } finally {
    blocks.dispose();
    completer.stop();
    timers.dispose();
    local.dispose();
  }
  if (marks.includes(tally.keys)) heaps.push([tally.keys, heapMb()]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const report = await server.stop();
  await engine.close();
  return summary(tally, report, { overheads, heaps, longestBlockMs: blocks.longest() });
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
  const runs = { count: 0 };
  const counted: Completion = {
    run: (order) => {
      runs.count += 1;
      return engine.completion.run(order);
    },
  };
  const now = (): number => Date.UTC(2026, 10, 10) + (performance.now() - started) * speed;
  const common = { now, timers, log, learning: engine.learning };
  const accepted = new Map<number, string>();
  const tracker = new OutcomeTracker({
    ...common,
    baseline: { load: ignore, save: ignore },
    // Text kept in another place is found there.
    readText: (_documentId, start) => accepted.get(start),
    onVerdict: ({ whole }, { kind }) => {
      if (kind === 'accepted') accepted.set(whole.length, whole);
    },
  });
  const completer = new InlineCompleter({
    ...common,
    engine: counted,
    local,
    settings: () => ({ ...SETTINGS, local: fixed === undefined }),
    arms: engine.arms,
    formatOf: (arm) => chooseFormat(arm.capabilities.fim, arm.model, '127.0.0.1'),
    context: () => [],
    onProblem: ignore,
  });
  const stopwatch = stopwatchOn(timers, runs);
  return { tally: newTally(), engine, local, timers, tracker, completer, stopwatch };
}

interface Watched {
  readonly overheads: readonly number[];
  readonly heaps: readonly (readonly [number, number])[];
  readonly longestBlockMs: number;
}

function summary(
  { outcomes, keys, calls, shown, offered, accepted, showMs }: Tally,
  report: ServerReport,
  { overheads, heaps, longestBlockMs }: Watched,
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
    heapMb: heaps,
    longestBlockMs,
    showMs: { cache: percentiles(showMs.cache), local: percentiles(showMs.local) },
    bySource: outcomes,
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

/** Shares of the replay at which the heap is measured: 1,000, 5,000 and 10,000 keys of 10,000. */
const CHECKPOINTS = [0.1, 0.5, 1];
/** Keys typed before the measurement, while the code is compiled. */
const WARM_UP = 100;

const ignore = (): void => undefined;

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
