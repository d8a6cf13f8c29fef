/** The month in a few numbers, from the summary every window keeps. */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import type { SpendSummary } from '../ports/money.ts';
import type { SpendRow } from '../ports/usage.ts';

export interface MonthFacts {
  readonly spent: NanoUsd;
  readonly heldBack: NanoUsd;
  /** With this month's raise; undefined = none set. */
  readonly limit: NanoUsd | undefined;
  /** What is neither spent, nor reserved, nor held back. */
  readonly left: NanoUsd | undefined;
  readonly resetsAt: EpochMs;
}

export function monthFacts(summary: SpendSummary, monthly: NanoUsd | undefined): MonthFacts {
  const { settled, reserved, heldBack, raisedBy } = summary;
  const limit = monthly === undefined ? undefined : ((monthly + raisedBy) as NanoUsd);
  const left =
    limit === undefined ? undefined : (Math.max(0, limit - settled - reserved - heldBack) as NanoUsd);
  return { spent: settled, heldBack, limit, left, resetsAt: summary.periodEnd };
}

export const isMoreThanNothing = (row: SpendRow): boolean => row.settled + row.heldBack + row.reserved > 0;
