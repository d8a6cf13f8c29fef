/**
 * A total in doubt: the database was lost or unreadable, and the known copies of the month disagree. Paid calls stop
 * until the user states the spent amount. The doubt concerns one month; the next one starts without it.
 */
import type { SpendSummary } from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { isMoney } from '../../core/money.ts';
import type { Period } from '../../core/money/period.ts';
import { dayOf, periodAt, periodOf } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import {
  UNBILLED,
  committed,
  dropMeta,
  ended,
  moneyTransaction,
  move,
  readMeta,
  sumsOf,
  writeMeta,
} from './books.ts';
import type { Database } from './database.ts';
import { anything, kept, object, parse, text, where } from '../../core/shape.ts';

/** The note of calls that a stated total settled. */
export const STATED_TOTAL = 'stated-total';

export type Candidates = SpendSummary['candidates'];

/**
 * A clock that was once years ahead would keep money counted in that future month: beyond this distance the user is
 * asked.
 */
const AHEAD_MS = 62 * 86_400_000;

export function pendingConfirmation(db: Database, period: Period, now: EpochMs): Candidates | undefined {
  if (isFarAhead(period, now)) return [{ source: 'clock', total: committed(sumsOf(db, period.id)) }];
  const stored = readMeta(db, 'doubt');
  if (stored === undefined) return undefined;
  const doubt = parseDoubt(stored);
  return doubt === undefined || doubt.period === period.id ? (doubt?.candidates ?? []) : undefined;
}

const doubtShape = object({
  period: where(text(7), (period) => periodOf(period) !== undefined),
  candidates: where(anything, (stored) => Array.isArray(stored)),
});
const candidatesShape = kept(object({ source: text(100), total: where(anything, isMoney) }));

/** Undefined when it cannot be read: then there is a doubt without any details. */
function parseDoubt(
  stored: string,
): { readonly period: string; readonly candidates: Candidates } | undefined {
  try {
    const doubt = parse(doubtShape, JSON.parse(stored));
    return doubt && { period: doubt.period, candidates: parse(candidatesShape, doubt.candidates) ?? [] };
  } catch {
    return undefined;
  }
}

const isFarAhead = (period: Period, now: EpochMs): boolean => period.start - now > AHEAD_MS;

export const raiseDoubt = (db: Database, period: Period, candidates: Candidates): void =>
  writeMeta(db, 'doubt', JSON.stringify({ period: period.id, candidates }));

/**
 * Sets this month's spent amount to the user's statement and ends the doubt; without a doubt there is nothing to state.
 * The month must not fall below it afterwards: held amounts are part of the statement and can no longer be released,
 * and calls under way are added until they are settled.
 */
export function confirmTotal(books: Books, total: NanoUsd, now: EpochMs): void {
  if (!isMoney(total)) return;
  moneyTransaction(books, now, (period) => {
    if (!pendingConfirmation(books.db, period, now)) return;
    // The only way back in time, and only by the user's statement: a wrong clock had opened a month far ahead.
    const counted = isFarAhead(period, now) ? periodAt(now) : period;
    if (counted !== period) writeMeta(books.db, 'period', counted.id);
    endHolds(books.db, counted, now);
    const { reserved } = sumsOf(books.db, counted.id);
    recordOpening(books.db, counted, (total + reserved) as NanoUsd, now);
    dropMeta(books.db, 'doubt');
  });
}

/** Also for calls that a crash left at their worst case: a later bill lowers none of them any more. */
function endHolds(db: Database, { id }: Period, now: EpochMs): void {
  db.run(
    `INSERT INTO releases (entry_id, at, amount, reason)
     SELECT id, ?, held, 'total confirmed' FROM entries WHERE period = ? AND held > 0`,
    Math.round(now),
    id,
  );
  db.run(
    `UPDATE spend SET held = 0, settled = settled + (SELECT CAST(total(cost) AS INTEGER) FROM entries e WHERE ${UNBILLED}
       AND e.period = spend.period AND e.workspace = spend.workspace AND e.inline = spend.inline) WHERE period = ?`,
    id,
  );
  db.run('UPDATE entries SET held = 0, swept = 0, released = 0, lookup_at = NULL WHERE period = ?', id);
}

/** One settled row for the difference between the stated amount and the file's; the statement may lower the sum. */
export const recordOpening = (db: Database, period: Period, total: NanoUsd, now: EpochMs): void =>
  recordDifference(db, period, total - committed(sumsOf(db, period.id)), 'opening balance', now);

/**
 * The amount that a crash may have kept out of the file: the mirror was written, but the commit did not happen. It
 * counts, like a reservation that a crash left, and the user may release it.
 */
export const recordUncommitted = (db: Database, period: Period, missing: number, now: EpochMs): void =>
  recordDifference(db, period, missing, 'not committed', now);

export function recordDifference(
  db: Database,
  period: Period,
  missing: number,
  note: 'opening balance' | 'not committed' | typeof STATED_TOTAL,
  now: EpochMs,
): void {
  if (missing === 0) return;
  const swept = note === 'not committed';
  const account = { period: period.id, workspace: '', inline: false };
  db.run(
    `INSERT INTO entries (id, period, day, at, settled_at, state, swept, arm, purpose, inline, workspace, language,
       expected, worst, cost, source, note)
     VALUES (hex(randomblob(16)), ?, ?, ?, ?, 'settled', ?, '', 'opening', 0, '', '', ?, ?, ?, ?, ?)`,
    period.id,
    dayOf(now),
    Math.round(now),
    Math.round(now),
    swept ? 1 : 0,
    swept ? 0 : Math.max(0, missing),
    Math.max(0, missing),
    missing,
    swept ? 'worst-case' : 'estimate',
    note,
  );
  move(db, account, ended(missing, 0, swept));
}
