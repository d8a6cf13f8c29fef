/**
 * The expected cost of a prompt before it is sent, and the models that "Better answer" and "Cheaper next time" would
 * use. Computed from quotes and estimates: nothing is reserved, learned or sent.
 */
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { ArmEvidence, Decision } from '../../core/decision.ts';
import type { ArmEstimate } from '../../core/learning/learner.ts';
import { thoughtsAt } from '../../core/models/efforts.ts';
import type { Candidate } from '../../core/routing/router.ts';

export interface PricedArm {
  readonly armId: ArmId;
  /** Expected cost. */
  readonly cost: NanoUsd;
}

export interface Preview {
  /** The arm with the highest probability. */
  readonly likely: PricedArm;
  /** The lowest and the highest expected cost of the arms that may be chosen. */
  readonly low: NanoUsd;
  readonly high: NanoUsd;
  /** Every arm with a price, usable or not. */
  readonly arms: readonly PricedArm[];
}

export function previewOf({ arms, chosen }: Pick<Decision, 'arms' | 'chosen'>): Preview | undefined {
  const possible = arms.filter(({ propensity }) => propensity > 0);
  const likely = possible.reduce<ArmEvidence | undefined>(
    (top, arm) => (top === undefined || arm.propensity > top.propensity ? arm : top),
    arms.find(({ armId }) => armId === chosen),
  );
  if (likely === undefined) return undefined;
  const costs = possible.map(({ quote }) => quote.expected);
  return {
    likely: priced(likely),
    low: Math.min(...costs) as NanoUsd,
    high: Math.max(...costs) as NanoUsd,
    arms: arms.filter(({ excluded }) => excluded !== 'unpriced').map(priced),
  };
}

const priced = ({ armId, quote }: ArmEvidence): PricedArm => ({ armId, cost: quote.expected });

/**
 * "Better answer": the same model at the next higher effort, where that is expected to be better; otherwise one step
 * up, the least good of the usable arms that are expected to be better than every arm tried. One above the available
 * money is named only where no other is better: the router then states what is missing. Undefined = nothing is better.
 */
export function oneStepUp(
  tried: readonly ArmId[],
  candidates: readonly Candidate[],
  estimates: readonly Pick<ArmEstimate, 'armId' | 'mean'>[],
  moneyLeft: number,
  arms: readonly Arm[],
): ArmId | undefined {
  const best = Math.max(
    ...estimates.filter(({ armId }) => tried.includes(armId)).map(({ mean }) => mean),
    -Infinity,
  );
  const usable = new Map(candidates.flatMap((each) => (each.excluded ? [] : [[each.armId, each.quote]])));
  const better = estimates
    .filter(({ armId, mean }) => usable.get(armId) !== undefined && mean > best)
    .toSorted((a, b) => a.mean - b.mean);
  const covered = better
    .filter(({ armId }) => {
      const worstCase = usable.get(armId)?.worstCase ?? 0;
      return worstCase === 0 || worstCase <= moneyLeft;
    })
    .map(({ armId }) => armId);
  return nextEffort(tried.at(-1), covered, arms) ?? covered[0] ?? better[0]?.armId;
}

/** The newest answer's model at its next higher effort, among these. */
function nextEffort(
  newest: ArmId | undefined,
  among: readonly ArmId[],
  arms: readonly Arm[],
): ArmId | undefined {
  const from = arms.find(({ id }) => id === newest);
  if (!from) return undefined;
  const [next] = arms
    .filter(
      ({ id, endpointId, model, effort }) =>
        among.includes(id) &&
        endpointId === from.endpointId &&
        model === from.model &&
        thoughtsAt(effort) > thoughtsAt(from.effort),
    )
    .toSorted((a, b) => thoughtsAt(a.effort) - thoughtsAt(b.effort));
  return next?.id;
}
