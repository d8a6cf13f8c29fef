/** The month by day: the cost of each day, the running total, the pace to the limit, and the forecast to the end. */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { ZERO } from '../../core/money.ts';
import { availableOf } from '../../core/money/available.ts';
import { expectedRequests, type DemandHistory } from '../../core/money/demand.ts';
import { forecastTotals, type Interval } from '../../core/money/forecast.ts';
import { dayOf, periodOf, type Period } from '../../core/money/period.ts';
import type { SpendSummary } from '../ports/money.ts';
import type { SpendRow } from '../ports/usage.ts';

export interface MonthDay {
  /** `YYYY-MM-DD`. */
  readonly id: string;
  readonly at: EpochMs;
  /** Known bills of that day's calls; undefined = a future day. */
  readonly spent: NanoUsd | undefined;
  /** Reserved amount of that day's calls: under way, or without a known bill. */
  readonly reserved: NanoUsd | undefined;
  readonly calls: number;
  /** Running total of the spent amounts at the day's end; for today, so far. */
  readonly total: NanoUsd | undefined;
  /** `total` plus the running total of the reserved amounts. */
  readonly committed: NanoUsd | undefined;
  /** Expected running total with its 80 % interval, for today and future days. */
  readonly forecast: Interval | undefined;
}

export interface Month {
  readonly period: Period;
  readonly days: readonly MonthDay[];
  readonly spent: NanoUsd;
  readonly reserved: NanoUsd;
  /** Undefined where there is no limit. */
  readonly available: NanoUsd | undefined;
  /** With this month's raise. */
  readonly limit: NanoUsd | undefined;
  readonly forecast: Interval | undefined;
  /** False = a past month. */
  readonly running: boolean;
}

export interface MonthInput {
  readonly period: string;
  readonly now: EpochMs;
  /** Rows by day of this month, and of the previous one for the forecast. */
  readonly days: readonly SpendRow[];
  readonly daysBefore: readonly SpendRow[];
  readonly summary: Pick<SpendSummary, 'hourOfWeek' | 'historyDays'>;
  readonly limit: NanoUsd | undefined;
}

/** Number of past days that the forecast uses. */
const MEMORY_DAYS = 28;

/** Undefined when the id does not name a period. */
export function monthOf(input: MonthInput): Month | undefined {
  const period = periodOf(input.period);
  if (!period) return undefined;
  const { now, limit } = input;
  const rows = new Map(input.days.map((row) => [row.key, row]));
  const dates = datesOf(period);
  const running = period.start <= now && now < period.end;
  const today = running ? dayOf(now) : undefined;
  let total = 0;
  let reserved = 0;
  const past = dates.map(({ id, at }) => {
    const come = today === undefined || id <= today;
    const row = rows.get(id);
    const open = ((row?.heldBack ?? 0) + (row?.reserved ?? 0)) as NanoUsd;
    total += row?.settled ?? 0;
    reserved += open;
    return {
      ...{ id, at, calls: row?.calls ?? 0 },
      spent: come ? (row?.settled ?? ZERO) : undefined,
      reserved: come ? open : undefined,
      total: come ? (total as NanoUsd) : undefined,
      committed: come ? ((total + reserved) as NanoUsd) : undefined,
    };
  });
  const forecast = today === undefined ? undefined : forecastOf(input, dates, total);
  const first = dates.findIndex(({ id }) => id === today);
  const days = past.map((day, i) => ({ ...day, forecast: i >= first ? forecast?.[i - first] : undefined }));
  return {
    ...{ period, days, limit, running },
    spent: total as NanoUsd,
    reserved: reserved as NanoUsd,
    available: limit === undefined ? undefined : availableOf(limit, (total + reserved) as NanoUsd),
    forecast: forecast?.at(-1),
  };
}

interface CalendarDay {
  readonly id: string;
  readonly at: EpochMs;
}

/** Every calendar day of the month, at noon, so no change to daylight saving time skips one. */
function datesOf({ start, end }: Period): readonly CalendarDay[] {
  const dates: CalendarDay[] = [];
  const first = new Date(start);
  for (let day = 1; dates.length < 31; day++) {
    const at = new Date(first.getFullYear(), first.getMonth(), day, 12).getTime();
    if (at >= end) break;
    dates.push({ id: dayOf(at), at });
  }
  return dates;
}

function forecastOf(
  { now, days, daysBefore, summary, limit }: MonthInput,
  dates: readonly CalendarDay[],
  spent: number,
): readonly Interval[] | undefined {
  const history: DemandHistory = { hourOfWeek: summary.hourOfWeek, days: summary.historyDays ?? 0 };
  const spentOn = new Map([...daysBefore, ...days].map((row) => [row.key, row.settled]));
  const today = dayOf(now);
  // Days before the first call are days without PILOT and do not count as days without spending.
  const firstDay = [...spentOn.keys()].sort()[0];
  const behind = lastDays(now).flatMap((at) => {
    const id = dayOf(at);
    if (firstDay === undefined || id < firstDay || id >= today) return [];
    return [{ exposure: exposureOf(history, at), spent: spentOn.get(id) ?? 0 }];
  });
  const ahead = dates
    .filter(({ id }) => id >= today)
    .map(({ id, at }) =>
      id === today ? expectedRequests(history, now, endOfDay(at)) : exposureOf(history, at),
    );
  return forecastTotals({ behind, ahead, spent, limit });
}

const lastDays = (now: EpochMs): readonly EpochMs[] => {
  const date = new Date(now);
  return Array.from({ length: MEMORY_DAYS }, (_, i) =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1 - i, 12).getTime(),
  );
};

const exposureOf = (history: DemandHistory, noon: EpochMs): number =>
  expectedRequests(history, startOfDay(noon), endOfDay(noon));

function startOfDay(at: EpochMs): EpochMs {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function endOfDay(at: EpochMs): EpochMs {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}
