/** The replay's instruments: fast time, processor time, delays, the heap. */
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import type { Timers } from '../../../src/app/inline/ports.ts';
import type { Stopwatch } from './typist.ts';

export interface FastTimers extends Timers {
  /** The timer that was started last, and the time at which it fired. */
  newest(): { readonly wentOffAt: number | undefined } | undefined;
  dispose(): void;
}

export function fastTimers(speed: number): FastTimers {
  const running = new Set<NodeJS.Timeout>();
  let newest: { wentOffAt: number | undefined } | undefined;
  return {
    newest: () => newest,
    after(ms, action) {
      const started: { wentOffAt: number | undefined } = { wentOffAt: undefined };
      newest = started;
      const timer = setTimeout(() => {
        running.delete(timer);
        started.wentOffAt = performance.now();
        action();
      }, ms / speed);
      running.add(timer);
      return { dispose: () => (clearTimeout(timer), void running.delete(timer)) };
    },
    dispose: () => running.forEach((timer) => clearTimeout(timer)),
  };
}

/**
 * A pause in typing is the only timer that the pipeline starts before its first wait. A local completion that waited
 * for another model, which then had nothing, is left out.
 */
export const stopwatchOn = (timers: FastTimers, runs: { readonly count: number }): Stopwatch => ({
  start() {
    const [began, before, former] = [performance.now(), timers.newest(), runs.count];
    let pause: ReturnType<FastTimers['newest']>;
    queueMicrotask(() => (pause = timers.newest() === before ? undefined : timers.newest()));
    return (source) => {
      if (source === 'cache') return performance.now() - began;
      const wentOffAt = pause?.wentOffAt;
      return source === 'local' && runs.count === former + 1 && wentOffAt !== undefined
        ? performance.now() - wentOffAt
        : undefined;
    };
  },
});

/** Measures processor time every millisecond: an upper bound on the time of one turn of the event loop. */
export function watchBlocks(): { reset(): void; skip(): void; longest(): number; dispose(): void } {
  let [longest, mark] = [0, busyMs()];
  const timer = setInterval(() => {
    const now = busyMs();
    longest = Math.max(longest, now - mark);
    mark = now;
  }, 1);
  return {
    reset: () => (([longest, mark] = [0, busyMs()]), undefined),
    skip: () => void (mark = busyMs()),
    longest: () => longest,
    dispose: () => clearInterval(timer),
  };
}

/** Processor time of this thread only, so the machine's other work does not count. */
export function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of suggestions within 20 ms. */
  readonly prompt: number;
}

const PROMPT_MS = 20;
/** MB after full collections, so only live memory counts. */
export function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

const v8 = createRequire(import.meta.url)('node:v8') as { setFlagsFromString(flag: string): void };
v8.setFlagsFromString('--expose-gc');
const vm = createRequire(import.meta.url)('node:vm') as { runInNewContext(code: string): () => void };
const collect = vm.runInNewContext('gc');

export const percentiles = (values: readonly number[]): Percentiles => ({
  count: values.length,
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  prompt: values.filter((ms) => ms <= PROMPT_MS).length / Math.max(1, values.length),
});

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
