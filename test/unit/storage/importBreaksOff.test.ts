import assert from 'node:assert/strict';
import type { WaitingBills } from '../../../src/storage/host/waitingBills.ts';
import type { ImportedEntry, SpendSummary } from '../../../src/app/ports/money.ts';
import { RemoteLedger } from '../../../src/storage/host/remoteLedger.ts';
import type { StoreLink } from '../../../src/storage/host/storeLink.ts';

describe('an import into a ledger that stops working in the middle', () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => ({ id: `r-${i}` }) as unknown as ImportedEntry);

  /** Accepts this many batches, then no more. */
  function ledger(batches: number): { readonly ledger: RemoteLedger; readonly taken: () => number } {
    let [left, taken] = [batches, 0];
    const ask = (_: string, [batch = []]: readonly (readonly unknown[])[]) => {
      if (left-- <= 0) return Promise.resolve({ ok: false, error: { kind: 'io-error', message: 'gone' } });
      taken += batch.length;
      return Promise.resolve({ ok: true, value: { added: batch.length, spent: batch.length, thisMonth: 0 } });
    };
    const link = { ask } as unknown as StoreLink;
    return {
      ledger: new RemoteLedger(
        link,
        { now: () => 0 },
        {} as SpendSummary,
        Object.create(null) as WaitingBills,
      ),
      taken: () => taken,
    };
  }

  it('tells how many rows are missing', async () => {
    for (const batches of [1, 2]) {
      const { ledger: broken, taken } = ledger(batches);
      const totals = await broken.importEntries(rows);
      assert.equal(totals?.added, taken());
      assert.equal(totals.missing, rows.length - taken());
      assert.ok(totals.missing > 0);
    }
  });

  it('says nothing of missing rows where all came in, and nothing came where the first batch failed', async () => {
    assert.equal((await ledger(Infinity).ledger.importEntries(rows))?.missing, undefined);
    assert.equal(await ledger(0).ledger.importEntries(rows), undefined);
  });
});
