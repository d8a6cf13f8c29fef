/**
 * A total in doubt: the database was lost or unreadable and what is known of the month disagrees. Paid calls stop until
 * the user states what was spent. The doubt is about one month; the next one starts clean.
 */
import type { SpendSummary } from '../app/ports.ts';
import type { EpochMs, NanoUsd } from '../core/brand.ts';
import { isMoney } from '../core/money.ts';
import type { Period } from '../core/period.ts';
import { dayOf, periodAt } from '../core/period.ts';
import type { Books } from './books.ts';
import { committed, dropMeta, moneyTransaction, move, readMeta, sumsOf, writeMeta } from './books.ts';
import type { Database } from './database.ts';

export type Candidates = SpendSummary['candidates'];

/** A clock that was once years ahead would keep money counted in that far month: beyond this the user is asked. */
const AHEAD_MS = 62 * 86_400_000;

export function pendingConfirmation(db: Database, period: Period, now: EpochMs): Candidates | undefined {
  if (isFarAhead(period, now)) return [{ source: 'clock', total: committed(sumsOf(db, period.id)) }];
  const stored = readMeta(db, 'doubt');
  if (stored === undefined) return undefined;
  const doubt = JSON.parse(stored) as { readonly period: string; readonly candidates: Candidates };
  return doubt.period === period.id ? doubt.candidates : undefined;
}

const isFarAhead = (period: Period, now: EpochMs): boolean => period.start - now > AHEAD_MS;

export const raiseDoubt = (db: Database, period: Period, candidates: Candidates): void =>
  writeMeta(db, 'doubt', JSON.stringify({ period: period.id, candidates }));

/** Makes the month's committed total what the user says and ends the doubt; without a doubt there is nothing to say. */
export function confirmTotal(books: Books, total: NanoUsd, now: EpochMs): void {
  if (!isMoney(total)) return;
  moneyTransaction(books, now, (period) => {
    if (!pendingConfirmation(books.db, period, now)) return;
    // The only way back in time, and only by the user's word: a wrong clock had opened a month far ahead.
    const counted = isFarAhead(period, now) ? periodAt(now) : period;
    if (counted !== period) writeMeta(books.db, 'period', counted.id);
    recordOpening(books.db, counted, total, now);
    dropMeta(books.db, 'doubt');
  });
}

/** One settled row for the difference between what was spent and what the file knows; the user's word may lower it. */
export function recordOpening(db: Database, period: Period, total: NanoUsd, now: EpochMs): void {
  const missing = total - committed(sumsOf(db, period.id));
  if (missing === 0) return;
  const account = { period: period.id, workspace: '', inline: false };
  db.run(
    `INSERT INTO entries (id, period, day, at, settled_at, state, arm, purpose, inline, workspace, language, expected,
       worst, cost, source, note)
     VALUES (hex(randomblob(16)), ?, ?, ?, ?, 'settled', '', 'opening', 0, '', '', ?, ?, ?, 'estimate', 'opening balance')`,
    period.id,
    dayOf(now),
    Math.round(now),
    Math.round(now),
    Math.max(0, missing),
    Math.max(0, missing),
    missing,
  );
  move(db, account, { settled: missing });
}
