/** The spending of one month by all groupings, in one query: the first content of the usage view. */
import type { NanoUsd } from '../../core/brand.ts';
import type { LedgerEntry, TokenCounts } from '../ports/money.ts';
import type { PeriodTotal, SpendCell, SpendFilter, SpendGroup, SpendRow } from '../ports/usage.ts';
import { raisedLimit } from '../../core/money/available.ts';
import { monthOf, type Month } from './month.ts';
import type { UsageSource } from './ports.ts';

export interface SpendQuery {
  /** `YYYY-MM`; undefined = the current month. */
  readonly period: string | undefined;
  readonly workspaceId: string | undefined;
}

export const breakdowns = ['model', 'surface', 'language', 'workspace', 'source'] as const;
export type Breakdown = (typeof breakdowns)[number];

export interface SpendReport {
  readonly month: Month;
  readonly by: Readonly<Record<Breakdown, readonly ShareRow[]>>;
  readonly calls: number;
  readonly periods: readonly PeriodTotal[];
  readonly holds: readonly LedgerEntry[];
  readonly charges: readonly LedgerEntry[];
}

export interface ShareRow extends SpendRow {
  /** Lengths of the bar's spent part and of its reserved part, as shares of the highest row's amount. */
  readonly bar: number;
  readonly heldBar: number;
}

export async function spendReport(source: UsageSource, query: SpendQuery): Promise<SpendReport | undefined> {
  const { usage, clock } = source;
  const summary = source.summary();
  const period = query.period ?? summary.period;
  const filter: SpendFilter = {
    period,
    ...(query.workspaceId === undefined ? {} : { workspaceId: query.workspaceId }),
  };
  const [cells, daysBefore, periods, holds, charges] = await Promise.all([
    usage.cube(period, query.workspaceId),
    usage.spend('day', { ...filter, period: periodBefore(period) }),
    usage.periods(),
    usage.holds(),
    usage.charges?.() ?? [],
  ]);
  const days = groupBy(cells, 'day');
  // The limit applies to all workspaces, so one workspace's spending has no limit line.
  const limit = query.workspaceId === undefined ? limitOf(source, period, periods) : undefined;
  const month = monthOf({ period, now: clock.now(), days, daysBefore, summary, limit });
  if (!month) return undefined;
  const by = Object.fromEntries(breakdowns.map((name) => [name, withBars(groupBy(cells, name))]));
  return {
    month,
    by: by as SpendReport['by'],
    calls: days.reduce((sum, row) => sum + row.calls, 0),
    periods,
    holds: period === summary.period ? holds : [],
    charges: period === summary.period ? charges : [],
  };
}

/** Sums over all other groupings, highest cost first. */
export function groupBy(cells: readonly SpendCell[], by: SpendGroup): readonly SpendRow[] {
  const rows = new Map<string, SpendRow>();
  for (const { keys, ...sums } of cells) {
    const key = keys[by];
    const row = rows.get(key);
    rows.set(key, row ? { key, ...added(row, sums) } : { key, ...sums });
  }
  return [...rows.values()].sort((a, b) => b.settled + b.heldBack - a.settled - a.heldBack);
}

function added(a: Omit<SpendRow, 'key'>, b: Omit<SpendRow, 'key'>): Omit<SpendRow, 'key'> {
  const tokens: TokenCounts = {
    input: a.tokens.input + b.tokens.input,
    cachedInput: a.tokens.cachedInput + b.tokens.cachedInput,
    cacheWrite: a.tokens.cacheWrite + b.tokens.cacheWrite,
    output: a.tokens.output + b.tokens.output,
    reasoning: a.tokens.reasoning + b.tokens.reasoning,
  };
  return {
    settled: (a.settled + b.settled) as NanoUsd,
    heldBack: (a.heldBack + b.heldBack) as NanoUsd,
    reserved: (a.reserved + b.reserved) as NanoUsd,
    calls: a.calls + b.calls,
    tokens,
  };
}

/** Limits of past months are not recorded, so their charts have no limit line. */
function limitOf(source: UsageSource, period: string, periods: readonly PeriodTotal[]): NanoUsd | undefined {
  const limit = source.monthlyLimit();
  if (limit === undefined || period !== source.summary().period) return undefined;
  const raised = periods.find((total) => total.period === period)?.raisedBy ?? source.summary().raisedBy;
  return raisedLimit(limit, raised);
}

function withBars(rows: readonly SpendRow[]): readonly ShareRow[] {
  const whole = Math.max(1, ...rows.map((row) => row.settled + row.heldBack + row.reserved));
  return rows.map((row) => ({
    ...row,
    bar: row.settled / whole,
    heldBar: (row.heldBack + row.reserved) / whole,
  }));
}

export function periodBefore(period: string): string {
  const [year = 1970, month = 1] = period.split('-').map(Number);
  return month === 1
    ? `${String(year - 1).padStart(4, '0')}-12`
    : `${String(year).padStart(4, '0')}-${String(month - 1).padStart(2, '0')}`;
}
