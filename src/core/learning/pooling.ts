/**
 * What all arms share, learnt from any of them: how generous this user is, how hard these prompts are.
 *
 * Hierarchical model: theta_a = theta_pref_a + beta + v_a with beta ~ N(0, B^-1), v_a ~ N(0, Lambda^-1). With v_a
 * integrated out, each arm's evidence tells of beta
 *
 *   precision  Lambda - Lambda A_a^-1 Lambda          moment  Lambda (theta_a - theta_pref_a)
 *
 * where A_a, theta_a are the arm's own ridge regression. An arm's say saturates at Lambda: a thousand bad answers of
 * one model say that this model is bad, and only a little that all are. (A plain regression of all residuals, tried
 * first, took the favourite's failures for a stern user and kept it.) beta is linear in the rewards, so revision and
 * order of arrival stay exact.
 *
 * A departure from the paper, whose arms learn alone. On the outcome matrices its effect is within the noise (.01 over
 * four seeds, either sign): it is there for users whose rewards lie far from the prior's level, as the acceptance of
 * inline completions does, where every arm not yet tried would otherwise look far better than the tried ones.
 * O(K d^2 + d^3) after a change, nothing otherwise.
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

/** How far beta moves this arm's mean: x' A^-1 Lambda beta. `spread` = A^-1 x. */
export function shiftOf({ prior }: Ridge, spread: Float64Array, beta: Float64Array): number {
  let shift = 0;
  for (let i = 0; i < beta.length; i++) {
    shift += (spread[i] ?? 0) * (prior.precision[i] ?? 0) * (beta[i] ?? 0);
  }
  return shift;
}
