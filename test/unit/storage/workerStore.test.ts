import assert from 'node:assert/strict';
import { nano } from '../../../src/core/money.ts';
import { openDatabase } from '../../../src/storage/worker/database.ts';
import { databaseFile } from '../../../src/storage/worker/recovery.ts';
import { WorkerStore } from '../../../src/storage/worker/workerStore.ts';
import { askOf, request, withFolder } from './fixture.ts';

const DEMAND =
  'CREATE TABLE demand (day TEXT, hour INTEGER, surface TEXT, n INTEGER, PRIMARY KEY (day, hour, surface))';

describe('the worker of the store', () => {
  it('answers what was committed as done though the totals cannot be read, and tells them once they can', () =>
    withFolder(async (folder) => {
      const store = new WorkerStore({ folder, workspaceId: 'w1', busyMs: 100, remembered: undefined });
      const ask = askOf(store);
      const alter = async (sql: string): Promise<void> => {
        const db = await openDatabase(databaseFile(folder), { busyMs: 100 });
        db.exec(sql);
        db.close();
      };
      assert.equal((await ask('poll')).news?.summary.reserved, 0);
      await alter('DROP TABLE demand');
      // A retry writes no demand and succeeds without the table; only its summary needs the table.
      const reply = await ask('reserve', request(0.4, { purpose: 'retry' }));
      assert.equal(reply.result.ok && (reply.result.value as { readonly ok: boolean }).ok, true);
      assert.equal(reply.news, undefined);
      await alter(DEMAND);
      assert.equal((await ask('poll')).news?.summary.reserved, nano(0.4));

      await alter('DROP TABLE demand');
      assert.equal((await ask('poll')).result.ok, true);
      await alter(DEMAND);
      assert.ok((await ask('poll')).news, 'told again, though no amount has changed');
      await ask('close');
    }));
});
