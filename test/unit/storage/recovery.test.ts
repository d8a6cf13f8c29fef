import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { nano } from '../../../src/core/money.ts';
import type { ArmId, NanoUsd, ReservationId } from '../../../src/core/brand.ts';
import { committed, currentPeriod, readMeta, sumsOf, type Books } from '../../../src/storage/worker/books.ts';
import { confirmTotal, raiseDoubt } from '../../../src/storage/worker/confirmation.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { releaseHold, reconcile } from '../../../src/storage/worker/holds.ts';
import { takeLookUps } from '../../../src/storage/worker/lookUps.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { databaseFile, mirrorFile, openBooks } from '../../../src/storage/worker/recovery.ts';
import {
  reserve,
  settle,
  sweepAbandoned,
  voidReservation,
} from '../../../src/storage/worker/reservations.ts';
import { migrations } from '../../../src/storage/worker/schema.ts';
import { routedLog } from '../../fakes/routedLog.ts';
import { DAY, NOON, fakeMirror, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

/** Spends 0.40 in a store of its own and leaves the files. */
async function spend(folder: string, mirror = fakeMirror()): Promise<void> {
  await withStore({ folder, mirror }, async (store) => {
    const { id } = await reserved(store, request(0.5));
    await store.ledger.settle(id, settlement(0.4));
  });
}

const setAside = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith('pilot.db.set-aside-') && name.endsWith('Z'));

async function refusal(store: Store, worstUsd = 0.1): Promise<string> {
  const result = await store.ledger.reserve(request(worstUsd));
  return result.ok ? 'granted' : result.error.kind;
}

describe('ledger recovery', () => {
  it('starts clean where nothing was', async () => {
    await withFolder((folder) =>
      withStore({ folder: path.join(folder, 'not', 'there', 'yet') }, async (store) => {
        assert.equal(await refusal(store), 'granted');
        assert.equal(store.ledger.summary().state, 'ready');
      }),
    );
  });

  it('recovers by itself when all three witnesses agree', async () => {
    await withFolder(async (folder) => {
      const mirror = fakeMirror();
      await spend(folder, mirror);
      // The application id in the header: no longer PILOT's, though every row is readable.
      damage(folder, (bytes) => bytes.fill(0xff, 68, 72));
      await withStore({ folder, mirror }, async (store) => {
        assert.equal(await refusal(store), 'granted');
        assert.equal(store.ledger.summary().settled, nano(0.4));
        assert.equal((await store.usage.entries(0, 10)).length, 2);
      });
      assert.equal(setAside(folder).length, 1);
    });
  });

  it('sets a damaged file aside, keeps it, and stops paid calls until an amount is confirmed', async () => {
    await withFolder(async (folder) => {
      const mirror = fakeMirror();
      await spend(folder, mirror);
      damage(folder, (bytes) => bytes.fill(0x5a));
      await withStore({ folder, mirror }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        const summary = store.ledger.summary();
        assert.equal(summary.state, 'needs-confirmation');
        assert.deepEqual(summary.candidates, [
          { source: 'mirror', total: nano(0.4) },
          { source: 'global-state', total: nano(0.4) },
        ]);
        assert.equal(summary.settled, nano(0.4));
        assert.equal((await store.ledger.reserve(request(0))).ok, true, 'free models go on');

        await store.ledger.confirmTotal(nano(0.95));
        assert.equal(store.ledger.summary().state, 'ready');
        assert.equal(await refusal(store), 'over-limit');
        assert.equal(await refusal(store, 0.05), 'granted');
      });
      const [aside] = setAside(folder);
      assert.ok(aside);
      assert.equal(readFileSync(path.join(folder, aside))[0], 0x5a);
    });
  });

  it('takes the highest of what the witnesses say until the user decides, also downwards', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      const mirror = fakeMirror({ period: '2026-11', total: nano(0.7), seq: 9 });
      damage(folder, (bytes) => bytes.fill(0));
      await withStore({ folder, mirror }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        assert.equal(store.ledger.summary().settled, nano(0.7));
        await store.ledger.confirmTotal(nano(0.4));
        assert.equal(store.ledger.summary().settled, nano(0.4));
      });
    });
  });

  it('brings over what is readable of a damaged file', async () => {
    await withFolder(async (folder) => {
      const mirror = fakeMirror();
      await withStore({ folder, mirror }, async (store) => {
        await Promise.all(Array.from({ length: 600 }, () => store.ledger.reserve(request(0.0003))));
      });
      const size = statSync(databaseFile(folder)).size;
      // The end of the file: some rows are lost, most are not.
      damage(folder, (bytes) => bytes.fill(0x11, Math.floor(size * 0.7)));
      await withStore({ folder, mirror }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        const aside = store.ledger.summary().candidates.find(({ source }) => source === 'set-aside');
        assert.ok(aside && nano(0.01) < aside.total && aside.total < nano(0.18), JSON.stringify(aside));
        assert.equal(store.ledger.summary().reserved + store.ledger.summary().settled, nano(0.18));
      });
    });
  });

  it('notices a database that has gone although money was spent', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      for (const name of readdirSync(folder))
        if (name.startsWith('pilot.db')) rmSync(path.join(folder, name));
      await withStore({ folder }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        assert.deepEqual(store.ledger.summary().candidates, [{ source: 'mirror', total: nano(0.4) }]);
      });
    });
  });

  it('sets a journal without its database aside instead of replaying it into the next one', async () => {
    await withFolder(async (folder) => {
      const journal = `${databaseFile(folder)}-wal`;
      let stale = Buffer.alloc(0);
      await withStore({ folder }, async (store) => {
        await reserved(store, request(0.4));
        stale = readFileSync(journal);
      });
      assert.ok(stale.length > 0);
      rmSync(databaseFile(folder));
      writeFileSync(journal, stale);
      await withStore({ folder }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        // One row: the opening balance, and not the call that the journal contains.
        assert.deepEqual(
          (await store.usage.entries(0, 10)).map(({ purpose }) => purpose),
          ['opening'],
        );
      });
      const kept = readdirSync(folder).find((name) => name.includes('set-aside') && name.endsWith('-wal'));
      assert.ok(kept);
      assert.deepEqual(readFileSync(path.join(folder, kept)), stale);
    });
  });

  it('notices it while running, too', async () => {
    await withFolder((folder) =>
      withStore({ folder }, async (store) => {
        await reserved(store, request(0.4));
        for (const name of readdirSync(folder))
          if (name.startsWith('pilot.db')) rmSync(path.join(folder, name));
        assert.equal(await refusal(store), 'needs-confirmation');
      }),
    );
  });

  it('treats an emptied file as damaged, not as new', async () => {
    await withFolder(async (folder) => {
      const mirror = fakeMirror();
      await spend(folder, mirror);
      damage(folder, () => undefined, 0);
      await withStore({ folder, mirror }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
      });
    });
  });

  it('notices an older copy of the database put back', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      const backup = path.join(folder, 'backup');
      copyFileSync(databaseFile(folder), backup);
      await spend(folder);
      copyFileSync(backup, databaseFile(folder));
      await withStore({ folder }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        assert.equal(store.ledger.summary().settled, nano(0.8));
      });
    });
  });

  it('does not trust a mirror whose checksum is wrong', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      const tampered = readFileSync(mirrorFile(folder), 'utf8').replace('400000000', '100000000');
      writeFileSync(mirrorFile(folder), tampered);
      for (const name of readdirSync(folder))
        if (name.startsWith('pilot.db')) rmSync(path.join(folder, name));
      await withStore({ folder }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        assert.deepEqual(store.ledger.summary().candidates, []);
      });
    });
  });

  it('a doubt about one month does not stop the next', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      damage(folder, (bytes) => bytes.fill(0));
      const clock = { time: new Date(2026, 10, 30).getTime(), now: () => clock.time };
      await withStore({ folder, clock }, async (store) => {
        assert.equal(await refusal(store), 'needs-confirmation');
        clock.time = new Date(2026, 11, 1).getTime();
        assert.equal(await refusal(store), 'granted');
      });
    });
  });

  it('leaves the file of a newer version untouched and stops paid calls', async () => {
    await withFolder(async (folder) => {
      await spend(folder);
      const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
      db.exec('PRAGMA user_version = 99');
      db.close();
      await withStore({ folder }, async (store) => {
        const result = await store.ledger.reserve(request(0.1));
        assert.equal(
          !result.ok && result.error.kind === 'unavailable' && result.error.problem,
          'newer-schema',
        );
        assert.equal(store.ledger.summary().state, 'unavailable');
        assert.equal((await store.ledger.reserve(request(0))).ok, true, 'free models go on');
      });
      assert.deepEqual(setAside(folder), []);
    });
  });

  it('refuses paid calls and lets free ones pass where nothing can be written', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'file');
      writeFileSync(file, '');
      await withStore({ folder: path.join(file, 'storage') }, async (store) => {
        const paid = await store.ledger.reserve(request(0.1));
        assert.equal(!paid.ok && paid.error.kind === 'unavailable' && paid.error.problem, 'read-only');
        const free = await reserved(store, request(0));
        assert.equal((await store.ledger.settle(free.id, settlement(0))).ok, true);
        assert.deepEqual(await store.usage.spend('day', {}), []);
        await assert.rejects(store.log.loadSnapshot(), 'it is not known that there is none');
      });
    });
  });

  it('is ready again once the file can be used, though no amount has changed', async () => {
    await withFolder(async (folder) => {
      await withStore({ folder }, async (store) => {
        await reserved(store, request(0.1));
        const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
        // An open connection does not read the version again; a new file identity makes it do so.
        db.exec('PRAGMA user_version = 99');
        db.close();
        copyFileSync(databaseFile(folder), `${databaseFile(folder)}.copy`);
        renameSync(`${databaseFile(folder)}.copy`, databaseFile(folder));
        assert.equal(await refusal(store), 'unavailable');
        assert.equal(store.ledger.summary().state, 'unavailable');
        const again = await openDatabase(databaseFile(folder), { busyMs: 100 });
        again.exec(`PRAGMA user_version = ${migrations.length}`);
        again.close();
        await store.usage.periods();
        assert.equal(store.ledger.summary().state, 'ready');
      });
    });
  });

  it('refuses paid calls when the worker cannot be started, and says so', async () => {
    await withFolder((folder) =>
      withStore({ folder, workerPath: path.join(folder, 'no-worker.js') }, async (store) => {
        for (let i = 0; i < 6; i++) assert.equal(await refusal(store), 'unavailable');
        assert.equal(store.ledger.summary().problemKind, 'worker-gone');
        assert.equal((await store.ledger.reserve(request(0))).ok, true);
      }),
    );
  });

  it('makes no paid call while another process keeps the lock', async () => {
    await withFolder((folder) =>
      withStore({ folder, busyMs: 50 }, async (store) => {
        await reserved(store, request(0.1));
        const other = await openDatabase(databaseFile(folder), { busyMs: 50 });
        other.exec('BEGIN IMMEDIATE');
        assert.equal(await refusal(store), 'busy');
        other.exec('ROLLBACK');
        other.close();
        assert.equal(await refusal(store), 'granted');
        assert.equal(store.ledger.summary().state, 'ready');
      }),
    );
  });
});

describe('learning after a loss', () => {
  const logged = routedLog({ seed: 3, prompts: 9, start: NOON - DAY, days: 1, budget: 1 }).logged.map(
    ({ decision }) => decision,
  );

  it('is read where a snapshot covers more of the log than could be brought over', () =>
    withFolder(async (folder) => {
      await withStore({ folder }, async ({ log }) => {
        for (const decision of logged.slice(0, 6)) await log.append(decision);
        await log.loadSnapshot();
        await log.saveSnapshot(6, { learnt: true });
        await log.forget({ kind: 'model', armId: 'nobody/nothing' as ArmId });
        await log.saveSnapshot(6, { learnt: true });
      });
      const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
      db.run('DELETE FROM log WHERE seq > 3');
      db.close();
      damage(folder, (bytes) => bytes.fill(0xff, 68, 72));
      await withStore({ folder }, async ({ log }) => {
        const snapshot = await log.loadSnapshot();
        assert.deepEqual(snapshot, { seq: 6, state: { learnt: true } });
        await log.append(logged[7]!);
        const after = await log.read(snapshot.seq, 10);
        assert.deepEqual(
          after.map((entry) => entry.type === 'decision' && entry.decision.id),
          [logged[7]!.id],
        );
      });
      const successor = await openDatabase(databaseFile(folder), { busyMs: 100 });
      assert.equal(readMeta(successor, 'forgettings'), '1', 'what was forgotten stays so');
      successor.close();
    }));

  it('is read by a window that was open when the whole file went', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { log } = store;
        await reserved(store, request(0.1));
        for (const decision of logged.slice(0, 6)) await log.append(decision);
        const at = (await log.read(0, 10)).at(-1)!.seq;
        for (const name of readdirSync(folder))
          if (name.startsWith('pilot.db')) rmSync(path.join(folder, name));
        await log.append(logged[7]!);
        assert.equal((await log.read(at, 10)).length, 1);
      }),
    ));
});

/**
 * Whatever happens to the calls that were open when the user stated the total: the month never counts less, since the
 * limit would let more pass than it states.
 */
describe('a confirmed total', () => {
  const cents = (books: Books): number =>
    committed(sumsOf(books.db, currentPeriod(books.db, NOON).id)) / nano(0.01);

  async function confirming(
    work: (books: Books, made: (usd: number) => ReservationId) => void,
  ): Promise<void> {
    await withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const made = (usd: number): ReservationId => {
        const result = reserve(books, request(usd), NOON);
        assert.ok(result.ok);
        return result.value.id;
      };
      try {
        work(books, made);
      } finally {
        books.db.close();
      }
    });
  }
  const confirm = (books: Books, usd: number, at = NOON): void => {
    raiseDoubt(books.db, currentPeriod(books.db, NOON), []);
    confirmTotal(books, nano(usd), at);
  };
  const held = settlement(0.05, { source: 'estimate', heldBack: nano(0.45), generationId: 'g-1' });
  const bill = { ...settlement(0.06), source: 'reported' } as const;

  for (const [what, after] of [
    [
      'the provider tells its bill',
      (books, id) => assert.equal(reconcile(books, id, bill, 'told', NOON).freed, 0),
    ],
    ['the user releases it', (books, id) => assert.equal(releaseHold(books, id, 'mine', NOON), 0)],
    ['the user releases all', (books) => assert.equal(releaseHold(books, 'all', 'mine', NOON), 0)],
  ] as readonly (readonly [string, (books: Books, id: ReservationId) => void])[])
    it(`ends what was held back: it is not given back once more when ${what}`, () =>
      confirming((books, made) => {
        const id = made(0.5);
        settle(books, id, held, NOON);
        confirm(books, 0.06);
        assert.equal(cents(books), 6);
        assert.deepEqual(takeLookUps(books, ['openrouter'], NOON + DAY).due, []);
        after(books, id);
        assert.equal(cents(books), 6);
        assert.deepEqual(sumsOf(books.db, '2026-11').held, 0);
        const [{ amount, reason } = {}] = books.db.all('SELECT * FROM releases WHERE entry_id = ?', id);
        assert.deepEqual([amount, reason], [nano(0.45), 'total confirmed']);
      }));

  it('ends what a crash left at its worst case, also for one who only slept', () =>
    confirming((books, made) => {
      const [first, second] = [made(0.3), made(0.4)];
      sweepAbandoned(books, NOON + DAY / 4);
      releaseHold(books, second, 'mine', NOON);
      confirm(books, 0.2, NOON + DAY / 4);
      assert.equal(cents(books), 20);
      assert.equal(releaseHold(books, 'all', 'mine', NOON + DAY / 4), 0);
      for (const id of [first, second]) settle(books, id, settlement(0.01), NOON + DAY / 4);
      assert.equal(cents(books), 20);
    }));

  it('does not count what is still under way, however that ends', () =>
    confirming((books, made) => {
      const [served, voided] = [made(0.5), made(0.4)];
      confirm(books, 0.06);
      assert.equal(cents(books), 96);
      settle(books, served, { ...settlement(0.01), heldBack: 0 as NanoUsd }, NOON);
      voidReservation(books, voided, 'not served', NOON);
      assert.equal(cents(books), 7);
    }));
});

/** Rewrites the database file like a failing disk; the write-ahead log has been folded in by then. */
function damage(folder: string, change: (bytes: Buffer) => unknown, keep = Infinity): void {
  const file = databaseFile(folder);
  assert.equal(existsSync(`${file}-wal`), false);
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes.subarray(0, Math.min(bytes.length, keep)));
}
