/**
 * Forgetting and importing. Forgotten data is overwritten in the file, not only unlinked; money never changes, since
 * the limit counts it.
 */
import type { ForgetScope } from '../../app/ports/decisions.ts';
import type { ImportedEntry, ImportedTotals } from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { MAX_MONEY, isMoney } from '../../core/money.ts';
import { dayOf, periodOf } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import { committed, move, moneyTransaction, sumsOf, readMeta, writeMeta } from './books.ts';
import type { Database } from './database.ts';
import { integer } from './database.ts';

/**
 * The count of forgettings at this window's last loading. A window that folded the log before one must not save what it
 * still has, and a window that has loaded nothing (a restarted worker) has nothing to save. It belongs to the window
 * and not to its connection, which is opened again after an error.
 */
export interface WindowMemory {
  forgettings: string | undefined;
}

const forgettings = (db: Database): string => readMeta(db, 'forgettings') ?? '0';

export const noteLoaded = (db: Database, memory: WindowMemory): void => {
  memory.forgettings = forgettings(db);
};
export const isUpToDate = (db: Database, memory: WindowMemory): boolean =>
  memory.forgettings === forgettings(db);

/**
 * Deletes decisions with their outcomes, and every snapshot, since a snapshot cannot be forgotten in part. Returns the
 * number of decisions.
 */
export function forget(db: Database, scope: ForgetScope, memory: WindowMemory): number {
  const [where, values] = conditionOf(scope);
  db.exec('PRAGMA secure_delete = ON');
  const forgotten = db.immediate(() => {
    const count = integer(
      db.get(`SELECT count(*) n FROM log WHERE type = 'decision' AND ${where}`, ...values),
      'n',
    );
    db.run(
      `DELETE FROM log WHERE decision_id IN (SELECT decision_id FROM log WHERE type = 'decision' AND ${where})`,
      ...values,
    );
    // Outcomes whose decision had already left the log.
    if (scope.kind === 'everything') db.run('DELETE FROM log');
    db.run('DELETE FROM snapshots');
    writeMeta(db, 'forgettings', String(Number(forgettings(db)) + 1));
    return count;
  });
  noteLoaded(db, memory);
  // The journal still contains the deleted data until it is folded into the file.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return forgotten;
}

function conditionOf(scope: ForgetScope): readonly [string, readonly (string | number)[]] {
  switch (scope.kind) {
    case 'everything':
      return ['1 = 1', []];
    case 'period':
      return ['at >= ? AND at < ?', [Math.round(scope.from), Math.round(scope.until)]];
    case 'model':
      return ['arm = ?', [scope.armId]];
    case 'snapshots':
      return ['1 = 0', []];
  }
}

/**
 * Adds settled rows of another PILOT, each at most once, to their months. Rows of the current month count towards its
 * limit: an import can use up a limit, but never widen it.
 */
export function importEntries(books: Books, rows: readonly ImportedEntry[], now: EpochMs): ImportedTotals {
  const { db } = books;
  return moneyTransaction(books, now, (current) => {
    let [added, spent, thisMonth] = [0, 0, 0];
    for (const row of rows) {
      if (!isSound(row) || row.period > current.id || !hasRoom(db, row) || insert(db, row) === 0) continue;
      move(
        db,
        { period: row.period, workspace: row.workspaceId, inline: isInline(row) },
        { settled: row.cost },
      );
      added += 1;
      spent += row.cost;
      if (row.period === current.id) thisMonth += row.cost;
    }
    return { added, spent: spent as NanoUsd, thisMonth: thisMonth as NanoUsd };
  });
}

/** Over several files together, a month's sum must stay exact. */
const hasRoom = (db: Database, { period, cost }: ImportedEntry): boolean =>
  committed(sumsOf(db, period)) + cost <= MAX_MONEY / 2;

const isInline = ({ purpose, inline }: ImportedEntry): boolean => purpose === 'inline' || inline === true;

const isSound = ({ period, cost, at }: ImportedEntry): boolean =>
  periodOf(period) !== undefined && isMoney(cost) && Number.isSafeInteger(Math.round(at));

function insert(db: Database, row: ImportedEntry): number {
  const { input, cachedInput, cacheWrite, output, reasoning } = row.tokens;
  return db.run(
    `INSERT INTO entries (id, period, day, at, settled_at, state, arm, purpose, inline, workspace, language, expected,
       worst, cost, billed, source, input, cached_input, cache_write, output, reasoning, note)
     VALUES (?, ?, ?, ?, ?, 'settled', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'imported') ON CONFLICT DO NOTHING`,
    row.id,
    row.period,
    dayOf(row.at),
    Math.round(row.at),
    Math.round(row.at),
    row.armId,
    row.purpose,
    isInline(row) ? 1 : 0,
    row.workspaceId,
    row.language,
    row.cost,
    row.cost,
    row.cost,
    row.billed ?? null,
    row.source,
    ...[input, cachedInput, cacheWrite, output, reasoning],
  );
}
