/** Giving back what is held: by the user with the provider's bill in hand, or by what the provider itself reports. */
import type { EpochMs, NanoUsd, ReservationId } from '../core/brand.ts';
import { ZERO, isMoney, left } from '../core/money.ts';
import type { Books } from './books.ts';
import { moneyTransaction, move } from './books.ts';
import type { Row } from './database.ts';
import { integer, text } from './database.ts';
import { accountOf } from './reservations.ts';

/** A hold, or a call that a crash left at its worst case. */
export const HELD = `(held > 0 OR swept = 1)`;
/** `swept` of such a call once it was released: nothing is held, and a real settlement would still be taken. */
const RELEASED = 2;

/** Ends the hold; a swept call falls from its worst case to what it was expected to cost. */
export function releaseHold(books: Books, id: ReservationId | 'all', reason: string, now: EpochMs): NanoUsd {
  return moneyTransaction(books, now, (period) => {
    const rows =
      id === 'all'
        ? books.db.all(`SELECT * FROM entries WHERE ${HELD} AND period = ?`, period.id)
        : books.db.all(`SELECT * FROM entries WHERE ${HELD} AND id = ?`, id);
    return rows.reduce((freed, row) => (freed + release(books, row, reason, now)) as NanoUsd, ZERO);
  });
}

/** Records the reported cost and ends the hold. Returns what was freed; negative when the call cost more than counted. */
export function reconcile(
  books: Books,
  id: ReservationId,
  cost: NanoUsd,
  reason: string,
  now: EpochMs,
): number {
  if (!isMoney(cost)) return 0;
  return moneyTransaction(books, now, () => {
    const row = books.db.get(`SELECT * FROM entries WHERE ${HELD} AND id = ?`, id);
    return row ? restate(books, row, { cost, source: 'reported', reason }, now) : 0;
  });
}

function release(books: Books, row: Row, reason: string, now: EpochMs): number {
  const cost = integer(row, 'cost') as NanoUsd;
  if (integer(row, 'swept') === 0) return restate(books, row, { cost, source: undefined, reason }, now);
  const expected = Math.min(cost, integer(row, 'expected')) as NanoUsd;
  return restate(books, row, { cost: expected, source: 'estimate', swept: RELEASED, reason }, now);
}

interface Restatement {
  readonly cost: NanoUsd;
  /** Undefined = as it was. */
  readonly source: 'reported' | 'estimate' | undefined;
  /** Absent = 0. */
  readonly swept?: number;
  readonly reason: string;
}

function restate(
  books: Books,
  row: Row,
  { cost, source, swept = 0, reason }: Restatement,
  now: EpochMs,
): number {
  const [id, held] = [text(row, 'id'), integer(row, 'held')];
  const before = integer(row, 'cost');
  const freed = before + held - cost;
  move(books.db, accountOf(row), { settled: cost - before, held: -held });
  books.db.run(
    `UPDATE entries SET cost = ?, held = 0, swept = ?, source = coalesce(?, source), overrun = ? WHERE id = ?`,
    cost,
    swept,
    source ?? null,
    left(cost, integer(row, 'worst') as NanoUsd),
    id,
  );
  books.db.run(
    'INSERT INTO releases (entry_id, at, amount, reason) VALUES (?, ?, ?, ?)',
    id,
    Math.round(now),
    freed,
    reason.slice(0, 200),
  );
  return freed;
}
