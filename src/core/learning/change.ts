/**
 * A change test on each arm's latest outcomes: whether the model has lately been worse than before.
 *
 *   z = (mean recent residual - mean residual before) / (sigma sqrt(1 / w + 1 / rest))
 *
 * over the last 8, 16 and 32 learned outcomes of the arm. Where the lowest z is below -`deviations`, the arm's mean
 * moves to its recent level, shrunk a little: by S / (w + shrink), S the sum of recent residuals, w their weight. No
 * evidence is discarded: the offset disappears when better outcomes arrive, or when the outcomes of the window have
 * aged or left the last decisions that the learner keeps; the arm then gets another chance.
 *
 * The paper assumes stationary models; docs/decisions.md, "The change test", has the measurement of this departure.
 *
 * The result is a function of the set of outcomes and the order of decisions, so that revision and order of arrival
 * stay exact.
 */
import type { ArmId } from '../brand.ts';
import { dot } from '../linalg.ts';
import type { Evidence, Ridge } from './ridge.ts';

export interface ChangeTest {
  /** Numbers of latest outcomes to compare with the earlier ones, in increasing order. */
  readonly windows: readonly number[];
  /** A drop by more than this many standard errors counts as a change. */
  readonly deviations: number;
  /** The weight of the recent outcomes counts this many observations less in the new level. */
  readonly shrink: number;
  /** The least weight of the observations before the window. */
  readonly rest: number;
}

/** One learned outcome; `weight` is discounted by age, as the evidence is. */
export interface Recent {
  readonly x: Float64Array;
  readonly reward: number;
  readonly weight: number;
}

/** The (negative) correction of the mean of each arm that has dropped. `recent`: oldest first. O(outcomes d). */
export function dropsOf(
  arms: ReadonlyMap<ArmId, Ridge>,
  recent: ReadonlyMap<ArmId, readonly Recent[]>,
  test: ChangeTest,
): ReadonlyMap<ArmId, number> {
  const variance = rewardVariance(arms.values());
  const drops = new Map<ArmId, number>();
  for (const [armId, outcomes] of recent) {
    const ridge = arms.get(armId);
    const drop = ridge === undefined ? 0 : dropOf(ridge, outcomes, variance, test);
    if (drop < 0) drops.set(armId, drop);
  }
  return drops;
}

function dropOf(ridge: Ridge, outcomes: readonly Recent[], variance: number, test: ChangeTest): number {
  const { windows, deviations, shrink, rest } = test;
  const all = residualOf(ridge, ridge.theta);
  let [sum, weight, taken, lowest, drop] = [0, 0, 0, -deviations, 0];
  for (const size of windows) {
    for (; taken < size; taken++) {
      const outcome = outcomes[outcomes.length - 1 - taken];
      if (outcome === undefined) return drop;
      sum += outcome.weight * (outcome.reward - dot(ridge.theta, outcome.x));
      weight += outcome.weight;
    }
    const before = ridge.count - weight;
    if (weight <= 0 || before < rest) return drop;
    const error = Math.sqrt(variance * (1 / weight + 1 / before));
    const z = (sum / weight - (all - sum) / before) / error;
    if (z < lowest) [lowest, drop] = [z, Math.min(0, sum / (weight + shrink))];
  }
  return drop;
}

/** Sum of w (r - x . theta) over all evidence: x starts with 1, so the first row of S is the sum of w x. */
function residualOf({ gram, moment }: Evidence, theta: Float64Array): number {
  return (moment[0] ?? 0) - dot(gram, theta);
}

/**
 * Rewards in [0, 1] with mean p have a variance of at most p (1 - p), which is used here. Two assumed rewards of 0 and
 * two of 1 keep it positive.
 */
const LEAST_VARIANCE = 0.05;

function rewardVariance(arms: Iterable<Evidence>): number {
  let [count, sum] = [4, 2];
  for (const { gram, moment } of arms) {
    count += gram[0] ?? 0;
    sum += moment[0] ?? 0;
  }
  const share = Math.min(1, Math.max(0, sum / count));
  return Math.max(LEAST_VARIANCE, share * (1 - share));
}
