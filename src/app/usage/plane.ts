/** The quality-cost plane: each model's average estimate over the latest prompts, and the policy's threshold. */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { parseRecordedPolicy } from '../../core/money/policies/profile.ts';
import type { Digest } from './digest.ts';
import { average, byArm } from './quality.ts';

export interface PlanePoint {
  readonly armId: ArmId;
  readonly mean: number;
  readonly width: number;
  /** Average expected cost of one prompt. */
  readonly cost: NanoUsd;
  readonly observations: number;
  /** Whether it was worth its price for at least half of the prompts that it could answer. */
  readonly worth: boolean;
}

export interface Plane {
  readonly points: readonly PlanePoint[];
  /** Reward per USD. */
  readonly price: number;
  /** The least quality that is worth this cost (nano-USD). */
  readonly required: (cost: number) => number;
  readonly prompts: number;
}

/** Enough prompts for an average, recent enough that prices and estimates are current. */
const recentRows = 200;

export function planeOf({ rows, price }: Digest): Plane | undefined {
  const recent = rows.slice(-recentRows);
  const points = [...byArm(recent.flatMap((row) => row.arms.filter(({ able }) => able)))].map(
    ([armId, arms]) => ({
      armId,
      mean: average(arms, ({ mean }) => mean),
      width: average(arms, ({ width }) => width),
      cost: Math.round(average(arms, ({ cost }) => cost)) as NanoUsd,
      observations: arms.at(-1)?.observations ?? 0,
      worth: arms.filter(({ worth }) => worth).length * 2 >= arms.length,
    }),
  );
  if (points.length === 0 || !price) return undefined;
  const perNano = price.price / 1e9;
  // The knapsack threshold is on reward per cost; the shadow price selects the best reward minus cost.
  const best = Math.max(...points.map(({ mean, cost }) => mean - perNano * cost));
  const required = (cost: number): number =>
    parseRecordedPolicy(price.policy).policy === 'zcl' ? perNano * cost : best + perNano * cost;
  return { points, price: price.price, required, prompts: recent.length };
}
