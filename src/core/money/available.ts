/**
 * The definition of a limit's money, in nano-USD:
 *
 *   spent      known bills
 *   reserved calls under way at their worst case, and ended calls without a known bill at their estimate and the
 *              rest of the most they can have cost
 *   available limit - spent - reserved, at least zero
 *
 * Everything that shows or checks the available money calls `availableOf`; a test finds any other subtraction from a
 * limit.
 */
import type { NanoUsd } from '../brand.ts';
import { left } from '../money.ts';

/** The sums of the ledger for one period. */
export interface LedgerSums {
  /** Sum of the known bills. */
  readonly settled: NanoUsd;
  /** Sum of the worst cases of calls under way. */
  readonly reserved: NanoUsd;
  /** Sum of the most that ended calls without a known bill can have cost. */
  readonly heldBack: NanoUsd;
}

export interface Standing {
  readonly spent: NanoUsd;
  readonly reserved: NanoUsd;
  /** The part of `reserved` that the user can release: ended calls without a known bill. */
  readonly releasable: NanoUsd;
  /** The limit with this month's raise; undefined = no limit is set. */
  readonly limit: NanoUsd | undefined;
  readonly available: NanoUsd | undefined;
}

/** Spent plus reserved: the part of a limit that is not available. */
export const committedOf = ({ settled, reserved, heldBack }: LedgerSums): NanoUsd =>
  (settled + reserved + heldBack) as NanoUsd;

/** For one ended call without a known bill: its estimate and the rest of the most it can have cost. */
export const reservedOf = ({
  cost,
  heldBack,
}: {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
}): NanoUsd => (cost + heldBack) as NanoUsd;

export const availableOf = (limit: NanoUsd, committed: NanoUsd): NanoUsd => left(limit, committed);

/** `monthly`: the limit in the settings; undefined = none is set. */
export function standingOf(
  sums: LedgerSums & { readonly raisedBy: NanoUsd },
  monthly: NanoUsd | undefined,
): Standing {
  const limit = raisedLimit(monthly, sums.raisedBy);
  return {
    spent: sums.settled,
    reserved: (sums.reserved + sums.heldBack) as NanoUsd,
    releasable: sums.heldBack,
    limit,
    available: limit === undefined ? undefined : availableOf(limit, committedOf(sums)),
  };
}

export const raisedLimit = (monthly: NanoUsd | undefined, raisedBy: NanoUsd): NanoUsd | undefined =>
  monthly === undefined ? undefined : ((monthly + raisedBy) as NanoUsd);
