/**
 * A bill that cannot be right. The user says what the call cost; the limit counts that, and the provider's bill is kept
 * beside it and shown, so that neither word is lost. Saying the bill's own amount takes the dispute back.
 */
import type { EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { isMoney, left } from '../../core/money.ts';
import type { Books } from './books.ts';
import { ended, moneyTransaction, move } from './books.ts';
import { integer } from './database.ts';
import { accountOf } from './reservations.ts';

/** Calls with a bill: what a crash left at its worst case is a hold (holds.ts), an opening balance the user's word. */
export const DISPUTABLE = `state = 'settled' AND swept = 0 AND purpose <> 'opening'`;

/** Whether there was such a call. Nothing is asked of its provider afterwards, and what it held back is part of the word. */
export function dispute(books: Books, id: ReservationId, amount: NanoUsd, now: EpochMs): boolean {
  if (!isMoney(amount)) return false;
  return moneyTransaction(books, now, () => {
    const row = books.db.get(`SELECT * FROM entries WHERE id = ? AND ${DISPUTABLE}`, id);
    if (!row) return false;
    const [cost, held] = [integer(row, 'cost'), integer(row, 'held')];
    const billed = row['billed'] === null ? cost : integer(row, 'billed');
    // Where nothing is held, its money stands as settled, else all of it as held.
    const standing = ended(cost, held, held > 0);
    move(books.db, accountOf(row), {
      settled: amount - (standing.settled ?? 0),
      held: -(standing.held ?? 0),
    });
    books.db.run(
      'UPDATE entries SET cost = ?, billed = ?, held = 0, released = 0, overrun = ?, lookup_at = NULL WHERE id = ?',
      amount,
      billed === amount ? null : billed,
      left(amount, integer(row, 'worst') as NanoUsd),
      id,
    );
    books.db.run(
      'INSERT INTO releases (entry_id, at, amount, reason) VALUES (?, ?, ?, ?)',
      id,
      Math.round(now),
      cost + held - amount,
      billed === amount ? 'dispute taken back' : 'disputed by the user',
    );
    return true;
  });
}
