/**
 * How many requests are still to come this period, by surface: the user's own rate per hour of the week, over the weeks
 * seen, and before there are enough of them a common working week.
 *
 *   rate of hour h = (count_h + PRIOR_WEEKS prior_h) / (weeks + PRIOR_WEEKS)
 *
 * with the prior's level set by the requests seen so far: Gamma-Poisson pooling of the shape, while the level belongs to
 * the user alone within a day or two. All surfaces are pooled towards the common week; each surface towards the user's
 * own week of all surfaces, so that a surface hardly used so far is expected when its user works.
 *
 * A busy stretch raises the forecast at once, and less the further ahead: by the last days' requests over what the week
 * foretold for them. A quiet one does not lower it. Money kept for requests that stay away is spent later for nearly as
 * much; money missing at the end is answers refused, and a project may begin in the middle of a month. (Measured: at 600
 * requests a month late starts gain .003 of quality and bursts lose .002; lowering it too costs .001 to .006 in all.)
 */
import type { EpochMs } from '../brand.ts';
import type { Surface } from '../decision.ts';
import { HOURS_PER_WEEK, HOUR_MS, hourOfWeek } from './period.ts';
import type { DemandForecast } from './policy.ts';

export interface DemandHistory {
  /** Requests per local hour of week over the days seen: 168 numbers. */
  readonly hourOfWeek: readonly number[];
  /** Days from the first request counted to now, at most the window of the counts. */
  readonly days: number;
  /** Requests of each local day, all surfaces, today last; for the busy stretch. Empty or undefined = not known. */
  readonly recentDays?: readonly number[] | undefined;
}

export interface SurfaceDemand extends DemandHistory {
  /** As `hourOfWeek`, which is their sum. */
  readonly bySurface: Readonly<Record<Surface, readonly number[]>>;
}

/** Weeks of observation the common working week weighs. */
const PRIOR_WEEKS = 0.5;
/**
 * Before anything is known of the user: a programmer's month as bench:budget simulates it (test/bench/budget/arrivals.ts),
 * office hours on working days, some evening, sessions of about four. Its middle month has 600 requests, 140 a week;
 * 150 leaves some room.
 */
const PRIOR_REQUESTS_PER_WEEK = 150;
/** Days of requests after which the user's own rate counts as known: each day of the week was seen once. */
const KNOWN_AFTER_DAYS = 7;
const DAY_MS = 24 * HOUR_MS;
const surfaces = ['ask', 'inline', 'chat'] as const;

/** What the cost policy asks: by surface to the period's end, and in all to its last tenth. */
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
 * To where the requests ahead are counted: the period's end. A user whose first request came late in the period is
 * planned for as for a whole month from that request, less and less until the own rate is known. With the period's end
 * alone, the first question of a $5 limit set on the 29th went to the dearest model, because 34 requests were expected
 * for all the money. A first request at the period's start changes nothing.
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

/** Requests an hour of one surface: pooled towards all of the user's, and in level towards an equal share of them. */
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

/** Requests a week: the user's own, pulled to the prior by a tenth of a week. */
function userLevel(counts: readonly number[], weeks: number, priorLevel: number): number {
  const pseudoWeeks = 0.1;
  const seen = counts.reduce((sum, count) => sum + count, 0);
  return (seen + pseudoWeeks * priorLevel) / (weeks + pseudoWeeks);
}

/** Days in which a recent request's weight halves. */
const BUSY_HALF_LIFE = 3;
/** Requests as foretold that the recent ones are pooled with: sessions make few of them say little. */
const BUSY_PSEUDO_REQUESTS = 100;
/** Days ahead in which a busy stretch fades to 1/e. */
const BUSY_FADES = 10;

/** Requests of the last days over those foretold, at least 1. */
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

/** What the week foretells for today until now. */
function soFar(rates: readonly number[], now: EpochMs): number {
  const hour = hourOfWeek(now);
  return total(rates.slice(hour - (hour % 24), hour)) + minuteShare(now) * (rates[hour] ?? 0);
}

/**
 * The rates summed over [from, until), hour by hour on the clock face of `from` (a change to or from daylight saving
 * moves one hour of the forecast), each times 1 + `extra` fading with the days ahead. A month is at most 745 steps.
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

/** Share of a common week's requests by hour: office hours, some evening, little at the weekend. Sums to 1. */
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

/** How much of its local hour has passed, in [0, 1). */
const minuteShare = (at: EpochMs): number => {
  const date = new Date(at);
  return (date.getMinutes() * 60_000 + date.getSeconds() * 1000 + date.getMilliseconds()) / HOUR_MS;
};

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const finiteOr0 = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;
