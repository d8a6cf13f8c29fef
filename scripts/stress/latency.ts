/** Measures the time of a reservation without other database users, which is what a person waits for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { armId, type NanoUsd } from '../../src/core/brand.ts';
import { openStore } from '../../src/storage/host/openStore.ts';

export async function timeReservations(n: number): Promise<readonly number[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pilot-latency-'));
  const store = await openStore({
    folder,
    workerPath: new URL('../../src/storage/worker/worker.ts', import.meta.url),
    workspaceId: 'latency',
    clock: { now: () => Date.now() },
    pollMs: 0,
  });
  try {
    await store.usage.periods();
    const times: number[] = [];
    for (let i = 0; i < n; i++) {
      const before = performance.now();
      await store.ledger.reserve({
        armId: armId('latency', 'model'),
        decisionId: undefined,
        purpose: 'ask',
        workspaceId: 'latency',
        language: '',
        worstCase: 1000 as NanoUsd,
        expected: 100 as NanoUsd,
        limit: 1e9 as NanoUsd,
        workspaceLimit: undefined,
        inlineLimit: undefined,
      });
      times.push(performance.now() - before);
    }
    return times;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The value at the share `q` of the sorted list. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
