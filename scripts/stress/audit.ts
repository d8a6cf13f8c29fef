/** Compares every row of the ledger with the callers' journal and with the limit, month by month. */
import { ENTRY_SUMS } from '../../src/storage/worker/books.ts';
import { openDatabase, integer, text, type Database } from '../../src/storage/worker/database.ts';
import { databaseFile } from '../../src/storage/worker/recovery.ts';
import type { NanoUsd } from '../../src/core/brand.ts';
import { usd } from '../../src/core/money.ts';
import type { JournalLine } from './journal.ts';

export interface Audit {
  readonly calls: number;
  readonly refused: number;
  readonly settledUsd: number;
  /** Reservations that no caller settled, at their worst case, plus the amounts held back. */
  readonly worstCaseUsd: number;
  readonly limitUsd: number;
  readonly months: number;
  /** The largest excess over the limit of any month's committed or actually billed amount. */
  readonly overspendUsd: number;
  /** Entries that a caller was told and that are not in the ledger as told, and sums that differ from their rows. */
  readonly lostEntries: number;
  readonly doubleSettled: number;
  readonly loadedMs: readonly number[];
}

export async function audit(folder: string, limit: NanoUsd, lines: readonly JournalLine[]): Promise<Audit> {
  const db = await openDatabase(databaseFile(folder), { busyMs: 5000 });
  try {
    const verdict = db.all('PRAGMA integrity_check')[0];
    if (verdict?.['integrity_check'] !== 'ok')
      throw new Error(`Database damaged: ${JSON.stringify(verdict)}`);
    const totals = db.get(
      `SELECT sum(CASE WHEN state = 'settled' AND swept = 0 THEN cost ELSE 0 END) settled,
         sum(CASE WHEN state = 'reserved' OR swept = 1 THEN worst ELSE held END) worst FROM entries`,
    );
    const reserved = lines.filter((line) => line.type === 'reserved');
    return {
      calls: reserved.length,
      refused: lines.filter((line) => line.type === 'refused').length,
      settledUsd: usd(integer(totals, 'settled') as NanoUsd),
      worstCaseUsd: usd(integer(totals, 'worst') as NanoUsd),
      limitUsd: usd(limit),
      months: db.all('SELECT DISTINCT period FROM spend').length,
      overspendUsd: usd(overspend(db, limit, lines)),
      lostEntries: lost(db, lines) + wrongSums(db),
      doubleSettled: settledTwice(lines),
      loadedMs: reserved.map(({ ms }) => ms),
    };
  } finally {
    db.close();
  }
}

function overspend(db: Database, limit: NanoUsd, lines: readonly JournalLine[]): NanoUsd {
  const committed = db
    .all(
      `SELECT sum(cost + held + CASE state WHEN 'reserved' THEN worst ELSE 0 END) total FROM entries
       WHERE state <> 'void' GROUP BY period`,
    )
    .map((row) => integer(row, 'total'));
  const billed = new Map<string, number>();
  for (const line of lines) {
    if (line.type === 'reserved') billed.set(line.period, (billed.get(line.period) ?? 0) + line.bill);
  }
  return Math.max(0, ...[...committed, ...billed.values()].map((total) => total - limit)) as NanoUsd;
}

function lost(db: Database, lines: readonly JournalLine[]): number {
  return lines.filter((line) => {
    if (line.type === 'refused') return false;
    const row = db.get('SELECT state, cost FROM entries WHERE id = ?', line.id);
    if (!row) return true;
    if (line.type === 'settled')
      return text(row, 'state') !== 'settled' || integer(row, 'cost') !== line.cost;
    return line.type === 'voided' && text(row, 'state') !== 'void';
  }).length;
}

/** The number of stored sums that differ from the sum of their rows. */
function wrongSums(db: Database): number {
  const ofRows = `SELECT period, workspace, inline, ${ENTRY_SUMS}
    FROM entries GROUP BY period, workspace, inline`;
  return db.all(
    `SELECT 1 FROM (${ofRows}) e LEFT JOIN spend s USING (period, workspace, inline)
     WHERE s.settled IS NOT e.settled OR s.reserved IS NOT e.reserved OR s.held IS NOT e.held`,
  ).length;
}

function settledTwice(lines: readonly JournalLine[]): number {
  const times = new Map<string, number>();
  for (const line of lines) {
    if (line.type === 'settled' || line.type === 'voided') times.set(line.id, (times.get(line.id) ?? 0) + 1);
  }
  return [...times.values()].filter((n) => n > 1).length;
}
