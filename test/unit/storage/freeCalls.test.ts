import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { ReservationId } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { Coalesced } from '../../../src/storage/host/coalesced.ts';
import { pruneEntries } from '../../../src/storage/worker/logTables.ts';
import { mirrorFile, openBooks } from '../../../src/storage/worker/recovery.ts';
import { sumsOf } from '../../../src/storage/worker/books.ts';
import { holdList } from '../../../src/storage/worker/usageTables.ts';
import {
  reserve,
  settle,
  sweepAbandoned,
  voidReservation,
} from '../../../src/storage/worker/reservations.ts';
import { DAY, NOON, fakeMirror, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

describe('free calls', () => {
  it('write no mirror, neither the file nor globalState', () =>
    withFolder(async (folder) => {
      let saves = 0;
      const mirror = { load: () => undefined, save: () => (saves += 1) };
      await withStore({ folder, mirror }, async (store) => {
        const paid = await reserved(store, request(0.5));
        await store.ledger.settle(paid.id, settlement(0.4));
      });
      const [file, before] = [readFileSync(mirrorFile(folder), 'utf8'), saves];
      const remembered = { ...mirror, load: () => ({ period: '2026-11', total: nano(0.4), seq: 2 }) };
      await withStore({ folder, mirror: remembered }, async (store) => {
        for (let call = 0; call < 3; call++) {
          const { id } = await reserved(store, request(0));
          assert.equal((await store.ledger.settle(id, settlement(0))).ok, true);
        }
        assert.equal((await store.usage.entries(0, 10)).length, 4);
      });
      assert.equal(readFileSync(mirrorFile(folder), 'utf8'), file);
      assert.equal(saves, before);
    }));

  it('that are billed after all write it', () =>
    withFolder(async (folder) => {
      const mirror = fakeMirror();
      await withStore({ folder, mirror }, async (store) => {
        const { id } = await reserved(store, request(0));
        assert.equal(existsSync(mirrorFile(folder)), false);
        await store.ledger.settle(id, settlement(0.3));
      });
      assert.equal((mirror.saved as { total?: unknown }).total, nano(0.3));
      assert.match(readFileSync(mirrorFile(folder), 'utf8'), /300000000/);
    }));

  it('do not wait for the disk; money does, and so does the turn of the month', () =>
    withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const { db } = books;
      /** SQLite's setting during the work: 1 = NORMAL, 2 = FULL. */
      const during: number[] = [];
      const immediate = db.immediate.bind(db);
      db.immediate = (work, durability) =>
        immediate(() => {
          during.push(db.pragmaNumber('synchronous'));
          return work();
        }, durability);
      const made = (usd: number, at = NOON): ReservationId => {
        const result = reserve(books, request(usd), at);
        assert.ok(result.ok);
        return result.value.id;
      };
      const waits = (work: () => unknown): boolean => {
        during.length = 0;
        work();
        assert.equal(during.length, 1, 'one commit');
        assert.equal(db.pragmaNumber('synchronous'), 2, 'and afterwards as before');
        return during[0] === 2;
      };
      assert.equal(
        waits(() => made(0.1)),
        true,
        'the month begins',
      );
      const [free, billed, left, paid] = [made(0), made(0), made(0), made(0.1)];
      assert.equal(
        waits(() => made(0)),
        false,
      );
      assert.equal(
        waits(() => settle(books, free, settlement(0), NOON)),
        false,
      );
      assert.equal(
        waits(() => voidReservation(books, left, 'refused', NOON)),
        false,
      );
      assert.equal(
        waits(() => settle(books, billed, settlement(0.2), NOON)),
        true,
        'billed after all',
      );
      assert.equal(
        waits(() => made(0.1)),
        true,
      );
      assert.equal(
        waits(() => settle(books, paid, settlement(0), NOON)),
        true,
        'frees what was reserved',
      );
      assert.equal(
        waits(() => made(0, NOON + 31 * DAY)),
        true,
        'another month',
      );
      assert.throws(() => db.immediate(() => { throw new Error('in the middle'); }, 'soon')); // prettier-ignore
      assert.equal(db.pragmaNumber('synchronous'), 2);
      db.close();
    }));

  it('that a crash left are no holds, and a bill that comes after all is still counted', () =>
    withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const made = reserve(books, request(0), NOON);
      const paid = reserve(books, request(0.1), NOON);
      assert.ok(made.ok && paid.ok);
      const later = NOON + DAY / 4;
      sweepAbandoned(books, later);
      assert.deepEqual(holdList(books.db, later).map(({ id }) => id), [paid.value.id]); // prettier-ignore
      assert.equal(settle(books, made.value.id, settlement(0.3), later).ok, true);
      assert.deepEqual(sumsOf(books.db, '2026-11'), { settled: nano(0.3), reserved: 0, held: nano(0.1) });
      books.db.close();
    }));

  it('leave the ledger when they are many or old; what cost something stays for 13 months', () =>
    withFolder(async (folder) => {
      const then = NOON - 400 * DAY;
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, then);
      const call = (usd: number, at = NOON): void => {
        const made = reserve(books, request(usd), at);
        assert.ok(made.ok);
        settle(books, made.value.id, settlement(usd), at);
      };
      call(0.1, then);
      call(0.2);
      for (let free = 0; free < 5; free++) call(0);
      reserve(books, request(0), NOON);
      call(0.3);
      assert.equal(pruneEntries(books.db, NOON, 2), 4);
      const left = books.db.all('SELECT cost, state FROM entries ORDER BY seq');
      assert.deepEqual(
        left.map(({ cost, state }) => [cost, state]),
        [
          [nano(0.2), 'settled'],
          [0, 'settled'],
          [0, 'settled'],
          [0, 'reserved'],
          [nano(0.3), 'settled'],
        ],
      );
      books.db.close();
    }));
});

describe('what is saved at most once in a while', () => {
  it('is the first at once, and the newest of the rest when asked to', () => {
    const saved: string[] = [];
    const coalesced = new Coalesced<string>((value) => saved.push(value), 60_000);
    for (const value of ['a', 'b', 'c']) coalesced.put(value);
    assert.deepEqual(saved, ['a']);
    coalesced.flush();
    coalesced.flush();
    assert.deepEqual(saved, ['a', 'c']);
  });

  it('comes by itself when the time is up', async () => {
    const done = new Promise<void>((resolve) => {
      const coalesced = new Coalesced<string>((value) => value === 'b' && resolve(), 1);
      coalesced.put('a');
      coalesced.put('b');
    });
    const alive = setInterval(() => undefined, 1000);
    await done;
    clearInterval(alive);
  });
});
