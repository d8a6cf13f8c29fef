/**
 * The law of the ledger, over random interleavings of two windows on one file: reserve, settle, void, release, crash
 * and restart, sleep, change the clock. As long as no bill exceeds its worst case, no month's committed money exceeds
 * the limit, and the sums are the sums of the rows.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NanoUsd, ReservationId } from '../../../src/core/brand.ts';
import { left } from '../../../src/core/money.ts';
import type { Books } from '../../../src/storage/worker/books.ts';
import { integer } from '../../../src/storage/worker/database.ts';
import { releaseHold } from '../../../src/storage/worker/holds.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import {
  reserve,
  settle,
  sweepAbandoned,
  voidReservation,
} from '../../../src/storage/worker/reservations.ts';
import { DAY, NOON, request, settlement, withFolder } from './fixture.ts';

const LIMIT = 1000;

type Step =
  | { readonly do: 'reserve'; readonly worst: number; readonly inline: boolean }
  | { readonly do: 'settle'; readonly which: number; readonly share: number; readonly cancelled: boolean }
  | { readonly do: 'void'; readonly which: number }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'crash' }
  | { readonly do: 'clock'; readonly hours: number };

const which = fc.nat(30);
const step: fc.Arbitrary<{ readonly window: 0 | 1; readonly step: Step }> = fc.record({
  window: fc.constantFrom(0 as const, 1 as const),
  step: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('reserve' as const), worst: fc.nat(400), inline: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        which,
        cancelled: fc.boolean(),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('clock' as const), hours: fc.integer({ min: -900, max: 900 }) }),
    },
  ),
});

describe('ledger, any interleaving', () => {
  it('keeps settled + held back + reserved within the limit of every month', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) =>
        withFolder(async (folder) => {
          const place = { folder, busyMs: 1000, remembered: undefined };
          const windows = [await openBooks(place, NOON), await openBooks(place, NOON)];
          const state: State = { windows, now: NOON, ids: [] };
          try {
            for (const { window, step: action } of steps) {
              if (action.do === 'crash') {
                state.windows[window]!.db.close();
                state.windows[window] = await openBooks(place, state.now);
                sweepAbandoned(state.windows[window], state.now);
              } else perform(state, window, action);
              check(state.windows[0]!);
            }
          } finally {
            for (const { db } of state.windows) db.close();
          }
        }),
      ),
      { numRuns: 25 },
    );
  });
});

interface State {
  readonly windows: Books[];
  now: number;
  readonly ids: { readonly id: ReservationId; readonly worst: number }[];
}

function perform(state: State, window: 0 | 1, action: Exclude<Step, { do: 'crash' }>): void {
  const books = state.windows[window]!;
  const { now, ids } = state;
  if (action.do === 'clock') {
    state.now = Math.max(NOON - 40 * DAY, now + action.hours * 3_600_000);
    return;
  }
  if (action.do === 'reserve') {
    const worst = action.worst as NanoUsd;
    const order = request(0, {
      worstCase: worst,
      limit: LIMIT as NanoUsd,
      purpose: action.inline ? 'inline' : 'ask',
    });
    const result = reserve(books, order, now);
    if (result.ok) ids.push({ id: result.value.id, worst });
    return;
  }
  const target = ids[action.which % Math.max(1, ids.length)];
  if (!target) return;
  if (action.do === 'void') voidReservation(books, target.id, 'not served', now);
  else if (action.do === 'release') releaseHold(books, target.id, 'released', now);
  else {
    const cost = Math.floor(target.worst * action.share) as NanoUsd;
    const heldBack = action.cancelled ? left(target.worst as NanoUsd, cost) : (0 as NanoUsd);
    settle(books, target.id, settlement(0, { cost, heldBack }), now);
  }
}

function check({ db }: Books): void {
  const rows = db.all(
    `SELECT period, sum(cost) + sum(held) + sum(CASE state WHEN 'reserved' THEN worst ELSE 0 END) total
     FROM entries GROUP BY period`,
  );
  for (const row of rows) {
    const total = integer(row, 'total');
    assert.ok(total <= LIMIT, `${total} in ${String(row['period'])}`);
    const sums = db.get(
      'SELECT sum(settled + reserved + held) total FROM spend WHERE period = ?',
      row['period']!,
    );
    assert.equal(integer(sums, 'total'), total);
  }
  assert.equal(db.all('SELECT 1 FROM spend WHERE settled < 0 OR reserved < 0 OR held < 0').length, 0);
}
