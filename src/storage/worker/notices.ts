/** Notices about the limit, each once over all windows: that a share of it is spent, and that much is reserved. */
import type { LimitNotice } from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { standingOf } from '../../core/money/available.ts';
import { isMoney } from '../../core/money.ts';
import type { Period } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import { currentPeriod, moneyTransaction, raisedBy, sumsOf } from './books.ts';
import type { Database } from './database.ts';
import { integer } from './database.ts';

/** Percent of the limit that is spent. */
const THRESHOLDS = [50, 75, 90, 100] as const;
/** Share of the limit that calls without a bill may reserve before a notice. */
const RESERVED_SHARE = 1 / 5;
/** The row of `notices` for the notice about reserved money; its `percent` differs from all thresholds. */
const RESERVED = 0;

/**
 * A claim belongs to one limit: after a raise its thresholds can be passed again. The highest due threshold is
 * reported, and the lower ones are claimed with it.
 */
export function takeNotices(books: Books, limit: NanoUsd, now: EpochMs): readonly LimitNotice[] {
  if (!isMoney(limit) || limit === 0) return [];
  // For most calls no notice is due, and no write lock is needed.
  if (dueNotices(books.db, currentPeriod(books.db, now), limit).length === 0) return [];
  return moneyTransaction(books, now, (period) => {
    const due = dueNotices(books.db, period, limit);
    for (const notice of due) {
      const claimed =
        notice.kind === 'spent' ? THRESHOLDS.filter((percent) => percent <= notice.percent) : [RESERVED];
      for (const percent of claimed) claim(books.db, period, percent, notice.limit);
    }
    return due;
  });
}

/** All holds were released: later reserved amounts are reported again. */
export const forgetReservedNotice = (db: Database, period: string): void => {
  db.run('DELETE FROM notices WHERE period = ? AND percent = ?', period, RESERVED);
};

function dueNotices(db: Database, period: Period, monthly: NanoUsd): readonly LimitNotice[] {
  const { settled, reserved: underWay, held } = sumsOf(db, period.id);
  const sums = { settled, reserved: underWay, heldBack: held, raisedBy: raisedBy(db, period.id) };
  const { spent, releasable, limit = monthly } = standingOf(sums, monthly);
  const claims = claimsOf(db, period);
  const isDue = (percent: number): boolean => (claims.get(percent) ?? 0) < limit;
  const percent = THRESHOLDS.findLast((threshold) => spent * 100 >= limit * threshold);
  const due: LimitNotice[] = [];
  if (percent !== undefined && isDue(percent))
    due.push({ kind: 'spent', percent, spent, limit, resetsAt: period.end });
  // Only reserved amounts that can be released deserve a notice, since calls under way end by themselves.
  if (releasable > limit * RESERVED_SHARE && isDue(RESERVED))
    due.push({ kind: 'reserved', reserved: releasable, limit });
  return due;
}

const claimsOf = (db: Database, { id }: Period): ReadonlyMap<number, number> =>
  new Map(
    db
      .all('SELECT percent, limit_amount FROM notices WHERE period = ?', id)
      .map((row) => [integer(row, 'percent'), integer(row, 'limit_amount')]),
  );

const claim = (db: Database, { id }: Period, percent: number, limit: NanoUsd): void => {
  db.run(
    'INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET limit_amount = excluded.limit_amount',
    id,
    percent,
    limit,
  );
};
