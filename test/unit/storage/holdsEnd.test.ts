/** How money that is reserved for calls without a bill comes back: by a bill, by the user, or with its month. */
import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { type NanoUsd, type ReservationId, armId } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { inProportion } from '../../../src/core/money/inProportion.ts';
import { type Books, currentPeriod, sumsOf } from '../../../src/storage/worker/books.ts';
import { integer, openDatabase, text } from '../../../src/storage/worker/database.ts';
import { reconcile, releaseHold } from '../../../src/storage/worker/holds.ts';
import { takeLookUps } from '../../../src/storage/worker/lookUps.ts';
import { takeNotices } from '../../../src/storage/worker/notices.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve, settle, sweepAbandoned } from '../../../src/storage/worker/reservations.ts';
import { migrations } from '../../../src/storage/worker/schema.ts';
import { stateTotal } from '../../../src/storage/worker/statedTotal.ts';
import { DAY, NOON, request, settlement, withFolder } from './fixture.ts';

const DECEMBER = new Date(2026, 11, 2, 12).getTime();
const told = (usd: number) => ({ ...settlement(usd), source: 'reported' }) as const;

async function withBooks(work: (books: Books) => void): Promise<void> {
  await withFolder(async (folder) => {
    const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
    try {
      work(books);
    } finally {
      books.db.close();
    }
  });
}

/** A stopped call of that worst case: a known id, an estimate, and the rest of the reservation held. */
function stopped(books: Books, worst: number, estimate: number, endpoint = 'openrouter'): ReservationId {
  const made = reserve(books, request(worst, { armId: armId(endpoint, 'm') }), NOON);
  assert.ok(made.ok);
  const heldBack = nano(worst - estimate);
  const end = { source: 'estimate', heldBack, generationId: `g-${made.value.id}` } as const;
  settle(books, made.value.id, settlement(estimate, end), NOON);
  return made.value.id;
}
function billed(books: Books, cost: number): void {
  const made = reserve(books, request(cost, { armId: armId('openrouter', 'm') }), NOON);
  assert.ok(made.ok);
  settle(books, made.value.id, settlement(cost), NOON);
}
const row = (books: Books, id: string) => {
  const found = books.db.get('SELECT * FROM entries WHERE id = ?', id);
  assert.ok(found);
  return found;
};
const november = (books: Books) => sumsOf(books.db, '2026-11');

describe('a hold that is released', () => {
  it('leaves the estimate as spent, and its bill is recorded in full when it comes, flagged and told once', () =>
    withBooks((books) => {
      const id = stopped(books, 0.5, 0.1);
      assert.deepEqual(november(books), { settled: 0, reserved: 0, held: nano(0.5) });
      assert.equal(releaseHold(books, id, 'mine', NOON), nano(0.4));
      assert.deepEqual(november(books), { settled: nano(0.1), reserved: 0, held: 0 });
      assert.equal(
        takeLookUps(books, ['openrouter'], NOON + DAY).due.length,
        1,
        'its bill is asked for still',
      );

      const late = reconcile(books, id, told(0.45), 'told', NOON + DAY);
      assert.deepEqual(late, { freed: nano(0.1) - nano(0.45), cost: nano(0.45), isLate: true });
      assert.deepEqual(november(books), { settled: nano(0.45), reserved: 0, held: 0 });
      assert.equal(text(row(books, id), 'note'), 'billed-after-release');
      assert.equal(reconcile(books, id, told(0.45), 'again', NOON + DAY).isLate, false, 'once');
    }));

  it('ends with its month: at the estimate, a crashed call at what was expected of it', () =>
    withBooks((books) => {
      const id = stopped(books, 0.5, 0.1);
      assert.ok(reserve(books, request(0.4), NOON).ok);
      sweepAbandoned(books, NOON + DAY);
      assert.deepEqual(november(books), { settled: 0, reserved: 0, held: nano(0.9) });
      assert.ok(reserve(books, request(0.3), DECEMBER).ok);
      assert.deepEqual(november(books), { settled: nano(0.1) + request(0.4).expected, reserved: 0, held: 0 });
      assert.deepEqual(sumsOf(books.db, '2026-12'), { settled: 0, reserved: nano(0.3), held: 0 });
      const reasons = books.db.all('SELECT reason FROM releases').map((found) => text(found, 'reason'));
      assert.deepEqual(reasons, ['month ended', 'month ended']);

      const late = reconcile(books, id, told(0.2), 'told', DECEMBER);
      assert.equal(late.isLate, true);
      assert.equal(integer(row(books, id), 'cost'), nano(0.2));
      assert.equal(sumsOf(books.db, '2026-12').settled, 0, 'a bill belongs to the month of its call');
    }));
});

describe('a total that the user states', () => {
  it('settles each call without a bill, in proportion to its estimate and to the last nano-USD', () =>
    withBooks((books) => {
      billed(books, 0.3);
      const [first, second] = [stopped(books, 0.1, 0.01), stopped(books, 0.2, 0.02)];
      const other = stopped(books, 0.1, 0.05, 'elsewhere');
      const total = (nano(0.3) + 100) as NanoUsd;
      const freed = nano(0.3) - 100;
      assert.deepEqual(stateTotal(books, total, 'openrouter', NOON), { kind: 'settled', calls: 2, freed });
      assert.deepEqual([integer(row(books, first), 'cost'), integer(row(books, second), 'cost')], [33, 67]);
      assert.equal(text(row(books, first), 'note'), 'stated-total');
      assert.deepEqual(november(books), { settled: total, reserved: 0, held: nano(0.1) });
      assert.equal(integer(row(books, other), 'held'), nano(0.05), 'of that endpoint only');
      assert.equal(
        reconcile(books, first, told(0.05), 'told', NOON).cost,
        undefined,
        'it is part of the total',
      );
    }));

  it('records more than was reserved, with and without such calls, and refuses less than the bills', () =>
    withBooks((books) => {
      billed(books, 0.3);
      assert.deepEqual(stateTotal(books, nano(0.2), undefined, NOON), {
        kind: 'below-bills',
        known: nano(0.3),
      });
      stopped(books, 0.1, 0.05);
      const more = stateTotal(books, nano(0.6), 'openrouter', NOON);
      assert.deepEqual(more, { kind: 'settled', calls: 1, freed: nano(0.1) - nano(0.3) });
      stateTotal(books, nano(0.7), undefined, NOON);
      assert.deepEqual(november(books), { settled: nano(0.7), reserved: 0, held: 0 });
    }));

  it('is split without a rest, whatever the weights', () => {
    const weights = fc.array(
      fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }), fc.constant(Number.NaN)),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(fc.nat(1e9), weights, (total, given) => {
        const shares = inProportion(total, given);
        assert.equal(
          shares.reduce((sum, share) => sum + share, 0),
          total,
        );
        assert.ok(shares.every((share) => Number.isSafeInteger(share) && share >= 0));
      }),
    );
  });
});

describe('the notice about reserved money', () => {
  it('comes once when a fifth of the limit is passed, and again only after a release of all', () =>
    withBooks((books) => {
      const taken = (): readonly string[] => takeNotices(books, nano(1), NOON).map(({ kind }) => kind);
      stopped(books, 0.2, 0.01);
      assert.deepEqual(taken(), [], 'not at the fifth');
      assert.ok(reserve(books, request(0.4), NOON).ok);
      assert.deepEqual(taken(), [], 'what is under way ends by itself');
      stopped(books, 0.2, 0.01);
      assert.deepEqual(taken(), ['reserved']);
      assert.deepEqual(taken(), []);
      releaseHold(books, 'all', 'mine', NOON);
      stopped(books, 0.3, 0.01);
      assert.deepEqual(taken(), ['reserved']);
    }));
});

describe('a ledger of 0.1.0', () => {
  it('opens with the estimates of held calls among what is reserved, and holds of former months ended', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'pilot.db');
      const old = await openDatabase(file, { busyMs: 100 });
      for (const sql of migrations.slice(0, 2)) old.exec(sql);
      old.exec('PRAGMA user_version = 2; PRAGMA application_id = 0x504c4f54');
      const entry = (id: string, period: string, cost: number, held: number, swept = 0): void => {
        old.run(
          `INSERT INTO entries (id, period, day, at, settled_at, state, swept, arm, purpose, inline, workspace, language,
             expected, worst, cost, held, source)
           VALUES (?, ?, ?, ?, ?, 'settled', ?, 'e/m', 'ask', 0, 'w', '', 30, 100, ?, ?, ?)`,
          ...[
            id,
            period,
            `${period}-01`,
            NOON,
            NOON,
            swept,
            cost,
            held,
            swept === 1 ? 'worst-case' : 'estimate',
          ],
        );
      };
      entry('old', '2026-10', 10, 90);
      entry('bill', '2026-11', 7, 0);
      entry('held', '2026-11', 20, 80);
      entry('swept', '2026-11', 100, 0, 1);
      // As 0.1.0 summed them: estimates and worst cases of crashed calls as settled.
      old.run(`INSERT INTO spend VALUES ('2026-10', 'w', 0, 10, 0, 90), ('2026-11', 'w', 0, 127, 0, 80)`);
      old.run(`INSERT INTO meta VALUES ('period', '2026-11'), ('money_seq', '4')`);
      old.close();

      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      try {
        assert.equal(currentPeriod(books.db, NOON).id, '2026-11');
        assert.deepEqual(november(books), { settled: 7, reserved: 0, held: 200 }, 'the same 207 in all');
        assert.deepEqual(sumsOf(books.db, '2026-10'), { settled: 10, reserved: 0, held: 0 });
        assert.equal(releaseHold(books, 'all', 'mine', NOON), 80 + 70);
        assert.deepEqual(november(books), { settled: 7 + 20 + 30, reserved: 0, held: 0 });
      } finally {
        books.db.close();
      }
    });
  });
});
