/**
 * A total in doubt: the database was lost or unreadable and what is known of the month disagrees. Paid calls stop until
 * the user states what was spent. The doubt is about one month; the next one starts clean.
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

/** The note of what a total that the user stated settled. */
export const STATED_TOTAL = 'stated-total';

export type Candidates = SpendSummary['candidates'];

/** A clock that was once years ahead would keep money counted in that far month: beyond this the user is asked. */
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

/** Undefined when it cannot be read: then there is a doubt, and nothing is known of it. */
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
 * Makes what was spent this month what the user says and ends the doubt; without a doubt there is nothing to say. The
 * month must not fall below it afterwards: what was held is part of the user's word and can no longer be given back,
 * and calls still under way count on top of it until they are settled.
 */
export function confirmTotal(books: Books, total: NanoUsd, now: EpochMs): void {
  if (!isMoney(total)) return;
  moneyTransaction(books, now, (period) => {
    if (!pendingConfirmation(books.db, period, now)) return;
    // The only way back in time, and only by the user's word: a wrong clock had opened a month far ahead.
    const counted = isFarAhead(period, now) ? periodAt(now) : period;
    if (counted !== period) writeMeta(books.db, 'period', counted.id);
    endHolds(books.db, counted, now);
    const { reserved } = sumsOf(books.db, counted.id);
    recordOpening(books.db, counted, (total + reserved) as NanoUsd, now);
    dropMeta(books.db, 'doubt');
  });
}

/** Also of what a crash left at its worst case: none of it is a guess any more that a later bill may lower. */
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

/** One settled row for the difference between what was spent and what the file knows; the user's word may lower it. */
export const recordOpening = (db: Database, period: Period, total: NanoUsd, now: EpochMs): void =>
  recordDifference(db, period, total - committed(sumsOf(db, period.id)), 'opening balance', now);

/**
 * What a crash may have left out of the file: the mirror was written and the commit did not happen. It counts, as a
 * reservation that a crash left does, and the user may release it like one.
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
