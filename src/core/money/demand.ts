/**
 * Forecasts the requests that are still to come this period, by surface: the user's own rate for each hour of the week,
 * over the weeks observed, and a common working week while these are few.
 *
 *   rate of hour h = (count_h + PRIOR_WEEKS prior_h) / (weeks + PRIOR_WEEKS)
 *
 * with the prior's level set by the requests so far: Gamma-Poisson pooling of the shape, while the level is the user's
 * own within a day or two. The week of all surfaces is pooled towards the common week, each surface towards the user's
 * week of all surfaces, so that a rarely used surface is expected at the user's working hours.
 *
 * A busy stretch raises the forecast at once, and less the further ahead: by the ratio of the last days' requests to
 * those that the week predicts for them. A quiet stretch does not lower it. Money kept for requests that do not come is
 * spent later at nearly the same value; missing money at the end means refused answers, and a project may begin in the
 * middle of a month. (Measured: at 600 requests a month late starts gain .003 of quality and bursts lose .002; lowering
 * the forecast too costs .001 to .006 in all.)
 */
import type { EpochMs } from '../brand.ts';
import type { Surface } from '../decision.ts';
import { HOURS_PER_WEEK, HOUR_MS, hourOfWeek } from './period.ts';
import type { DemandForecast } from './policy.ts';

export interface DemandHistory {
  /** Requests per local hour of week over the days seen: 168 numbers. */
  readonly hourOfWeek: readonly number[];
  /** Days from the first counted request to now, at most the window of the counts. */
  readonly days: number;
  /**
   * Requests of each local day over all surfaces, today last; they detect a busy stretch. Empty or undefined = unknown.
   */
  readonly recentDays?: readonly number[] | undefined;
}

export interface SurfaceDemand extends DemandHistory {
  /** In the form of `hourOfWeek`, which is their sum. */
  readonly bySurface: Readonly<Record<Surface, readonly number[]>>;
}

/** Weight of the common working week, in weeks of observation. */
const PRIOR_WEEKS = 0.5;
/**
 * The rate assumed for a new user: a programmer's month as bench:budget simulates it (test/bench/budget/arrivals.ts),
 * with office hours on working days, some evenings, and sessions of about four requests. Its middle month has 600
 * requests, 140 a week; 150 leaves some room.
 */
const PRIOR_REQUESTS_PER_WEEK = 150;
/**
 * After this many days with requests the user's own rate counts as known, since each day of the week has occurred once.
 */
const KNOWN_AFTER_DAYS = 7;
const DAY_MS = 24 * HOUR_MS;
const surfaces = ['ask', 'inline', 'chat'] as const;

/** The forecast for the cost policy: by surface to the period's end, and in total to its last tenth. */
export function forecastDemand(
  history: SurfaceDemand,
  from: EpochMs,
  period: { readonly start: EpochMs; readonly end: EpochMs },
): DemandForecast {
  const lastTenth = period.end - 0.1 * (period.end - period.start);
  const until = plannedUntil(history, from, period);
  const all = expectedRequests(history, from, until);
  const spans = surfaces.map((surface) => spanOf(surfaceRates(history, surface), from, until, 0));
  const sum = spans.reduce((total, span) => total + span, 0);
  const share = (i: number): number => (sum > 0 ? (all * (spans[i] ?? 0)) / sum : all / surfaces.length);
  return {
    bySurface: { ask: share(0), inline: share(1), chat: share(2) },
    untilLastTenth: expectedRequests(history, from, lastTenth),
    seen: history.hourOfWeek.reduce((total, count) => total + Math.max(0, finiteOr0(count)), 0),
  };
}

/**
 * The end of the stretch for which requests are counted: the period's end. For a user whose first request came late in
 * the period it extends to a whole month from that request, less and less as the user's own rate becomes known. With
 * the period's end alone, the first question of a $5 limit set on the 29th went to the most expensive model, because
 * only 34 requests were expected for all the money. A first request at the period's start changes nothing.
 */
function plannedUntil(
  { days }: DemandHistory,
  from: EpochMs,
  { start, end }: { readonly start: EpochMs; readonly end: EpochMs },
): EpochMs {
  const seen = Number.isFinite(days) ? Math.max(0, days) : 0;
  const unknown = Math.max(0, 1 - seen / KNOWN_AFTER_DAYS);
  const wholeMonth = from - seen * DAY_MS + (end - start);
  return end + unknown * Math.max(0, wholeMonth - end);
}

/** Requests expected in [from, until), all surfaces. */
export function expectedRequests(history: DemandHistory, from: EpochMs, until: EpochMs): number {
  const rates = hourlyRates(history);
  return spanOf(rates, from, until, busyness(history, rates, from) - 1);
}

/** Requests an hour, for each local hour of the week. */
export function hourlyRates({ hourOfWeek: counts, days }: DemandHistory): readonly number[] {
  return pooled(counts, days, workingWeek, PRIOR_REQUESTS_PER_WEEK);
}

/**
 * One surface's requests an hour: their shape is pooled towards all of the user's requests, their level towards an
 * equal share of them.
 */
export function surfaceRates(history: SurfaceDemand, surface: Surface): readonly number[] {
  const all = hourlyRates(history);
  const level = all.reduce((sum, rate) => sum + rate, 0);
  return pooled(history.bySurface[surface], history.days, normalized(all), level / surfaces.length);
}

function pooled(
  counts: readonly number[],
  days: number,
  shape: readonly number[],
  priorLevel: number,
): readonly number[] {
  const weeks = Number.isFinite(days) ? Math.max(0, days) / 7 : 0;
  const clean = shape.map((_, hour) => Math.max(0, finiteOr0(counts[hour])));
  const level = userLevel(clean, weeks, priorLevel);
  return clean.map(
    (count, hour) => (count + PRIOR_WEEKS * level * (shape[hour] ?? 0)) / (weeks + PRIOR_WEEKS),
  );
}

/** Requests a week: the user's own, pooled with a tenth of a week of the prior. */
function userLevel(counts: readonly number[], weeks: number, priorLevel: number): number {
  const pseudoWeeks = 0.1;
  const seen = counts.reduce((sum, count) => sum + count, 0);
  return (seen + pseudoWeeks * priorLevel) / (weeks + pseudoWeeks);
}

/** The weight of a recent request halves in this many days. */
const BUSY_HALF_LIFE = 3;
/** The number of predicted requests with which the recent ones are pooled, since a few sessions are weak evidence. */
const BUSY_PSEUDO_REQUESTS = 100;
/** A busy stretch fades to 1/e over this many days ahead. */
const BUSY_FADES = 10;

/** The ratio of the last days' requests to the predicted ones, at least 1. */
function busyness({ recentDays, days }: DemandHistory, rates: readonly number[], now: EpochMs): number {
  if (recentDays === undefined || !(days > 0)) return 1;
  const today = Math.floor(hourOfWeek(now) / 24);
  const ofDay = Array.from({ length: 7 }, (_, day) => total(rates.slice(24 * day, 24 * day + 24)));
  let [came, foretold] = [BUSY_PSEUDO_REQUESTS, BUSY_PSEUDO_REQUESTS];
  for (let age = 0; age < recentDays.length && age <= days; age++) {
    const weight = 2 ** (-age / BUSY_HALF_LIFE);
    const expected = age === 0 ? soFar(rates, now) : (ofDay[(today - age + 7 * age) % 7] ?? 0);
    came += weight * Math.max(0, finiteOr0(recentDays[recentDays.length - 1 - age]));
    foretold += weight * expected;
  }
  return Math.max(1, came / foretold);
}

/** The number of requests that the week predicts for today until now. */
function soFar(rates: readonly number[], now: EpochMs): number {
  const hour = hourOfWeek(now);
  return total(rates.slice(hour - (hour % 24), hour)) + minuteShare(now) * (rates[hour] ?? 0);
}

/**
 * The rates summed over [from, until), hour by hour by the local time of `from` (a change to or from daylight saving
 * time moves one hour of the forecast), each times 1 + `extra` fading with the days ahead. A month has at most 745
 * steps.
 */
function spanOf(rates: readonly number[], from: EpochMs, until: EpochMs, extra: number): number {
  let rest = (until - from) / HOUR_MS;
  if (!(rest > 0 && Number.isFinite(rest))) return 0;
  const fade = Math.exp(-1 / (24 * BUSY_FADES));
  let [expected, step, busy] = [0, 1 - minuteShare(from), extra];
  for (let hour = hourOfWeek(from); rest > 0; hour++) {
    const part = Math.min(rest, step);
    expected += part * (1 + busy) * (rates[hour % HOURS_PER_WEEK] ?? 0);
    rest -= part;
    step = 1;
    busy *= fade;
  }
  return expected;
}

/** Each hour's share of a common week's requests: office hours, some evenings, few at the weekend. Sums to 1. */
const workingWeek: readonly number[] = normalized(
  Array.from({ length: HOURS_PER_WEEK }, (_, index) => {
    const [day, hour] = [Math.floor(index / 24), index % 24];
    const ofHour = 9 <= hour && hour < 18 ? 1 : 18 <= hour && hour < 23 ? 0.3 : hour < 7 ? 0.02 : 0.1;
    return day < 5 ? ofHour : 0.2 * ofHour;
  }),
);

function normalized(weights: readonly number[]): readonly number[] {
  const sum = total(weights);
  return weights.map((weight) => weight / sum);
}

/** The elapsed share of the local hour, in [0, 1). */
const minuteShare = (at: EpochMs): number => {
  const date = new Date(at);
  return (date.getMinutes() * 60_000 + date.getSeconds() * 1000 + date.getMilliseconds()) / HOUR_MS;
};

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const finiteOr0 = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;
