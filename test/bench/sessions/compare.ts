/**
 * The cost of each policy at PILOT's quality. Under one limit all policies would spend the same, and differ in quality;
 * so the others get the limits at which their quality approaches PILOT's from both sides, and their cost is
 * interpolated. A policy that no limit brings there counts at its best.
 */
import type { Month, Policy } from './simulate.ts';

/** One month for each seed. */
export type Months = readonly Month[];
export type Simulate = (policy: Policy, limitUsd: number) => Promise<Months>;

export interface Point {
  readonly limitUsd: number;
  readonly costUsd: number;
  readonly quality: number;
  readonly refused: number;
  readonly switches: number;
}

export interface Row {
  readonly name: string;
  readonly costUsd: number;
  /** Standard deviation over the seeds. */
  readonly costStd: number;
  readonly quality: number;
  readonly qualityStd: number;
  readonly cacheShare: number;
  /** USD, one for each seed. */
  readonly costs: readonly number[];
  /** False: its best quality is below PILOT's. */
  readonly reached: boolean;
  /** The simulated limits. */
  readonly points: readonly Point[];
}

/** More than any month costs. */
export const NO_LIMIT = 1e6;
const STEP = 1.6;
const MOST_STEPS = 7;

export const rowOf = (name: string, months: Months, points: readonly Point[], reached = true): Row => ({
  name,
  costUsd: mean(months.map(({ costUsd }) => costUsd)),
  costStd: deviation(months.map(({ costUsd }) => costUsd)),
  quality: mean(months.map(({ quality }) => quality)),
  qualityStd: deviation(months.map(({ quality }) => quality)),
  cacheShare: mean(months.map(({ cacheShare }) => cacheShare)),
  costs: months.map(({ costUsd }) => costUsd),
  reached,
  points,
});

export async function atQuality(
  policy: Policy,
  target: number,
  from: number,
  simulate: Simulate,
): Promise<Row> {
  const tried: { readonly months: Months; readonly point: Point }[] = [];
  const at = async (limitUsd: number): Promise<boolean> => {
    const months = await simulate(policy, limitUsd);
    tried.push({ months, point: pointOf(limitUsd, months) });
    return tried.at(-1)!.point.quality >= target;
  };
  let limit = from;
  const isAbove = await at(limit);
  for (let i = 0; i < MOST_STEPS; i++) {
    limit = isAbove ? limit / STEP : limit * STEP;
    if ((await at(limit)) !== isAbove) break;
    // A higher limit has no effect any more.
    const [last, before] = [tried.at(-1)!.point, tried.at(-2)!.point];
    if (!isAbove && last.costUsd < 0.8 * limit && before.costUsd < 0.8 * before.limitUsd) break;
  }
  const points = tried.map(({ point }) => point).sort((a, b) => a.limitUsd - b.limitUsd);
  const [last, before] = [tried.at(-1)!, tried.at(-2)!];
  const [low, high] = last.point.quality < before.point.quality ? [last, before] : [before, last];
  if (low.point.quality > target || high.point.quality < target) {
    const best = tried.reduce((top, each) => (each.point.quality > top.point.quality ? each : top));
    return rowOf(policy.name, (isAbove ? low : best).months, points, isAbove);
  }
  const share = (target - low.point.quality) / (high.point.quality - low.point.quality);
  return rowOf(policy.name, between(low.months, high.months, share), points);
}

function between(low: Months, high: Months, share: number): Months {
  const mix = (a: number, b: number): number => (1 - share) * a + share * b;
  return low.map((month, i) => ({
    ...month,
    costUsd: mix(month.costUsd, high[i]!.costUsd),
    quality: mix(month.quality, high[i]!.quality),
    cacheShare: mix(month.cacheShare, high[i]!.cacheShare),
  }));
}

export const pointOf = (limitUsd: number, months: Months): Point => ({
  limitUsd,
  costUsd: mean(months.map(({ costUsd }) => costUsd)),
  quality: mean(months.map(({ quality }) => quality)),
  refused: mean(months.map(({ refused }) => refused)),
  switches: mean(months.map(({ switches }) => switches)),
});

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
}
