/**
 * Files that open without errors but are not the last ones: older copies, restored folders, a folder deleted while it
 * is open.
 */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { NanoUsd } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import { periodAt } from '../../../src/core/money/period.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { committed, moneySeq, sumsOf, type Books } from '../../../src/storage/worker/books.ts';
import { pendingConfirmation } from '../../../src/storage/worker/confirmation.ts';
import { releaseHold } from '../../../src/storage/worker/holds.ts';
import type { MirroredTotal } from '../../../src/storage/mirroredTotal.ts';
import { writeMirror } from '../../../src/storage/worker/mirrorFile.ts';
import { databaseFile, mirrorFile, openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve, settle } from '../../../src/storage/worker/reservations.ts';
import { NOON, fakeMirror, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

const MONTH = periodAt(NOON);

async function opened<T>(
  folder: string,
  remembered: MirroredTotal | undefined,
  work: (books: Books) => T,
): Promise<T> {
  const books = await openBooks({ folder, busyMs: 100, remembered }, NOON);
  try {
    return work(books);
  } finally {
    books.db.close();
  }
}

const spent = (books: Books): NanoUsd => committed(sumsOf(books.db, MONTH.id));
const asked = (books: Books): boolean => pendingConfirmation(books.db, MONTH, NOON) !== undefined;

function spend(books: Books, usd: number): void {
  const result = reserve(books, request(usd), NOON);
  assert.ok(result.ok);
  settle(books, result.value.id, settlement(usd), NOON);
}

const paid = async (store: Store, usd: number): Promise<void> => {
  await reserved(store, request(usd));
};

const wipe = (folder: string): void => {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
};

describe('the witnesses of a month', () => {
  it('count a transaction that the mirror knows and the file does not, and the user may release it', () =>
    withFolder(async (folder) => {
      await opened(folder, undefined, (books) => spend(books, 0.4));
      const kept = path.join(folder, 'kept');
      copyFileSync(databaseFile(folder), kept);
      await opened(folder, undefined, (books) => assert.ok(reserve(books, request(0.3), NOON).ok));
      copyFileSync(kept, databaseFile(folder));
      await opened(folder, undefined, (books) => {
        assert.deepEqual([spent(books), asked(books)], [nano(0.7), false]);
        assert.equal(releaseHold(books, 'all', 'never sent', NOON), nano(0.3));
      });
      await opened(folder, undefined, (books) =>
        assert.deepEqual([spent(books), asked(books)], [nano(0.4), false]),
      );
    }));

  it('ask where globalState saw that transaction committed', () =>
    withFolder(async (folder) => {
      const mirror = fakeMirror();
      const kept = path.join(folder, 'kept');
      await withStore({ folder, mirror }, (store) => paid(store, 0.4));
      copyFileSync(databaseFile(folder), kept);
      await withStore({ folder, mirror }, (store) => paid(store, 0.3));
      copyFileSync(kept, databaseFile(folder));
      await withStore({ folder, mirror }, async (store) => {
        const refused = await store.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'needs-confirmation');
        assert.equal(store.ledger.summary().reserved + store.ledger.summary().settled, nano(0.7));
      });
    }));

  it('ask after the whole folder was restored from a backup, and are content with the answer', () =>
    withFolder(async (parent) => {
      const [folder, backup] = [path.join(parent, 'now'), path.join(parent, 'backup')];
      const mirror = fakeMirror();
      const more = async (store: Store, usd: number): Promise<void> => {
        const { id } = await reserved(store, request(usd));
        await store.ledger.settle(id, settlement(usd));
      };
      await withStore({ folder, mirror }, (store) => more(store, 0.2));
      cpSync(folder, backup, { recursive: true });
      await withStore({ folder, mirror }, (store) => more(store, 0.5));
      rmSync(folder, { recursive: true });
      renameSync(backup, folder);
      await withStore({ folder, mirror }, async ({ ledger }) => {
        const refused = await ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'needs-confirmation');
        assert.equal(ledger.summary().settled, nano(0.7));
        assert.deepEqual(ledger.summary().candidates, [
          { source: 'mirror', total: nano(0.2) },
          { source: 'global-state', total: nano(0.7) },
          { source: 'database', total: nano(0.2) },
        ]);
        await ledger.confirmTotal(nano(0.6));
      });
      await withStore({ folder, mirror }, async ({ ledger }) => {
        assert.equal((await ledger.reserve(request(0.1))).ok, true);
        assert.equal(ledger.summary().settled, nano(0.6));
      });
    }));

  it('offer the latest total of a session whose folder is wiped, not its first', () =>
    withFolder(async (folder) => {
      const mirror = fakeMirror();
      await withStore({ folder, mirror }, (store) => paid(store, 0.1));
      await withStore({ folder, mirror }, async (store) => {
        await reserved(store, request(0.6));
        wipe(folder);
        const refused = await store.ledger.reserve(request(0.1));
        assert.deepEqual(!refused.ok && refused.error, {
          kind: 'needs-confirmation',
          candidates: [{ source: 'global-state', total: nano(0.7) }],
        });
      });
    }));

  it('notice an older copy that is written over the open file', () =>
    withFolder(async (folder) => {
      const store = { folder, mirror: fakeMirror() };
      await withStore(store, (one) => paid(one, 0.1));
      const kept = path.join(folder, 'kept');
      copyFileSync(databaseFile(folder), kept);
      await withStore(store, async (one) => {
        await reserved(one, request(0.6));
        for (const suffix of ['-wal', '-shm']) rmSync(databaseFile(folder) + suffix, { force: true });
        copyFileSync(kept, `${kept}-2`);
        renameSync(`${kept}-2`, databaseFile(folder));
        const refused = await one.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'needs-confirmation');
        assert.equal(one.ledger.summary().settled + one.ledger.summary().reserved, nano(0.7));
      });
    }));

  it('are at one after every kind of honest end', () =>
    withFolder(async (folder) => {
      const remembered = { period: MONTH.id, total: nano(0.1), seq: 1, raised: 0 as NanoUsd, doubted: false };
      await opened(folder, undefined, (books) => [0.1, 0.3].forEach((usd) => spend(books, usd)));
      // globalState is saved late, and a power failure loses the mirror's latest versions.
      await opened(folder, remembered, (books) => assert.equal(asked(books), false));
      writeMirror(mirrorFile(folder), { ...remembered, total: nano(0.9) });
      await opened(folder, undefined, (books) =>
        assert.deepEqual([spent(books), asked(books)], [nano(0.4), false]),
      );
      rmSync(mirrorFile(folder));
      await opened(folder, undefined, (books) => assert.equal(asked(books), false));
      // The mirror of 0.1.0 has neither raises nor whether the user was asked, and may be slightly outdated.
      const old = await opened(folder, undefined, ({ db }) => ({
        period: MONTH.id,
        total: nano(0.5),
        seq: moneySeq(db),
      }));
      await opened(folder, old, (books) => assert.equal(asked(books), false));
    }));

  it('keep a question that was not answered, though its row is lost', () =>
    withFolder(async (folder) => {
      await opened(folder, undefined, (books) => spend(books, 0.4));
      writeMirror(mirrorFile(folder), { period: MONTH.id, total: nano(0.4), seq: 9 });
      await opened(folder, undefined, ({ db }) =>
        db.run(`UPDATE meta SET key = 'eoubt' WHERE key = 'doubt'`),
      );
      await opened(folder, undefined, (books) => assert.equal(asked(books), true));
      await opened(folder, undefined, ({ db }) => db.run(`UPDATE meta SET value = '{' WHERE key = 'doubt'`));
      await opened(folder, undefined, (books) => assert.equal(asked(books), true));
    }));
});
