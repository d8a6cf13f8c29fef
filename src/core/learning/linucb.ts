/**
 * The index of LinUCB (Li et al. 2010) as PILOT uses it: mean + alpha * width, width = sqrt(x' A^-1 x).
 *
 * Departure from the paper: the mean is the ridge prediction x . theta with an explicit intercept, and not cos(psi,
 * theta). The cosine normalizes theta, which discards the arm's learned level: theta = .9 u and .3 u get the same
 * score. `scoring: 'cosine'` keeps the paper's form for the `paper` preset, so the benchmark measures the departure
 * (`npm run bench`, rows `pilot` and `pilot-paper`).
 */
import { dot, multiply, norm } from '../linalg.ts';
import type { Ridge } from './ridge.ts';

export type Scoring = 'dot' | 'cosine';

export interface Bound {
  readonly mean: number;
  readonly width: number;
}

/** The bound with A^-1 x, which the pooled correction needs too. */
export interface SpreadBound extends Bound {
  readonly spread: Float64Array;
}

/** O(d^2). */
export function bound(ridge: Ridge, x: Float64Array, scoring: Scoring): SpreadBound {
  const spread = multiply(ridge.inverse, x);
  const width = Math.sqrt(Math.max(0, dot(x, spread)));
  return { mean: meanOf(ridge.theta, x, scoring), width, spread };
}

/** The bound of an arm without evidence: A = Lambda, so no matrix is needed. O(d). */
export function priorBound(
  theta: Float64Array,
  precision: Float64Array,
  x: Float64Array,
  scoring: Scoring,
): Bound {
  let variance = 0;
  for (let i = 0; i < x.length; i++) variance += (x[i] ?? 0) ** 2 / (precision[i] ?? 1);
  return { mean: meanOf(theta, x, scoring), width: Math.sqrt(variance) };
}

export const confidenceBound = ({ mean, width }: Bound, alpha: number): number => mean + alpha * width;

export function meanOf(theta: Float64Array, x: Float64Array, scoring: Scoring): number {
  const mean = dot(theta, x);
  if (scoring === 'dot') return mean;
  const scale = norm(theta) * norm(x);
  return scale > 0 ? mean / scale : 0;
}
