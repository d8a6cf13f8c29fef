/** The month in a few numbers, from the summary in every window. */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { standingOf, type Standing } from '../../core/money/available.ts';
import type { SpendSummary } from '../ports/money.ts';
import type { SpendRow } from '../ports/usage.ts';

export interface MonthFacts extends Standing {
  readonly resetsAt: EpochMs;
}

export const monthFacts = (summary: SpendSummary, monthly: NanoUsd | undefined): MonthFacts => ({
  ...standingOf(summary, monthly),
  resetsAt: summary.periodEnd,
});

export const isMoreThanNothing = (row: SpendRow): boolean => row.settled + row.heldBack + row.reserved > 0;
