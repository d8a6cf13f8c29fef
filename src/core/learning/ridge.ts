/**
 * One arm's reward model: a ridge regression that starts at its preference prior and returns to it as evidence fades.
 *
 *   A = Lambda + S,  S = sum w x x'      b = Lambda theta0 + m,  m = sum w r x      theta = A^-1 b
 *
 * (PILOT, section 3: A = lambda I, b = lambda theta_pref.) Lambda is a diagonal matrix, so that the intercept (the
 * arm's level) can be held more or less firmly than the content; the paper's lambda I is a special case. S and m are
 * kept apart from the prior: forgetting scales only them, the prior's weight can fade, and a new prior can replace the
 * old one under the same evidence. A does not depend on rewards, so that a reward can be revised exactly at any later
 * time.
 *
 * Values are immutable. An update is one Sherman-Morrison step, O(d^2); a change of the prior's weight or a forgetting
 * step refactors, O(d^3) (about 40 microseconds at d = 33).
 */
import { addOuter, addScaled, diagonal, dot, invertSymmetric, multiply, scaled } from '../linalg.ts';
import { invariant } from '../result.ts';

export interface Prior {
  /** theta_pref, d. */
  readonly theta: Float64Array;
  /** The diagonal of Lambda, d entries, all positive: how many unit observations the prior is worth along each axis. */
  readonly precision: Float64Array;
}

/** The observations without the prior. Stored state holds only this. */
export interface Evidence {
  /** S = sum w x x', d x d. */
  readonly gram: Float64Array;
  /** m = sum w r x, d. */
  readonly moment: Float64Array;
  /** Sum of weights. */
  readonly count: number;
}

export interface Ridge extends Evidence {
  readonly prior: Prior;
  /** A^-1, d x d. */
  readonly inverse: Float64Array;
  /** A^-1 b, d. */
  readonly theta: Float64Array;
}

export const noEvidence = (d: number): Evidence => ({
  gram: new Float64Array(d * d),
  moment: new Float64Array(d),
  count: 0,
});

export function fromPrior(prior: Prior): Ridge {
  const d = prior.theta.length;
  invariant(prior.precision.length === d, `prior precision has ${prior.precision.length} entries, not ${d}`);
  invariant(
    prior.precision.every((value) => value > 0 && Number.isFinite(value)),
    'prior precision must be positive and finite',
  );
  return {
    ...noEvidence(d),
    prior,
    inverse: diagonal(prior.precision.map((value) => 1 / value)),
    theta: prior.theta,
  };
}

/** The model for this evidence and prior; undefined where the evidence is not a positive semidefinite matrix. */
export function fromEvidence(evidence: Evidence, prior: Prior): Ridge | undefined {
  const d = prior.theta.length;
  if (evidence.gram.length !== d * d || evidence.moment.length !== d) return undefined;
  const precision = diagonal(prior.precision);
  for (let i = 0; i < precision.length; i++) precision[i] = (precision[i] ?? 0) + (evidence.gram[i] ?? 0);
  const inverse = invertSymmetric(precision, d);
  if (inverse === undefined || !evidence.moment.every(Number.isFinite)) return undefined;
  const { gram, moment, count } = evidence;
  return { gram, moment, count, prior, inverse, theta: solve(inverse, moment, prior) };
}

/** Learns one reward. A negative weight withdraws an earlier observation. */
export function observe(ridge: Ridge, x: Float64Array, reward: number, weight: number): Ridge {
  if (weight === 0) return ridge;
  const u = multiply(ridge.inverse, x);
  const inverse = addOuter(ridge.inverse, u, -weight / (1 + weight * dot(x, u)));
  const moment = addScaled(ridge.moment, x, weight * reward);
  return {
    prior: ridge.prior,
    gram: addOuter(ridge.gram, x, weight),
    moment,
    count: Math.max(0, ridge.count + weight),
    inverse,
    theta: solve(inverse, moment, ridge.prior),
  };
}

/** Replaces the reward of an observation: A does not change, so the result equals learning the new reward. */
export function revise(ridge: Ridge, x: Float64Array, change: number, weight: number): Ridge {
  const moment = addScaled(ridge.moment, x, weight * change);
  return { ...ridge, moment, theta: solve(ridge.inverse, moment, ridge.prior) };
}

/** Multiplies S and m by `keep` in [0, 1]: 1 changes nothing, 0 leaves the prior. */
export function forget(ridge: Ridge, keep: number): Ridge {
  if (keep >= 1) return ridge;
  const evidence = {
    gram: scaled(ridge.gram, keep),
    moment: scaled(ridge.moment, keep),
    count: ridge.count * keep,
  };
  return fromEvidence(evidence, ridge.prior) ?? fromPrior(ridge.prior);
}

export const withPrior = (ridge: Ridge, prior: Prior): Ridge =>
  fromEvidence(ridge, prior) ?? fromPrior(prior);

function solve(inverse: Float64Array, moment: Float64Array, prior: Prior): Float64Array {
  const b = Float64Array.from(moment);
  for (let i = 0; i < b.length; i++) {
    b[i] = (b[i] ?? 0) + (prior.precision[i] ?? 0) * (prior.theta[i] ?? 0);
  }
  return multiply(inverse, b);
}
