/**
 * Forecasts the month's total cost from the days so far.
 *
 * A day's spending is a rate times the requests expected of such a day: s_d = rho e_d + noise, Var = sigma^2 e_d
 * (requests are countable, so that the variance grows with exposure). With E = sum e_d over whole past days and A =
 * exposure ahead:
 *
 *   rho = sum s_d / E,   forecast = spent + rho A,   Var = sigma^2 A (1 + A / E)     (noise ahead, and uncertain rho)
 *
 * The interval is Student's t with n - 1 degrees of freedom, 80 %, cut at the amount already spent and at the limit.
 * Exposure replaces calendar days, since a month that ends on a weekend ends with few requests.
 */
export interface ForecastDay {
  /** Expected requests of that day, from the user's own week. */
  readonly exposure: number;
  /** Nano-USD. */
  readonly spent: number;
}

export interface ForecastInput {
  /** Whole past days of the last few weeks, in any order. */
  readonly behind: readonly ForecastDay[];
  /** Committed so far this month, in nano-USD. */
  readonly spent: number;
  /** Expected requests of each future stretch: the rest of today, then each day to the month's end. */
  readonly ahead: readonly number[];
  /** Undefined = no limit set. */
  readonly limit: number | undefined;
}

export interface Interval {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Fewer whole days show too little of the variation between days. */
export const MIN_FORECAST_DAYS = 3;
/** Requests; a day with a lower expectation gives no rate, since the division would overflow. */
const LEAST_EXPOSURE = 1e-6;

/** The running total at the end of each future stretch; undefined while there is too little evidence. */
export function forecastTotals(input: ForecastInput): readonly Interval[] | undefined {
  const { behind, spent, limit } = input;
  const days = behind.filter(
    ({ exposure, spent: s }) => exposure > LEAST_EXPOSURE && Number.isFinite(s) && s >= 0,
  );
  if (days.length < MIN_FORECAST_DAYS || !Number.isFinite(spent)) return undefined;
  const exposure = sum(days.map((day) => day.exposure));
  const rate = sum(days.map((day) => day.spent)) / exposure;
  const variance =
    sum(days.map((day) => (day.spent - rate * day.exposure) ** 2 / day.exposure)) / (days.length - 1);
  const quantile = studentQuantile90(days.length - 1);
  const most = Math.max(spent, limit ?? Infinity);
  let ahead = 0;
  return input.ahead.map((stretch) => {
    ahead += Math.max(0, stretch);
    const half = quantile * Math.sqrt(variance * ahead * (1 + ahead / exposure));
    const middle = spent + rate * ahead;
    return {
      low: Math.min(most, Math.max(spent, middle - half)),
      middle: Math.min(most, middle),
      high: Math.min(most, middle + half),
    };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** t at 0.90 with `df` degrees of freedom, so that +- t is an 80 % interval. Exact up to 10, then Cornish-Fisher. */
export function studentQuantile90(df: number): number {
  const table = [3.0777, 1.8856, 1.6377, 1.5332, 1.4759, 1.4398, 1.4149, 1.3968, 1.383, 1.3722];
  const z = 1.2816;
  return table[df - 1] ?? z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2);
}
