/**
 * Off-policy evaluation: the reward that another policy would have earned on the user's own log. Every decision logs
 * the probability of every arm, so that an answer can be weighted by the ratio of the two policies' probabilities: w =
 * target / logged.
 *
 *   IPS    mean of w r                                       unbiased, high variance
 *   SNIPS  sum of w r / sum of w                             a little bias, far less variance
 *   DR     mean of [ sum_a target(a) model(a) + w (r - model(taken)) ]    right if either model or w is (Dudik et al. 2011)
 *
 * Decisions of the user (pins, own choices) have no overlap and are left out. Below an effective sample size of 30
 * there is no verdict, since it would depend on a handful of decisions.
 */
import type { ArmId } from '../brand.ts';
import type { ArmEvidence, Decision, Outcome } from '../decision.ts';

/** The part of a decision that the evaluation reads; `savings.ts` passes rows of its own with costs as rewards. */
export interface JudgedDecision extends Pick<Decision, 'kind' | 'chosen'> {
  readonly arms: readonly Pick<ArmEvidence, 'armId' | 'mean' | 'propensity'>[];
}

/** One decision with its outcome. */
export interface LoggedReward<
  D extends JudgedDecision = Pick<Decision, 'kind' | 'chosen' | 'arms' | 'context'>,
> {
  readonly decision: D;
  readonly outcome: Pick<Outcome, 'reward' | 'weight'>;
}

/** The policy to judge: a probability for each usable arm; an absent arm has probability 0. */
export type TargetPolicy<D extends JudgedDecision = LoggedReward['decision']> = (
  decision: D,
) => ReadonlyMap<ArmId, number>;

export interface Estimate {
  readonly value: number;
  /** Half the width of the 95 % interval, from the estimator's own variance. */
  readonly halfWidth: number;
}

export type Evaluation =
  | {
      readonly kind: 'verdict';
      readonly n: number;
      readonly effectiveSampleSize: number;
      readonly ips: Estimate;
      readonly snips: Estimate;
      readonly doublyRobust: Estimate;
      /** The reward that was actually earned, for comparison. */
      readonly logged: Estimate;
    }
  | { readonly kind: 'too-little'; readonly n: number; readonly effectiveSampleSize: number };

export const LEAST_EFFECTIVE_SAMPLE = 30;
/** Weights are cut here, so that a single unlikely draw does not decide the estimate. */
const MAX_WEIGHT = 20;
const Z95 = 1.96;

export function evaluate<D extends JudgedDecision>(
  log: readonly LoggedReward<D>[],
  target: TargetPolicy<D>,
): Evaluation {
  const steps = log.flatMap((entry) => stepOf(entry, target));
  const weights = steps.map(({ weight }) => weight);
  const total = sum(weights);
  const squares = sum(weights.map((weight) => weight * weight));
  const effectiveSampleSize = squares > 0 ? (total * total) / squares : 0;
  const n = steps.length;
  if (effectiveSampleSize < LEAST_EFFECTIVE_SAMPLE) return { kind: 'too-little', n, effectiveSampleSize };
  return {
    kind: 'verdict',
    n,
    effectiveSampleSize,
    ips: estimate(steps.map(({ weight, reward }) => weight * reward)),
    snips: selfNormalised(steps, total),
    doublyRobust: estimate(
      steps.map(
        ({ weight, reward, modelTaken, modelTarget }) => modelTarget + weight * (reward - modelTaken),
      ),
    ),
    logged: estimate(steps.map(({ reward }) => reward)),
  };
}

interface LoggedStep {
  readonly weight: number;
  readonly reward: number;
  /** The logged estimate of the chosen arm. */
  readonly modelTaken: number;
  /** The mean of the logged estimates under the target policy. */
  readonly modelTarget: number;
}

/** Undefined for decisions without overlap, without a reward, or with an invalid record. */
function stepOf<D extends JudgedDecision>(
  { decision, outcome }: LoggedReward<D>,
  target: TargetPolicy<D>,
): LoggedStep[] {
  const { kind, chosen, arms } = decision;
  if (kind === 'pinned' || kind === 'user-choice' || kind === 'escalated') return [];
  const taken = arms.find(({ armId }) => armId === chosen);
  const { reward } = outcome;
  if (taken === undefined || !(taken.propensity > 0) || reward === undefined || !Number.isFinite(reward))
    return [];
  const wanted = target(decision);
  const modelTarget = sum(arms.map(({ armId, mean }) => (wanted.get(armId) ?? 0) * mean));
  const weight = Math.min(MAX_WEIGHT, (wanted.get(chosen) ?? 0) / taken.propensity);
  return Number.isFinite(modelTarget) ? [{ weight, reward, modelTaken: taken.mean, modelTarget }] : [];
}

function estimate(values: readonly number[]): Estimate {
  const value = sum(values) / values.length;
  const variance = sum(values.map((each) => (each - value) ** 2)) / Math.max(1, values.length - 1);
  return { value, halfWidth: Z95 * Math.sqrt(variance / values.length) };
}

/** Delta method: Var ~ sum w^2 (r - V)^2 / (sum w)^2. */
function selfNormalised(steps: readonly LoggedStep[], total: number): Estimate {
  const value = sum(steps.map(({ weight, reward }) => weight * reward)) / total;
  const variance = sum(steps.map(({ weight, reward }) => (weight * (reward - value)) ** 2)) / (total * total);
  return { value, halfWidth: Z95 * Math.sqrt(variance) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
