/** One reading of a wrong clock drops nothing, and an invalid id is not stored. */
import assert from 'node:assert/strict';
import { nano } from '../../../src/core/money.ts';
import { isPlainId } from '../../../src/core/plainId.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { pruneEntries, timeToPruneBy } from '../../../src/storage/worker/logTables.ts';
import { reserve, settle } from '../../../src/storage/worker/reservations.ts';
import { databaseFile, openBooks } from '../../../src/storage/worker/recovery.ts';
import { routedLog } from '../../fakes/routedLog.ts';
import { DAY, NOON, clockAt, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

describe('a clock that is 14 months ahead for a moment', () => {
  it('drops neither this month’s calls nor decisions while a snapshot is saved, and their holds can be released', () =>
    withFolder(async (folder) => {
      const clock = clockAt(NOON);
      await withStore({ folder, clock }, async ({ ledger, log, usage, ...store }) => {
        const { id } = await reserved({ ledger, log, usage, ...store }, request(0.5));
        await ledger.settle(id, settlement(0.1, { heldBack: nano(0.4) }));
        const [first] = routedLog({
          seed: 1,
          prompts: 3,
          start: NOON,
          days: 1,
          budget: 10,
          workspaceId: 'w',
        }).logged;
        assert.ok(first);
        await log.append({ ...first.decision, at: NOON });
        await log.loadSnapshot();
        for (const ahead of [0, 425 * DAY, 0, 426 * DAY]) {
          clock.time = NOON + ahead;
          await log.saveSnapshot(1, { learnt: true });
        }
        clock.time = NOON + DAY;
        assert.equal((await usage.entries(0, 10)).length, 1);
        assert.equal((await log.read(0, 10)).length, 1);
        const freed = await ledger.releaseHold(id, 'mine');
        assert.equal(freed.ok && freed.value, nano(0.4));
      });
    }));

  it('is no time to drop by until it stood on three days', () =>
    withFolder(async (folder) => {
      const { db } = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const looks = [0, 0, 1, 425, 2, 3, 4].map((day) => timeToPruneBy(db, NOON + day * DAY));
      assert.deepEqual(
        looks.map((at) => (at === undefined ? at : (at - NOON) / DAY)),
        [undefined, undefined, undefined, 0, 1, 2, 2],
      );
      db.close();
    }));

  it('and one that was behind: a row stays as long as its month does', () =>
    withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const { db } = books;
      const made = reserve(books, request(0.1), NOON);
      assert.ok(made.ok);
      settle(books, made.value.id, settlement(0.1), NOON);
      db.run('UPDATE entries SET at = ?', NOON - 500 * DAY);
      assert.equal(pruneEntries(db, NOON), 0);
      assert.equal(pruneEntries(db, NOON + 430 * DAY), 1);
      db.close();
    }));
});

describe('the id of a generation', () => {
  const ids: readonly (readonly [string, boolean])[] = [
    ['gen-1731000000-AbCdEfGhIjKlMnOpQrSt', true],
    ['chatcmpl-9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d', true],
    ['msg_01XFDUDYJgAACzvnptvVoYEL', true],
    ['g-1', true],
    ['sk-or-v1-0123456789abcdef0123456789abcdef', false],
    ['gen-sk-or-v1-0123456789abcdef', false],
    ['AIzaSyA1234567890abcdefghijklmnopqrstuv', false],
    ['gsk_abcdefghijklmnop', false],
    ['please fix the login of our customer', false],
    ['résumé', false],
    ['a'.repeat(81), false],
    ['0123456789'.repeat(5), false],
    ['', false],
  ];
  for (const [id, plain] of ids)
    it(`${JSON.stringify(id)} is ${plain ? '' : 'not '}kept`, () => assert.equal(isPlainId(id), plain));

  it('that echoes the prompt or a key is stored as a hash, and not asked about', () =>
    withFolder(async (folder) => {
      const secret = 'sk-live-1234567890 tell me of our merger';
      await withStore({ folder }, async ({ ledger, ...store }) => {
        const { id } = await reserved({ ledger, ...store }, request(0.5));
        await ledger.settle(id, settlement(0.1, { heldBack: nano(0.4), generationId: secret }));
        const [hold] = await store.usage.holds();
        assert.match(hold?.generationId ?? '', /^sha256:[0-9a-f]{32}$/);
        assert.deepEqual((await ledger.takeLookUps(['openrouter']))?.due, []);
      });
      const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
      const [row] = db.all('SELECT generation_id, lookup_at FROM entries');
      assert.ok(!String(row?.['generation_id']).includes('merger'));
      assert.equal(row?.['lookup_at'], null);
      db.close();
    }));
});
