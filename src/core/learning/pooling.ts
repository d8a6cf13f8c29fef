/**
 * The part of the reward that all arms share, learned from any of them: how generous this user is, how hard these
 * prompts are.
 *
 * Hierarchical model: theta_a = theta_pref_a + beta + v_a with beta ~ N(0, B^-1), v_a ~ N(0, Lambda^-1). With v_a
 * integrated out, each arm's evidence about beta is
 *
 *   precision  Lambda - Lambda A_a^-1 Lambda          moment  Lambda (theta_a - theta_pref_a)
 *
 * where A_a, theta_a are the arm's own ridge regression. One arm's influence is bounded by Lambda: a thousand bad
 * answers of one model show that this model is bad, and only slightly that all are. (A plain regression of all
 * residuals, tried first, attributed the favorite's failures to a strict user and kept the favorite.) beta is linear in
 * the rewards, so that revision and order of arrival stay exact.
 *
 * In the paper arms learn alone. On the outcome matrices the effect of this departure is within the noise (.01 over
 * four seeds, either sign). It serves users whose rewards lie far from the prior's level, such as the acceptance of
 * inline completions, where every untried arm would otherwise look far better than the tried ones. O(K d^2 + d^3) after
 * a change, O(1) otherwise.
 */
import { diagonal, solveSymmetric } from '../linalg.ts';
import type { Ridge } from './ridge.ts';

/** `held`: the diagonal of B before any evidence. */
export function sharedShift(arms: Iterable<Ridge>, held: Float64Array): Float64Array {
  const d = held.length;
  const precision = diagonal(held);
  const moment = new Float64Array(d);
  for (const ridge of arms) add(precision, moment, ridge);
  return solveSymmetric(precision, moment) ?? new Float64Array(d);
}

function add(precision: Float64Array, moment: Float64Array, { prior, inverse, theta }: Ridge): void {
  const d = moment.length;
  const held = prior.precision;
  for (let i = 0; i < d; i++) {
    const own = held[i] ?? 0;
    moment[i] = (moment[i] ?? 0) + own * ((theta[i] ?? 0) - (prior.theta[i] ?? 0));
    for (let j = 0, at = i * d; j < d; j++, at++) {
      precision[at] = (precision[at] ?? 0) - own * (held[j] ?? 0) * (inverse[at] ?? 0);
    }
    precision[i * d + i] = (precision[i * d + i] ?? 0) + own;
  }
}

/** The correction of this arm's mean by beta: x' A^-1 Lambda beta. `spread` = A^-1 x. */
export function shiftOf({ prior }: Ridge, spread: Float64Array, beta: Float64Array): number {
  let shift = 0;
  for (let i = 0; i < beta.length; i++) {
    shift += (spread[i] ?? 0) * (prior.precision[i] ?? 0) * (beta[i] ?? 0);
  }
  return shift;
}
