/**
 * Time and memory of a workspace of five million tokens, in the real worker. A smaller folder is indexed repeatedly
 * under other names until the number is reached, so the vocabulary is smaller than in a real workspace.
 */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalModelHost } from '../../../src/providers/localModel/host.ts';
import type { Position } from './quality.ts';

export interface Scale {
  readonly tokens: number;
  readonly copies: number;
  readonly indexSeconds: number;
  /** Growth of the process while the worker filled its index, MB. */
  readonly peakMb: number;
  /** Round trip from the extension host's side, ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of both threads, without other programs. */
  readonly busyP50Ms: number;
  readonly busyP99Ms: number;
}

const WORKER = new URL('../../../src/providers/localModel/worker.ts', import.meta.url);
const BATCH = 64;

export async function measureScale(
  files: readonly string[],
  positions: readonly Position[],
  tokens: number,
): Promise<Scale> {
  globalThis.gc?.();
  await sleep(200);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => console.error(message),
  };
  const host = new LocalModelHost({ workerPath: WORKER, maxTokens: Math.ceil(1.2 * tokens), log });
  try {
    const began = performance.now();
    const copies = await fill(host, files, tokens);
    const indexSeconds = (performance.now() - began) / 1000;
    const { times, busy } = await queryTimes(host, positions);
    return {
      tokens: host.stats.tokens,
      copies,
      indexSeconds,
      peakMb: (peak - before) / 2 ** 20,
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      busyP50Ms: quantile(busy, 0.5),
      busyP99Ms: quantile(busy, 0.99),
    };
  } finally {
    clearInterval(watch);
    host.dispose();
  }
}

async function fill(host: LocalModelHost, files: readonly string[], tokens: number): Promise<number> {
  for (let copy = 0; ; copy += 1) {
    for (let start = 0; start < files.length; start += BATCH) {
      const batch = files.slice(start, start + BATCH);
      await host.indexFiles(batch.map((path) => ({ id: `${copy}:${path}`, path, root: dirname(path) })));
      if (host.stats.tokens >= tokens || host.stats.full) return copy + 1;
    }
    if (host.stats.tokens === 0) return 0;
  }
}

/** Includes the first queries, before the worker's code is compiled, as a user's first keystrokes do. */
async function queryTimes(
  host: LocalModelHost,
  positions: readonly Position[],
): Promise<{ readonly times: readonly number[]; readonly busy: readonly number[] }> {
  const times: number[] = [];
  const busy: number[] = [];
  for (const { prefix } of positions) {
    const [began, before] = [performance.now(), busyMs()];
    await host.complete({ prefix: prefix.slice(-12_000), suffix: '' });
    times.push(performance.now() - began);
    busy.push(busyMs() - before);
  }
  const ascending = (a: number, b: number): number => a - b;
  return { times: times.sort(ascending), busy: busy.sort(ascending) };
}

function busyMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
