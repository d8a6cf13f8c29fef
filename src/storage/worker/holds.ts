/** Releases held amounts: by the user who has checked the provider's bill, or by the provider's own report. */
import type { CostSource, BillRecorded, ToldBill, TokenCounts } from '../../app/ports/money.ts';
import { reconciled } from '../../core/money/billing.ts';
import type { EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { ZERO, isMoney, left } from '../../core/money.ts';
import type { Books } from './books.ts';
import { forgetReservedNotice } from './notices.ts';
import { RELEASED, UNBILLED, ended, moneyTransaction, move } from './books.ts';
import type { Row } from './database.ts';
import { integer, text } from './database.ts';
import { accountOf, counts } from './reservations.ts';

/** The note of a call whose bill arrived after its hold had been released or had ended with its month. */
export const BILLED_LATE = 'billed-after-release';

/**
 * Ends the hold: the call stays counted at its estimate, one that a crash left at its expected cost. The provider is
 * still asked for the bill, which is recorded in full when it arrives.
 */
export function releaseHold(books: Books, id: ReservationId | 'all', reason: string, now: EpochMs): NanoUsd {
  return moneyTransaction(books, now, (period) => {
    const rows =
      id === 'all'
        ? books.db.all(`SELECT * FROM entries WHERE ${UNBILLED} AND period = ?`, period.id)
        : books.db.all(`SELECT * FROM entries WHERE ${UNBILLED} AND id = ?`, id);
    // Amounts reserved later deserve a new notice.
    if (id === 'all') forgetReservedNotice(books.db, period.id);
    return rows.reduce((freed, row) => (freed + release(books, row, reason, now)) as NanoUsd, ZERO);
  });
}

/** Records the provider's bill of a call that is held, or was held until its release. */
export function reconcile(
  books: Books,
  id: ReservationId,
  told: ToldBill,
  reason: string,
  now: EpochMs,
): BillRecorded {
  const nothing = { freed: 0, cost: undefined, isLate: false };
  if (!isMoney(told.cost)) return nothing;
  return moneyTransaction(books, now, () => {
    const row = books.db.get(`SELECT * FROM entries WHERE (${UNBILLED} OR released = 1) AND id = ?`, id);
    // Nor for a disputed call, whose cost the user has stated.
    if (!row || row['billed'] !== null) return nothing;
    const held = {
      cost: integer(row, 'cost') as NanoUsd,
      heldBack: integer(row, 'held') as NanoUsd,
      seenTokens: integer(row, 'seen'),
      sentTokens: integer(row, 'sent'),
    };
    const isLate = integer(row, 'released') === 1;
    const { cost, heldBack, flags } = reconciled(held, told);
    const [flag = isLate ? BILLED_LATE : undefined] = flags;
    const isFalse = flags.length > 0;
    if (!isFalse) keepTokens(books, id, told.tokens);
    const source = isFalse ? undefined : told.source;
    const freed = restate(books, row, { cost, heldBack, source, ...(flag && { note: flag }), reason }, now);
    return { freed, cost, isLate };
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
  const over = { released: 1, lookUpAt: row['lookup_at'] as number | null, reason };
  if (integer(row, 'swept') === 0) return restate(books, row, { ...over, cost, source: undefined }, now);
  const expected = Math.min(cost, integer(row, 'expected')) as NanoUsd;
  return restate(books, row, { ...over, cost: expected, source: 'estimate', swept: RELEASED }, now);
}

export interface Restatement {
  readonly cost: NanoUsd;
  /** Undefined = unchanged. */
  readonly source: CostSource | undefined;
  /** Still held amount; absent = 0. */
  readonly heldBack?: NanoUsd;
  /** Absent = unchanged. */
  readonly note?: string;
  /** Absent = 0. */
  readonly swept?: number;
  /** 1 = a later bill is still recorded; absent = 0. */
  readonly released?: number;
  /** When the provider is asked for the bill; absent = no more. */
  readonly lookUpAt?: EpochMs | null;
  readonly reason: string;
}

/**
 * Counts the call at another amount. Returns the released amount, negative when the call costs more than had been
 * counted.
 */
export function restate(books: Books, row: Row, change: Restatement, now: EpochMs): number {
  const { cost, source, heldBack = ZERO, note, swept = 0, released = 0, lookUpAt = null, reason } = change;
  const [id, held, before] = [text(row, 'id'), integer(row, 'held'), integer(row, 'cost')];
  const freed = before + held - cost - heldBack;
  const was = ended(before, held, held > 0 || integer(row, 'swept') === 1);
  const is = ended(cost, heldBack, heldBack > 0);
  move(books.db, accountOf(row), {
    settled: (is.settled ?? 0) - (was.settled ?? 0),
    held: (is.held ?? 0) - (was.held ?? 0),
  });
  books.db.run(
    `UPDATE entries SET cost = ?, held = ?, swept = ?, released = ?, source = coalesce(?, source), overrun = ?,
       note = coalesce(?, note), lookup_at = ? WHERE id = ?`,
    cost,
    heldBack,
    swept,
    released,
    source ?? null,
    left(cost, integer(row, 'worst') as NanoUsd),
    note ?? null,
    lookUpAt,
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
