/**
 * The one model of a limit's money, in nano-USD:
 *
 *   spent      bills that are known
 *   reserved   calls under way at their worst case, and ended calls whose bill is not known: what they are estimated at and
 *              the rest of what they can have cost
 *   available  limit - spent - reserved, never below zero
 *
 * Everything that shows or checks what is available calls `availableOf`; a test finds any other subtraction from a limit.
 */
import type { NanoUsd } from '../brand.ts';
import { left } from '../money.ts';

/** As the ledger sums them. */
export interface LedgerSums {
  /** Bills that are known. */
  readonly settled: NanoUsd;
  /** Calls under way, at their worst case. */
  readonly reserved: NanoUsd;
  /** Ended calls whose bill is not known, at the most they can have cost. */
  readonly heldBack: NanoUsd;
}

export interface Standing {
  readonly spent: NanoUsd;
  readonly reserved: NanoUsd;
  /** The part of `reserved` that can be released: ended calls whose bill is not known. */
  readonly releasable: NanoUsd;
  /** With this month's raise; undefined = no limit is set. */
  readonly limit: NanoUsd | undefined;
  readonly available: NanoUsd | undefined;
}

/** Spent and reserved: what a limit has to cover. */
export const committedOf = ({ settled, reserved, heldBack }: LedgerSums): NanoUsd =>
  (settled + reserved + heldBack) as NanoUsd;

/** Of one ended call whose bill is not known: its estimate and the rest of the most it can have cost. */
export const reservedOf = ({
  cost,
  heldBack,
}: {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
}): NanoUsd => (cost + heldBack) as NanoUsd;

export const availableOf = (limit: NanoUsd, committed: NanoUsd): NanoUsd => left(limit, committed);

/** `monthly`: the limit as the settings say; undefined = none is set. */
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
