/**
 * Exploration with known probabilities. LinUCB alone is deterministic: its propensities are 0 and 1, so its log cannot
 * judge any other policy. A small mixture over nearly best arms costs at most epsilon * margin of reward.
 */
import type { ArmId, Random } from '../brand.ts';
import type { ArmEstimate } from './learner.ts';
import type { Exploration, Trials } from './preset.ts';

/** An arm that may be explored: usable and worth its price. */
export interface Explorable {
  readonly armId: ArmId;
  readonly estimate: ArmEstimate;
  readonly index: number;
  readonly score: number;
}

/** The probability of each arm; they sum to 1, and an arm that is not in the map has 0. */
export function explorationOf(
  exploration: Exploration,
  eligible: readonly Explorable[],
  best: Explorable,
): ReadonlyMap<ArmId, number> {
  switch (exploration.kind) {
    case 'none':
      return new Map([[best.armId, 1]]);
    case 'epsilon':
      return epsilonMixture(exploration, eligible, best);
  }
}

function epsilonMixture(
  { epsilon, margin }: Extract<Exploration, { kind: 'epsilon' }>,
  eligible: readonly Explorable[],
  best: Explorable,
): ReadonlyMap<ArmId, number> {
  const near = eligible.filter(({ score }) => score >= best.score - margin);
  const share = epsilon / near.length;
  const propensities = new Map(near.map(({ armId }) => [armId, share]));
  propensities.set(best.armId, 1 - epsilon + share);
  return propensities;
}

/** An arm with fewer observations than this is on trial. */
export const TRIALS = 10;

/** Gives a share of the prompts to arms that are new among known ones and may be as good as the best. */
export function withTrials(
  propensities: ReadonlyMap<ArmId, number>,
  eligible: readonly Explorable[],
  best: Explorable,
  trials: Trials | undefined,
): ReadonlyMap<ArmId, number> {
  const seen = eligible.reduce((sum, { estimate }) => sum + estimate.observations, 0);
  if (trials === undefined || seen < trials.after) return propensities;
  const { share, margin } = trials;
  const fresh = eligible.filter(
    (arm) => arm !== best && arm.estimate.observations < TRIALS && arm.score >= best.score - margin,
  );
  if (fresh.length === 0) return propensities;
  const out = new Map([...propensities].map(([armId, probability]) => [armId, probability * (1 - share)]));
  for (const { armId } of fresh) out.set(armId, (out.get(armId) ?? 0) + share / fresh.length);
  return out;
}

/** Draws one arm with its probability. */
export function draw(propensities: ReadonlyMap<ArmId, number>, random: Random): ArmId {
  let left = random();
  let last: ArmId | undefined;
  for (const [armId, probability] of propensities) {
    if (probability <= 0) continue;
    last = armId;
    left -= probability;
    if (left < 0) return armId;
  }
  if (last === undefined) throw new Error('Invariant broken: no arm to draw from');
  return last;
}
