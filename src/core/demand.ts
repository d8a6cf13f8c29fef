/**
 * How many requests are still to come this period: the user's own rate per hour of the week, over the weeks seen, and
 * before there are enough of them a common working week.
 *
 * Rate of hour h = (count_h + PRIOR_WEEKS prior_h) / (weeks + PRIOR_WEEKS), with the prior's level set by the requests
 * seen so far: Gamma-Poisson pooling of the shape, while the level belongs to the user alone within a day or two.
 */
import type { EpochMs } from './brand.ts';
import { HOURS_PER_WEEK, HOUR_MS, hourOfWeek } from './period.ts';

export interface DemandHistory {
  /** Requests per local hour of week over the days seen: 168 numbers. */
  readonly hourOfWeek: readonly number[];
  /** Days from the first request counted to now, at most the window of the counts. */
  readonly days: number;
}

/** Weeks of observation the common working week weighs. */
const PRIOR_WEEKS = 0.5;
/** Before anything is known of the user. */
const PRIOR_REQUESTS_PER_WEEK = 150;

/**
 * Requests expected in [from, until). Whole weeks at once and the rest hour by hour, on the clock face of `from`: a
 * change to or from daylight saving moves one hour of the forecast, and this is asked at every keystroke's decision.
 */
export function expectedRequests(history: DemandHistory, from: EpochMs, until: EpochMs): number {
  const hours = (until - from) / HOUR_MS;
  if (!(hours > 0 && Number.isFinite(hours))) return 0;
  const rates = hourlyRates(history);
  const weeks = Math.floor(hours / HOURS_PER_WEEK);
  let expected = weeks * rates.reduce((sum, rate) => sum + rate, 0);
  let rest = hours - weeks * HOURS_PER_WEEK;
  let step = 1 - minuteShare(from);
  for (let hour = hourOfWeek(from); rest > 0; hour++) {
    const part = Math.min(rest, step);
    expected += part * (rates[hour % HOURS_PER_WEEK] ?? 0);
    rest -= part;
    step = 1;
  }
  return expected;
}

/** Requests an hour, for each local hour of the week. */
export function hourlyRates({ hourOfWeek: counts, days }: DemandHistory): readonly number[] {
  const weeks = Number.isFinite(days) ? Math.max(0, days) / 7 : 0;
  const clean = workingWeek.map((_, hour) => Math.max(0, finiteOr0(counts[hour])));
  const level = userLevel(clean, weeks);
  return clean.map(
    (count, hour) => (count + PRIOR_WEEKS * level * (workingWeek[hour] ?? 0)) / (weeks + PRIOR_WEEKS),
  );
}

/** Requests a week: the user's own, pulled to the prior by a tenth of a week. */
function userLevel(counts: readonly number[], weeks: number): number {
  const pseudoWeeks = 0.1;
  const seen = counts.reduce((sum, count) => sum + count, 0);
  return (seen + pseudoWeeks * PRIOR_REQUESTS_PER_WEEK) / (weeks + pseudoWeeks);
}

/** Share of a common week's requests by hour: office hours, some evening, little at the weekend. Sums to 1. */
const workingWeek: readonly number[] = normalized(
  Array.from({ length: HOURS_PER_WEEK }, (_, index) => {
    const [day, hour] = [Math.floor(index / 24), index % 24];
    const ofHour = 9 <= hour && hour < 18 ? 1 : 18 <= hour && hour < 23 ? 0.3 : hour < 7 ? 0.02 : 0.1;
    return day < 5 ? ofHour : 0.2 * ofHour;
  }),
);

function normalized(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** How much of its local hour has passed, in [0, 1). */
const minuteShare = (at: EpochMs): number => {
  const date = new Date(at);
  return (date.getMinutes() * 60_000 + date.getSeconds() * 1000 + date.getMilliseconds()) / HOUR_MS;
};

const finiteOr0 = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;
