import assert from 'node:assert/strict';
import path from 'node:path';
import { committed, sumsOf } from '../../../src/storage/worker/books.ts';
import { integer, openDatabase } from '../../../src/storage/worker/database.ts';
import { StorageFailure, asFailure } from '../../../src/storage/worker/failure.ts';
import { openBooks } from '../../../src/storage/worker/recovery.ts';
import { reserve } from '../../../src/storage/worker/reservations.ts';
import { migrate } from '../../../src/storage/worker/schema.ts';
import { nano } from '../../../src/core/money.ts';
import { NOON, request, withFolder } from './fixture.ts';

describe('schema', () => {
  it('takes an older file through each missing step, once, and refuses a newer one', async () => {
    await withFolder(async (folder) => {
      const db = await openDatabase(path.join(folder, 'file.db'), { busyMs: 100 });
      try {
        const steps = ['CREATE TABLE a (n INTEGER)', 'ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 7'];
        migrate(db, steps.slice(0, 1));
        db.run('INSERT INTO a (n) VALUES (1)');
        migrate(db, steps);
        migrate(db, steps);
        assert.deepEqual(db.all('SELECT n, m FROM a'), [Object.assign(Object.create(null), { n: 1, m: 7 })]);
        assert.throws(
          () => migrate(db, steps.slice(0, 1)),
          (error: unknown) => error instanceof StorageFailure && error.kind === 'newer-schema',
        );
      } finally {
        db.close();
      }
    });
  });

  it('leaves nothing of a step that fails', async () => {
    await withFolder(async (folder) => {
      const db = await openDatabase(path.join(folder, 'file.db'), { busyMs: 100 });
      try {
        assert.throws(() => migrate(db, ['CREATE TABLE a (n INTEGER)', 'CREATE TABEL b (n INTEGER)']));
        assert.equal(db.pragmaNumber('user_version'), 0);
        assert.equal(integer(db.get('SELECT count(*) n FROM sqlite_schema'), 'n'), 0);
      } finally {
        db.close();
      }
    });
  });
});

describe('a full disk', () => {
  it('grants nothing, loses nothing, and is over when there is room again', async () => {
    await withFolder(async (folder) => {
      const { db, mirrorFile } = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON);
      const books = { db, mirrorFile };
      try {
        // SQLite's own limit on the file's pages fails like a full disk.
        db.exec(`PRAGMA max_page_count = ${db.pragmaNumber('page_count') + 2}`);
        let granted = 0;
        const fill = (): void => {
          for (; granted < 5000; granted++) {
            assert.equal(
              reserve(books, request(0, { worstCase: nano(0.0001), language: 'x'.repeat(200) }), NOON).ok,
              true,
            );
          }
        };
        assert.throws(fill, (error: unknown) => asFailure(error).kind === 'disk-full');
        assert.ok(granted > 0);
        assert.equal(committed(sumsOf(db, '2026-11')), granted * nano(0.0001));
        db.exec('PRAGMA max_page_count = 1000000');
        assert.equal(reserve(books, request(0.1), NOON).ok, true);
      } finally {
        db.close();
      }
    });
  });
});

describe('storage failures', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [Object.assign(new Error('database is locked'), { errcode: 5 }), 'busy'],
    [Object.assign(new Error('busy snapshot'), { errcode: 5 | (2 << 8) }), 'busy'],
    [Object.assign(new Error('attempt to write a readonly database'), { errcode: 8 }), 'read-only'],
    [Object.assign(new Error('malformed'), { errcode: 11 }), 'corrupt'],
    [Object.assign(new Error('file is not a database'), { errcode: 26 }), 'corrupt'],
    [Object.assign(new Error('no space'), { code: 'ENOSPC' }), 'disk-full'],
    [Object.assign(new Error('permission'), { code: 'EACCES' }), 'read-only'],
    [new Error('anything'), 'io-error'],
    ['not even an error', 'io-error'],
  ];
  for (const [error, kind] of cases) {
    it(`are told apart: ${String(error)}`, () => assert.equal(asFailure(error).kind, kind));
  }
});
