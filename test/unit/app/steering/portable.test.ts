import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../../src/app/ports.ts';
import { newestEntries } from '../../../../src/app/steering/portable.ts';
import type { ArmId, NanoUsd, ReservationId } from '../../../../src/core/brand.ts';

const entry = (seq: number): LedgerEntry => ({
  seq,
  id: `r-${seq}` as ReservationId,
  period: '2026-11',
  at: Date.UTC(2026, 10, 3) + seq,
  state: seq % 10 === 0 ? 'reserved' : 'settled',
  armId: 'openai/small' as ArmId,
  decisionId: undefined,
  purpose: 'ask',
  inline: false,
  workspaceId: 'no-folder',
  language: '',
  expected: 1 as NanoUsd,
  worstCase: 2 as NanoUsd,
  cost: 1 as NanoUsd,
  heldBack: 0 as NanoUsd,
  overrun: 0 as NanoUsd,
  source: 'reported',
  tokens: { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 },
  generationId: undefined,
  note: undefined,
});

/** Pages as the store gives them, whatever page is asked for. */
const usageOf = (count: number, page: number) => ({
  entries: (after: number): Promise<readonly LedgerEntry[]> =>
    Promise.resolve(Array.from({ length: Math.min(page, count - after) }, (_, n) => entry(after + n + 1))),
});

describe('an export of a ledger that is longer than an import takes', () => {
  const ids = async (count: number, most: number): Promise<readonly unknown[]> =>
    (await newestEntries(usageOf(count, 7), most)).map(({ id }) => id);

  it('holds the newest calls, no more than an import takes', async () => {
    assert.deepEqual(await ids(63, 4), ['r-59', 'r-61', 'r-62', 'r-63']);
  });

  it('holds all of a shorter one', async () => {
    assert.deepEqual(await ids(5, 5), ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']);
    assert.deepEqual(await ids(0, 5), []);
  });
});
