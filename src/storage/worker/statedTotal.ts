/** Settles the calls without a known bill by a month's total that the user copies from the provider's own page. */
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

/** Calls of one endpoint, or of all; calls under way are newer than the statement, so it does not concern them. */
const OLDER = `period = ? AND state = 'settled' AND (? IS NULL OR substr(arm, 1, instr(arm, '/') - 1) = ?)`;

/**
 * Known bills stay. The rest of the total is divided among the other calls in proportion to their estimates, exact to a
 * nano-USD, and each is flagged. A total above everything counted is recorded in full too.
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

/** A call that a crash left is counted at its worst case; its expected cost is the better weight. */
const estimateOf = (row: Row): number =>
  integer(row, 'swept') === 1
    ? Math.min(integer(row, 'cost'), integer(row, 'expected'))
    : integer(row, 'cost');
