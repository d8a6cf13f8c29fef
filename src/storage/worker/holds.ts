/** Giving back what is held: by the user with the provider's bill in hand, or by what the provider itself reports. */
import type { CostSource, ToldBill, TokenCounts } from '../../app/ports/money.ts';
import { reconciled } from '../../core/money/billing.ts';
import type { EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { ZERO, isMoney, left } from '../../core/money.ts';
import type { Books } from './books.ts';
import { moneyTransaction, move } from './books.ts';
import type { Row } from './database.ts';
import { integer, text } from './database.ts';
import { RELEASED, accountOf, counts } from './reservations.ts';

/** A hold, or a call that a crash left at its worst case. */
export const HELD = `(held > 0 OR swept = 1)`;

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

/** Records what the provider told. Returns what was freed; negative when the call cost more than counted. */
export function reconcile(
  books: Books,
  id: ReservationId,
  told: ToldBill,
  reason: string,
  now: EpochMs,
): number {
  if (!isMoney(told.cost)) return 0;
  return moneyTransaction(books, now, () => {
    const row = books.db.get(`SELECT * FROM entries WHERE ${HELD} AND id = ?`, id);
    if (!row) return 0;
    const held = {
      cost: integer(row, 'cost') as NanoUsd,
      heldBack: integer(row, 'held') as NanoUsd,
      seenTokens: integer(row, 'seen'),
    };
    const { cost, heldBack, flags } = reconciled(held, told);
    const [flag] = flags;
    if (flag !== undefined)
      return restate(books, row, { cost, heldBack, source: undefined, note: flag, reason }, now);
    keepTokens(books, id, told.tokens);
    return restate(books, row, { cost, heldBack, source: told.source, reason }, now);
  });
}

function keepTokens({ db }: Books, id: ReservationId, tokens: TokenCounts): void {
  db.run(
    'UPDATE entries SET input = ?, cached_input = ?, cache_write = ?, output = ?, reasoning = ? WHERE id = ?',
    ...counts(tokens),
    id,
  );
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
  readonly source: CostSource | undefined;
  /** Still held; absent = 0. */
  readonly heldBack?: NanoUsd;
  /** Absent = as it was. */
  readonly note?: string;
  /** Absent = 0. */
  readonly swept?: number;
  readonly reason: string;
}

function restate(
  books: Books,
  row: Row,
  { cost, source, heldBack = ZERO, note, swept = 0, reason }: Restatement,
  now: EpochMs,
): number {
  const [id, held] = [text(row, 'id'), integer(row, 'held')];
  const before = integer(row, 'cost');
  const freed = before + held - cost - heldBack;
  move(books.db, accountOf(row), { settled: cost - before, held: heldBack - held });
  books.db.run(
    `UPDATE entries SET cost = ?, held = ?, swept = ?, source = coalesce(?, source), overrun = ?,
       note = coalesce(?, note), lookup_at = NULL WHERE id = ?`,
    cost,
    heldBack,
    swept,
    source ?? null,
    left(cost, integer(row, 'worst') as NanoUsd),
    note ?? null,
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
