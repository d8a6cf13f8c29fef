/** A store or books in a folder of their own, with a clock that the test sets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Reservation, ReservationRequest, Settlement } from '../../../src/app/ports/money.ts';
import { armId, type NanoUsd } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { NOON } from '../../fakes/clock.ts';
import type { StoreReply } from '../../../src/storage/protocol.ts';
import type { StoreOperation, StoreOperations } from '../../../src/storage/worker/operations.ts';
import type { WorkerStore } from '../../../src/storage/worker/workerStore.ts';
import type { ArgumentsOf } from '../../../src/threads/operations.ts';
import { openStore, type Store, type StoreOptions } from '../../../src/storage/host/openStore.ts';

export const WORKER = new URL('../../../src/storage/worker/worker.ts', import.meta.url);
export { NOON };

/** An operation with its arguments. */
export type Asked = {
  [Op in StoreOperation]: [op: Op, ...argument: ArgumentsOf<StoreOperations, Op>];
}[StoreOperation];

/** Sends questions to the worker's own object, in the form they have for the thread. */
export const askOf =
  (store: WorkerStore) =>
  (...[op, ...argument]: Asked): Promise<StoreReply> =>
    store.answer({ id: 1, op, argument, now: NOON });
export const DAY = 86_400_000;

export interface FakeClock {
  time: number;
  now(): number;
}

export const clockAt = (time: number): FakeClock => ({
  time,
  now() {
    return this.time;
  },
});

/** Passes through JSON, like globalState. */
export function fakeMirror(initial?: unknown): {
  load(): unknown;
  save(value: unknown): void;
  saved: unknown;
} {
  return {
    saved: initial,
    load() {
      return this.saved;
    },
    save(value: unknown) {
      this.saved = JSON.parse(JSON.stringify(value)) as unknown;
    },
  };
}

export function temporaryFolder(within = tmpdir()): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(within, 'pilot-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const { folder, remove } = temporaryFolder();
  try {
    await work(folder);
  } finally {
    remove();
  }
}

export async function withStore(
  options: Partial<StoreOptions> & { readonly folder: string },
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await openStore({
    workerPath: WORKER,
    workspaceId: 'w1',
    clock: clockAt(NOON),
    pollMs: 0,
    ...options,
  });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

export const request = (
  worstCaseUsd: number,
  other: Partial<ReservationRequest> = {},
): ReservationRequest => ({
  armId: armId('openrouter', 'some-model'),
  decisionId: undefined,
  purpose: 'ask',
  workspaceId: 'w1',
  language: 'typescript',
  worstCase: nano(worstCaseUsd),
  expected: nano(worstCaseUsd / 4),
  limit: nano(1),
  workspaceLimit: undefined,
  inlineLimit: undefined,
  ...other,
});

export const settlement = (costUsd: number, other: Partial<Settlement> = {}): Settlement => ({
  cost: nano(costUsd),
  source: 'priced-usage',
  tokens: { input: 100, cachedInput: 10, cacheWrite: 0, output: 50, reasoning: 0 },
  heldBack: 0 as NanoUsd,
  generationId: undefined,
  ...other,
});

export async function reserved(store: Store, order: ReservationRequest): Promise<Reservation> {
  const result = await store.ledger.reserve(order);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
