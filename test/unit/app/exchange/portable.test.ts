import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../../src/app/ports/money.ts';
import { parseExchange } from '../../../../src/app/exchange/exchange.ts';
import { exportCsv, exportJson, newestEntries } from '../../../../src/app/exchange/portable.ts';
import type { ArmId, NanoUsd, ReservationId } from '../../../../src/core/brand.ts';
import { currentPeriod } from '../../../../src/storage/worker/books.ts';
import { confirmTotal, raiseDoubt } from '../../../../src/storage/worker/confirmation.ts';
import { openBooks } from '../../../../src/storage/worker/recovery.ts';
import { reserve, settle } from '../../../../src/storage/worker/reservations.ts';
import { entriesAfter } from '../../../../src/storage/worker/usageTables.ts';
import { DAY, NOON, request, settlement, withFolder } from '../../storage/fixture.ts';

const entry = (seq: number): LedgerEntry => ({
  seq,
  id: `r-${seq}` as ReservationId,
  period: '2026-11',
  at: Date.UTC(2026, 10, 3) + seq,
  state: seq % 10 === 0 ? 'reserved' : 'settled',
  armId: 'openai/small' as ArmId,
  decisionId: undefined,
  purpose: 'ask',
  inline: false,
  workspaceId: 'no-folder',
  language: '',
  expected: 1 as NanoUsd,
  worstCase: 2 as NanoUsd,
  cost: 1 as NanoUsd,
  heldBack: 0 as NanoUsd,
  overrun: 0 as NanoUsd,
  source: 'reported',
  tokens: { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 },
  generationId: undefined,
  note: undefined,
});

/** Pages in the store's form, whatever page is requested. */
const usageOf = (count: number, page: number) => ({
  entries: (after: number): Promise<readonly LedgerEntry[]> =>
    Promise.resolve(Array.from({ length: Math.min(page, count - after) }, (_, n) => entry(after + n + 1))),
});

describe('an export of a ledger that is longer than an import takes', () => {
  const ids = async (count: number, most: number): Promise<readonly unknown[]> =>
    (await newestEntries(usageOf(count, 7), most)).map(({ id }) => id);

  it('holds the newest calls, as many as an import accepts', async () => {
    assert.deepEqual(await ids(63, 4), ['r-59', 'r-61', 'r-62', 'r-63']);
  });

  it('holds all of a shorter one', async () => {
    assert.deepEqual(await ids(5, 5), ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']);
    assert.deepEqual(await ids(0, 5), []);
  });
});

describe('an export', () => {
  const deps = (rows: readonly LedgerEntry[]) => ({
    learning: {
      exported: () => undefined,
      problemWith: () => undefined,
      replace: () => Promise.resolve(undefined),
      rebuild: () => Promise.resolve(),
    },
    policy: { forget: () => undefined },
    store: {
      ledger: { importEntries: () => Promise.resolve(undefined) },
      log: { forget: () => Promise.resolve(0) },
      usage: { entries: (after: number) => Promise.resolve(rows.filter(({ seq }) => seq > after)) },
    },
  });
  async function readBack(rows: readonly LedgerEntry[]) {
    const parsed = parseExchange(await exportJson(deps(rows), NOON), NOON);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.value.entries;
  }

  it('of a ledger that was recovered can be imported, and never says that less was spent', () =>
    withFolder(async (folder) => {
      const books = await openBooks({ folder, busyMs: 100, remembered: undefined }, NOON - DAY);
      const confirm = (usd: number): void => {
        raiseDoubt(books.db, currentPeriod(books.db, NOON), []);
        confirmTotal(books, (usd * 1e9) as NanoUsd, NOON);
      };
      const made = reserve(books, request(0.5, { workspaceId: 'no-folder' }), NOON - DAY);
      assert.ok(made.ok);
      settle(books, made.value.id, settlement(0.3), NOON - DAY);
      confirm(0.7);
      confirm(0.4);
      const rows = entriesAfter(books.db, 0, 10);
      books.db.close();
      assert.deepEqual(rows.map(({ cost }) => Math.round(cost / 1e8)), [3, 4, -3]); // prettier-ignore
      const read = await readBack(rows);
      assert.deepEqual(read.map(({ cost, purpose }) => [Math.round(cost / 1e8), purpose]), [[3, 'ask'], [4, 'opening']]); // prettier-ignore
      assert.equal((await exportCsv(deps(rows))).trim().split('\n').length, 4, 'the CSV is the whole ledger');
    }));

  for (const model of ['ollama/mein-größtes (q4=0)', 'vscode/模型', 'x/a b, c'])
    it(`keeps a model called ${model}`, async () => {
      assert.deepEqual((await readBack([{ ...entry(1), armId: model as ArmId }]))[0]?.armId, model);
    });

  it('keeps the month of a call that a wrong clock dated, and a language it cannot name', async () => {
    const [read] = await readBack([{ ...entry(1), at: Date.UTC(2026, 8, 1), language: 'my language' }]);
    assert.deepEqual([read?.period, read?.cost, read?.language], ['2026-11', 1, '']);
    assert.equal(new Date(read?.at ?? 0).getMonth(), 10);
  });
});
