/** The start of a month in an open window: without any question, the store's poll finds it. */
import assert from 'node:assert/strict';
import { nano } from '../../../src/core/money.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve } from '../../../src/storage/worker/reservations.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { clockAt, request, reserved, settlement, withFolder, withStore, type FakeClock } from './fixture.ts';

const local = (year: number, month: number, day: number, hour = 0): number =>
  new Date(year, month - 1, day, hour).getTime();
const POLL_MS = 10;

/** Resolves the next time the store notifies its listeners by itself. */
const news = ({ ledger }: Store): Promise<void> =>
  new Promise((resolve) => {
    const listening = ledger.onDidChange(() => {
      listening.dispose();
      resolve();
    });
  });

/** An answer of the worker to the poll, with or without news. */
async function polled(store: Store): Promise<void> {
  await store.usage.periods();
  await new Promise((resolve) => setTimeout(resolve, 10 * POLL_MS));
  await store.usage.periods();
}

/** With 40 cents spent on the evening before the month ends. */
async function spending(work: (store: Store, clock: FakeClock) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const clock = clockAt(local(2026, 11, 30, 23));
    await withStore({ folder, clock, pollMs: POLL_MS }, async (store) => {
      const { id } = await reserved(store, request(0.5));
      await store.ledger.settle(id, settlement(0.4));
      await work(store, clock);
    });
  });
}

describe('the turn of the month', () => {
  it('is told by itself after a machine slept over midnight, and the month is new before it is told', () =>
    spending(async (store, clock) => {
      const told = news(store);
      clock.time = local(2026, 12, 1, 7);
      const { period, periodEnd, settled, requests } = store.ledger.summary();
      assert.deepEqual([period, periodEnd, settled, requests.ask], ['2026-12', local(2027, 1, 1), 0, 0]);
      await told;
      assert.equal(store.ledger.summary().period, '2026-12');
      assert.equal((await store.ledger.reserve(request(1))).ok, true, 'the whole limit is there again');
    }));

  it('comes once, also when the machine slept for months', () =>
    spending(async (store, clock) => {
      clock.time = local(2027, 3, 15);
      await reserved(store, request(0.1));
      const { period, reserved: standing } = store.ledger.summary();
      assert.deepEqual([period, standing], ['2027-03', nano(0.1)]);
      assert.deepEqual((await store.usage.periods()).map((one) => one.period), ['2027-03', '2026-11']); // prettier-ignore
    }));

  it('is not taken back when the clock goes back, nor is the spent month entered again', () =>
    spending(async (store, clock) => {
      clock.time = local(2026, 12, 1);
      await reserved(store, request(0.7));
      clock.time = local(2026, 11, 30, 12);
      await polled(store);
      assert.deepEqual(
        [store.ledger.summary().period, store.ledger.summary().reserved],
        ['2026-12', nano(0.7)],
      );
      assert.equal((await store.ledger.reserve(request(0.4))).ok, false, 'it counts against December');
      // Back in December nothing starts again.
      clock.time = local(2026, 12, 1, 1);
      await polled(store);
      assert.equal(store.ledger.summary().reserved, nano(0.7));
    }));

  it('is no turn when a clock was ahead for one look: the month and its spending are there again', () =>
    withFolder(async (folder) => {
      const clock = clockAt(local(2026, 11, 30, 23));
      await withStore({ folder, clock }, async (store) => {
        const { id } = await reserved(store, request(0.5));
        await store.ledger.settle(id, settlement(0.4));
        clock.time = local(2026, 12, 1);
        assert.equal(store.ledger.summary().settled, 0);
        clock.time = local(2026, 11, 30, 23);
        const { period, settled } = store.ledger.summary();
        assert.deepEqual([period, settled], ['2026-11', nano(0.4)]);
      });
    }));

  it('leaves the doubt about the last month behind', () =>
    withFolder(async (folder) => {
      const clock = clockAt(local(2026, 11, 30, 23));
      const mirror = { load: () => ({ period: '2026-11', total: nano(0.4), seq: 3 }), save: () => undefined };
      await withStore({ folder, clock, mirror, pollMs: POLL_MS }, async (store) => {
        assert.equal((await store.ledger.reserve(request(0.1))).ok, false);
        assert.equal(store.ledger.summary().state, 'needs-confirmation');
        clock.time = local(2026, 12, 1);
        assert.equal(store.ledger.summary().state, 'ready');
        assert.equal((await store.ledger.reserve(request(0.1))).ok, true);
      });
    }));

  describe('where clocks change at that very midnight', () => {
    const zone = process.env['TZ'];
    before(() => void (process.env['TZ'] = 'Asia/Damascus'));
    after(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    it('falls on the first instant of the day, whatever its clock says', () =>
      withFolder(async (folder) => {
        // On 1 April 2006 midnight was skipped: the day began at 1 o'clock, 22:00 of the day before in Greenwich.
        const turn = Date.UTC(2006, 2, 31, 22);
        assert.equal(new Date(turn).getHours(), 1, 'the zone is in force');
        const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, turn - 1);
        const periodOf = (at: number): string => {
          const result = reserve(books, request(0.1), at);
          assert.ok(result.ok);
          return result.value.period;
        };
        assert.equal(periodOf(turn - 1), '2006-03');
        assert.equal(periodOf(turn), '2006-04');
        assert.equal(periodOf(turn - 1), '2006-04', 'and never back');
        books.db.close();
      }));
  });
});
