/**
 * A bill above its reservation that cannot be written at once is written later, by another window or after a restart
 * too.
 */
import assert from 'node:assert/strict';
import { nano } from '../../../src/core/money.ts';
import type { ReservationId } from '../../../src/core/brand.ts';
import { BillJournal } from '../../../src/storage/billJournal.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { databaseFile } from '../../../src/storage/worker/recovery.ts';
import { request, reserved, settlement, withFolder, withStore } from './fixture.ts';

/** Another process that holds the write lock while `work` runs. */
async function locked(folder: string, work: () => Promise<void>): Promise<void> {
  const other = await openDatabase(databaseFile(folder), { busyMs: 1000 });
  other.exec('BEGIN IMMEDIATE');
  try {
    await work();
  } finally {
    other.exec('ROLLBACK');
    other.close();
  }
}

const called = async (store: Store): Promise<ReservationId> => (await reserved(store, request(0.1))).id;

describe('a bill that cannot be written', () => {
  const busyMs = 20;

  it('is written once another window lets go of the lock, and before the next payment', () =>
    withFolder((folder) =>
      withStore({ folder, busyMs }, async (store) => {
        const id = await called(store);
        await locked(folder, async () => {
          assert.equal((await store.ledger.settle(id, settlement(0.95))).ok, false);
        });
        const refused = await store.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'over-limit');
        assert.equal(store.ledger.summary().settled, nano(0.95));
        const [entry] = await store.usage.entries(0, 10);
        assert.deepEqual(
          [entry?.overrun, entry?.source, entry?.tokens.output],
          [nano(0.85), 'priced-usage', 50],
        );
        assert.deepEqual(new BillJournal(folder).all(), []);
        const again = await store.ledger.settle(id, settlement(0.5));
        assert.equal(!again.ok && again.error, 'already-settled');
      }),
    ));

  it('is written after a restart, or by the other window', () =>
    withFolder(async (folder) => {
      await withStore({ folder, busyMs }, async (other) => {
        await withStore({ folder, busyMs }, async (store) => {
          const id = await called(store);
          await locked(folder, async () => {
            // The window ends while it waits for the lock.
            void store.ledger.settle(id, settlement(0.9));
            await store.close();
          });
        });
        assert.equal(new BillJournal(folder).all().length, 1);
        await other.usage.periods();
        assert.equal(other.ledger.summary().settled, nano(0.9));
      });
      await withStore({ folder, busyMs }, async (store) => {
        await store.usage.periods();
        assert.equal(store.ledger.summary().settled, nano(0.9), 'once');
      });
    }));

  it('is recorded in full where the file with its reservation is gone', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        await store.usage.periods();
        new BillJournal(folder).put({ id: 'of-another-file' as ReservationId, settlement: settlement(0.3) });
        for (let n = 0; n < 2; n++) await store.usage.periods();
        assert.equal(store.ledger.summary().settled, nano(0.3));
      }),
    ));
});

describe('the journal of bills', () => {
  const bill = (n: number) => ({ id: `call-${n}` as ReservationId, settlement: settlement(n) });

  it('keeps 64, one place each, and says so when there is no room', () =>
    withFolder((folder) => {
      const journal = new BillJournal(folder);
      for (let n = 1; n <= 64; n++) assert.equal(journal.put(bill(n)), true);
      assert.equal(journal.put(bill(65)), false);
      assert.equal(journal.put(bill(7)), true, 'that one has its place');
      assert.equal(journal.all().length, 64);
      journal.drop(bill(3).id);
      assert.equal(journal.put(bill(65)), true);
      assert.deepEqual(
        journal
          .all()
          .map(({ settlement: { cost } }) => cost)
          .sort((a, b) => a - b)
          .at(-1),
        nano(65),
      );
      return Promise.resolve();
    }));

  it('takes neither a prompt nor a key for an id, and no damaged place for a bill', () =>
    withFolder((folder) => {
      const journal = new BillJournal(folder);
      journal.put({
        ...bill(1),
        settlement: settlement(1, { generationId: 'my secret prompt', note: 'ü'.repeat(900) }),
      });
      const [kept] = journal.all();
      assert.equal(kept?.settlement.generationId, undefined);
      assert.ok((kept?.settlement.note?.length ?? 0) <= 200);
      return Promise.resolve();
    }));
});
