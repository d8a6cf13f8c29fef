/** What a person is told about a decision, as data: the surfaces make sentences of it. */
import type { ArmId } from '../brand.ts';
import type { ArmEvidence, Decision, DecisionKind, ExclusionReason } from '../decision.ts';

export interface Explanation {
  readonly kind: DecisionKind;
  readonly chosen: ArmEvidence;
  /** The usable arm with the next best score, and what made the difference. */
  readonly runnerUp: { readonly arm: ArmEvidence; readonly because: Because } | undefined;
  readonly leftOut: readonly { readonly armId: ArmId; readonly reason: ExclusionReason }[];
  /** The chosen arm's expected cost as a share of the dearest usable arm's, in [0, 1]. */
  readonly costShare: number;
  /** True while the estimate rests on the prior alone. */
  readonly fromPrior: boolean;
}

/** Expected to answer better; as good and cheaper; or less is known of it and it is worth a try. */
export type Because = 'better' | 'cheaper' | 'uncertain' | 'asked';

export function explain(decision: Pick<Decision, 'chosen' | 'kind' | 'arms'>): Explanation | undefined {
  const chosen = decision.arms.find(({ armId }) => armId === decision.chosen);
  if (chosen === undefined) return undefined;
  const others = decision.arms.filter((arm) => arm !== chosen && arm.excluded === undefined);
  const next = others.reduce<ArmEvidence | undefined>(
    (best, arm) => (best === undefined || arm.score > best.score ? arm : best),
    undefined,
  );
  const dearest = Math.max(chosen.quote.expected, ...others.map(({ quote }) => quote.expected));
  return {
    kind: decision.kind,
    chosen,
    runnerUp: next === undefined ? undefined : { arm: next, because: because(decision.kind, chosen, next) },
    leftOut: decision.arms.flatMap(({ armId, excluded }) =>
      excluded === undefined ? [] : [{ armId, reason: excluded }],
    ),
    costShare: dearest > 0 ? chosen.quote.expected / dearest : 0,
    fromPrior: chosen.observations === 0,
  };
}

function because(kind: DecisionKind, chosen: ArmEvidence, other: ArmEvidence): Because {
  if (kind === 'pinned' || kind === 'user-choice' || kind === 'sticky') return 'asked';
  if (kind === 'explore' || kind === 'trial') return 'uncertain';
  if (chosen.mean >= other.mean) return 'better';
  return chosen.quote.expected < other.quote.expected ? 'cheaper' : 'uncertain';
}
