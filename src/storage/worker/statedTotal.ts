/** The user's word on a month's total, from the provider's own page: it settles the calls whose bill is not known. */
import type { StatedTotal } from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { isMoney } from '../../core/money.ts';
import { inProportion } from '../../core/money/inProportion.ts';
import type { Books } from './books.ts';
import { UNBILLED, bounded, moneyTransaction } from './books.ts';
import { STATED_TOTAL, recordDifference } from './confirmation.ts';
import type { Row } from './database.ts';
import { integer } from './database.ts';
import { restate } from './holds.ts';

/** Calls of one endpoint, or of all; calls under way are newer than the user's word, so it says nothing of them. */
const OLDER = `period = ? AND state = 'settled' AND (? IS NULL OR substr(arm, 1, instr(arm, '/') - 1) = ?)`;

/**
 * Known bills stand. What the total leaves for the others is shared among them in proportion to their estimates, to the
 * last nano-USD, and each is flagged. A total above all that is counted is recorded in full all the same.
 */
export function stateTotal(
  books: Books,
  total: NanoUsd,
  endpointId: string | undefined,
  now: EpochMs,
): StatedTotal {
  if (!isMoney(total)) return { kind: 'settled', calls: 0, freed: 0 };
  return moneyTransaction(books, now, (period) => {
    const { db } = books;
    const whose = [period.id, endpointId ?? null, endpointId ?? null] as const;
    const known = bounded(
      db.get(`SELECT total(cost) total FROM entries WHERE ${OLDER} AND NOT ${UNBILLED}`, ...whose)?.['total'],
    );
    if (total < known) return { kind: 'below-bills', known };
    const calls = db.all(`SELECT * FROM entries WHERE ${OLDER} AND ${UNBILLED} ORDER BY seq`, ...whose);
    const rest = total - known;
    if (calls.length === 0) {
      recordDifference(db, period, rest, STATED_TOTAL, now);
      return { kind: 'settled', calls: 0, freed: -rest };
    }
    const shares = inProportion(rest, calls.map(estimateOf));
    const freed = calls.reduce((sum, call, i) => {
      const cost = (shares[i] ?? 0) as NanoUsd;
      const change = {
        cost,
        source: 'estimate',
        note: STATED_TOTAL,
        reason: 'total stated by the user',
      } as const;
      return sum + restate(books, call, change, now);
    }, 0);
    return { kind: 'settled', calls: calls.length, freed };
  });
}

/** A call that a crash left stands at its worst case; what it was expected to cost says more. */
const estimateOf = (row: Row): number =>
  integer(row, 'swept') === 1
    ? Math.min(integer(row, 'cost'), integer(row, 'expected'))
    : integer(row, 'cost');
