/** Makes the calls of one window until it is told to end, or is killed. Arguments: folder, seed, limit in USD. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CostSource, Reservation, Settlement } from '../../src/app/ports/money.ts';
import { armId, type NanoUsd } from '../../src/core/brand.ts';
import { ZERO, left, nanoFloor } from '../../src/core/money.ts';
import { openStore } from '../../src/storage/host/openStore.ts';
import { journalTo } from './journal.ts';
import { seeded } from '../train/random.ts';

const [folder = '', seed = '0', limitUsd = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const limit = nanoFloor(Number(limitUsd));
const write = journalTo(path.join(folder, `${process.pid}-${seed}.journal`));
const HOUR_MS = 3_600_000;

/** The clock jumps by minutes and hours in both directions, and occasionally a month ahead. */
let clockOffset = 0;
const clock = { now: () => Date.now() + clockOffset };

const store = await openStore({
  folder,
  workerPath: new URL('../../src/storage/worker/worker.ts', import.meta.url),
  workspaceId: `workspace-${Number(seed) % 3}`,
  clock,
  pollMs: 500,
});
let stopping = false;
process.on('SIGTERM', () => (stopping = true));

await Promise.all(Array.from({ length: 6 }, callUntilStopped));
await store.close();

async function callUntilStopped(): Promise<void> {
  while (!stopping) {
    jumpClock();
    await oneCall();
    await sleep(20 * random());
  }
}

function jumpClock(): void {
  const roll = random();
  if (roll < 0.002) clockOffset += 31 * 24 * HOUR_MS;
  else if (roll < 0.02) clockOffset += (random() - 0.5) * 48 * HOUR_MS;
}

async function oneCall(): Promise<void> {
  // Up to a fortieth of the limit, mostly small: about three hundred calls fill a month.
  const worstCase = Math.ceil((limit / 40) * random() ** 3 + 1) as NanoUsd;
  const before = performance.now();
  const reserved = await store.ledger.reserve({
    armId: armId('stress', `model-${Math.floor(random() * 4)}`),
    decisionId: undefined,
    purpose: random() < 0.5 ? 'inline' : 'ask',
    workspaceId: `workspace-${Number(seed) % 3}`,
    language: 'typescript',
    worstCase,
    expected: Math.floor(worstCase / 4) as NanoUsd,
    limit,
    workspaceLimit: undefined,
    inlineLimit: undefined,
  });
  const ms = performance.now() - before;
  if (!reserved.ok) {
    write({ type: 'refused', kind: reserved.error.kind });
    return;
  }
  const served = random() < 0.9;
  const bill = served ? Math.floor(worstCase * random()) : 0;
  write({ type: 'reserved', id: reserved.value.id, period: reserved.value.period, bill, ms });
  await sleep(50 * random());
  await finish(reserved.value, bill, served);
}

/** Settles, cancels (estimate and hold), voids, settles twice, or abandons the reservation. */
async function finish(reservation: Reservation, bill: number, served: boolean): Promise<void> {
  const fate = random();
  const { id, worstCase } = reservation;
  if (fate < 0.05) return;
  if (!served) {
    if ((await store.ledger.void(id, 'connection refused')).ok) write({ type: 'voided', id });
    return;
  }
  const cancelled = fate < 0.3;
  const cost = (cancelled ? Math.floor(bill / 2) : bill) as NanoUsd;
  await settle(
    id,
    settlement(cost, cancelled ? 'estimate' : 'priced-usage', cancelled ? left(worstCase, cost) : ZERO),
  );
  // Simulates a caller's own error: settles the same reservation again at once, with another amount.
  if (fate > 0.9) await settle(id, settlement((cost + 1) as NanoUsd, 'priced-usage', ZERO));
}

async function settle(id: Reservation['id'], settled: Settlement): Promise<void> {
  if ((await store.ledger.settle(id, settled)).ok) write({ type: 'settled', id, cost: settled.cost });
}

function settlement(cost: NanoUsd, source: CostSource, heldBack: NanoUsd): Settlement {
  const tokens = { input: 10, cachedInput: 0, cacheWrite: 0, output: 20, reasoning: 0 };
  return { cost, source, heldBack, tokens, generationId: undefined };
}
