/** A wrong bill: the user's amount counts, and the bill is kept beside it and in every export. */
import assert from 'node:assert/strict';
import { parseExchange } from '../../../src/app/exchange/exchange.ts';
import { exportCsv, exportJson } from '../../../src/app/exchange/portable.ts';
import type { ReservationId } from '../../../src/core/brand.ts';
import { nano } from '../../../src/core/money.ts';
import type { Store } from '../../../src/storage/host/openStore.ts';
import { DAY, NOON, request, reserved, settlement, withFolder, withStore } from './fixture.ts';

const portable = (store: Store) => ({
  learning: {
    exported: () => undefined,
    problemWith: () => undefined,
    replace: () => Promise.resolve(undefined),
    rebuild: () => Promise.resolve(),
  },
  policy: { forget: () => undefined },
  store,
});

async function absurd(work: (store: Store, id: ReservationId) => Promise<void>): Promise<void> {
  await withFolder((folder) =>
    withStore({ folder }, async (store) => {
      const workspaceId = '0123456789abcdef';
      const { id } = await reserved(store, request(0.1, { workspaceId }));
      await store.ledger.settle(id, settlement(9_999));
      await work(store, id);
    }),
  );
}

describe('a disputed bill', () => {
  it('counts the user’s amount, so that the month goes on, and keeps the provider’s', () =>
    absurd(async (store, id) => {
      assert.equal((await store.ledger.reserve(request(0.1))).ok, false);
      assert.deepEqual(await store.ledger.dispute(id, nano(0.05)), { ok: true, value: undefined });
      assert.equal(store.ledger.summary().settled, nano(0.05));
      assert.equal((await store.ledger.reserve(request(0.1))).ok, true);
      const [charge] = await store.usage.charges();
      assert.deepEqual(
        [charge?.id, charge?.cost, charge?.billed, charge?.overrun],
        [id, nano(0.05), nano(9_999), 0],
      );
      assert.equal((await store.usage.cube('2026-11', undefined))[0]?.settled, nano(0.05));
    }));

  it('can be changed, and taken back by the bill’s own amount', () =>
    absurd(async (store, id) => {
      await store.ledger.dispute(id, nano(0.05));
      await store.ledger.dispute(id, nano(0.07));
      assert.equal((await store.usage.charges())[0]?.billed, nano(9_999));
      await store.ledger.dispute(id, nano(9_999));
      const [charge] = await store.usage.charges();
      assert.deepEqual([charge?.cost, charge?.billed, store.ledger.summary().settled], [nano(9_999), undefined, nano(9_999)]); // prettier-ignore
    }));

  it('leaves with both amounts, as JSON and CSV, and comes in again', () =>
    absurd(async (store, id) => {
      await store.ledger.dispute(id, nano(0.05));
      const parsed = parseExchange(await exportJson(portable(store), NOON), NOON);
      assert.ok(parsed.ok);
      assert.deepEqual(
        [parsed.value.entries[0]?.cost, parsed.value.entries[0]?.billed],
        [nano(0.05), nano(9_999)],
      );
      assert.match(await exportCsv(portable(store)), new RegExp(`,${nano(9_999)}\r\n$`));
      await withFolder((other) =>
        withStore({ folder: other }, async (second) => {
          assert.equal((await second.ledger.importEntries(parsed.value.entries))?.spent, nano(0.05));
          assert.equal((await second.usage.charges())[0]?.billed, nano(9_999));
        }),
      );
    }));

  it('is neither a hold, an open call, nor one that is not there', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { id } = await reserved(store, request(0.1));
        for (const wrong of [id, 'nobody’s' as ReservationId])
          assert.equal((await store.ledger.dispute(wrong, nano(0.01))).ok, false);
        await store.ledger.settle(id, settlement(0.01, { heldBack: nano(0.09), generationId: 'gen-1' }));
        await store.ledger.dispute(id, nano(0.02));
        const { settled, heldBack } = store.ledger.summary();
        assert.deepEqual([settled, heldBack], [nano(0.02), 0], 'what was held is part of the user’s word');
        const told = { ...settlement(0.5), source: 'reported' } as const;
        assert.equal((await store.ledger.reconcile(id, told, 'told')).freed, 0);
        assert.equal(store.ledger.summary().settled, nano(0.02));
      }),
    ));
});

describe('rows with the largest numbers', () => {
  const big = Number.MAX_SAFE_INTEGER;
  const row = (n: number) => ({
    id: `big-${n}` as ReservationId,
    period: '2026-11',
    at: NOON - DAY,
    armId: 'a/b' as never,
    purpose: 'ask',
    inline: false,
    workspaceId: '',
    language: '',
    cost: big as never,
    source: 'reported' as const,
    tokens: { input: big, cachedInput: big, cacheWrite: 0, output: big, reasoning: 0 },
  });

  it('are refused in a file, alone and together', () => {
    const file = (costs: readonly number[], input = 1): string =>
      JSON.stringify({
        format: 'pilot-export',
        version: 1,
        exportedAt: '2026-11-11T00:00:00Z',
        ledger: costs.map((cost, n) => ({ id: `r-${n}`, at: '2026-11-10T00:00:00Z', period: '2026-11', model: 'a/b', surface: 'ask', workspace: '', language: '', cost_nano_usd: cost, source: 'reported', input_tokens: input, cached_input_tokens: 0, cache_write_tokens: 0, output_tokens: 0, reasoning_tokens: 0 })), // prettier-ignore
      });
    const wrong = (text: string): unknown => {
      const parsed = parseExchange(text, NOON);
      return !parsed.ok && parsed.error.kind === 'damaged' && parsed.error.where;
    };
    assert.equal(wrong(file([1, big])), 'ledger[1].cost_nano_usd');
    assert.equal(wrong(file([1], big)), 'ledger[0].input_tokens');
    assert.equal(wrong(file(new Array<number>(5).fill(1e15))), 'ledger[4].cost_nano_usd');
    assert.equal(wrong(file([1, 2, 3])), false);
  });

  it('that an older version took in stop neither the usage view nor the limit', () =>
    withFolder((folder) =>
      withStore({ folder }, async (store) => {
        const { db } = await import('../../../src/storage/worker/recovery.ts').then(({ openBooks }) =>
          openBooks({ folder, busyMs: 100, remembered: undefined }, NOON),
        );
        const { move } = await import('../../../src/storage/worker/books.ts');
        for (const one of [row(1), row(2), row(3)]) {
          move(db, { period: one.period, workspace: '', inline: false }, { settled: one.cost });
          db.run(
            `INSERT INTO entries (id, period, day, at, state, arm, purpose, inline, workspace, language, expected, worst, cost,
               input, cached_input, output) VALUES (?, ?, '2026-11-10', ?, 'settled', 'a/b', 'ask', 0, '', '', 0, 0, ?, ?, ?, ?)`,
            ...[one.id, one.period, one.at, big, big, big, big],
          );
        }
        db.run('UPDATE entries SET output = 9223372036854775807 WHERE seq = 2');
        db.close();
        const [cell] = await store.usage.cube('2026-11', undefined);
        assert.deepEqual([cell?.calls, cell?.settled], [3, 3 * big]);
        assert.equal((await store.usage.periods()).length, 1);
        assert.equal((await store.usage.spend('model', {})).length, 1);
        const refused = await store.ledger.reserve(request(0.1));
        assert.equal(!refused.ok && refused.error.kind, 'over-limit');
      }),
    ));

  it('that cannot be read at all are named, and the others are answered', () =>
    withFolder(async (folder) => {
      const told: string[] = [];
      await withStore({ folder, onUnreadable: (rows) => told.push(...rows) }, async (store) => {
        for (let n = 0; n < 4; n++) await reserved(store, request(0.01));
        const { openDatabase } = await import('../../../src/storage/worker/database.ts');
        const { databaseFile } = await import('../../../src/storage/worker/recovery.ts');
        const db = await openDatabase(databaseFile(folder), { busyMs: 1000 });
        db.run('UPDATE entries SET input = 9223372036854775807 WHERE seq = 2');
        db.run(`UPDATE entries SET expected = 'word' WHERE seq = 4`);
        db.close();
        for (let n = 0; n < 2; n++)
          assert.deepEqual(
            (await store.usage.entries(0, 10)).map(({ seq }) => seq),
            [1, 3],
          );
        assert.deepEqual(await store.usage.entries(3, 10), []);
      });
      assert.deepEqual(
        told.map((row) => row.split(':')[0]),
        ['entries 2', 'entries 4'],
      );
    }));
});
