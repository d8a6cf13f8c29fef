/**
 * Disputes of wrong bills. The user states what the call cost; the limit counts that, and the provider's bill is stored
 * beside it and shown. Stating the bill's own amount ends the dispute.
 */
import type { EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { isMoney, left } from '../../core/money.ts';
import type { Books } from './books.ts';
import { ended, moneyTransaction, move } from './books.ts';
import { integer } from './database.ts';
import { accountOf } from './reservations.ts';

/**
 * Calls with a bill: a call that a crash left at its worst case is a hold (holds.ts), and an opening balance is the
 * user's own statement.
 */
export const DISPUTABLE = `state = 'settled' AND swept = 0 AND purpose <> 'opening'`;

/**
 * Returns whether there is such a call. Its provider is not asked again, and the statement includes the held amount.
 */
export function dispute(books: Books, id: ReservationId, amount: NanoUsd, now: EpochMs): boolean {
  if (!isMoney(amount)) return false;
  return moneyTransaction(books, now, () => {
    const row = books.db.get(`SELECT * FROM entries WHERE id = ? AND ${DISPUTABLE}`, id);
    if (!row) return false;
    const [cost, held] = [integer(row, 'cost'), integer(row, 'held')];
    const billed = row['billed'] === null ? cost : integer(row, 'billed');
    // Without a hold, its money counts as settled, otherwise all of it as held.
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
