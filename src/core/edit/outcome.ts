/** The user's reaction to one edit, as an outcome of the decision that chose its model. */
import type { OutcomeKind } from '../decision.ts';
import type { SurvivalCheck } from '../inline/outcome.ts';
import { kept as keptOf } from '../inline/survival.ts';
import { editReward, rewardOf, type Reward } from '../learning/reward.ts';
import type { ReadText, ReviewHunk } from './review.ts';

export interface EditEvidence {
  readonly accepted: number;
  readonly rejected: number;
  /** Whether the user undid the whole edit. */
  readonly undone: boolean;
  /** Share of the accepted text that remains, in [0, 1]. */
  readonly kept: Readonly<Partial<Record<SurvivalCheck, number>>>;
}

export interface EditVerdict extends Reward {
  readonly kind: OutcomeKind;
}

/** Undefined while no hunk was decided. */
export function editVerdict({ accepted, rejected, undone, kept }: EditEvidence): EditVerdict | undefined {
  const decided = accepted + rejected;
  if (undone) return { kind: 'undone', ...rewardOf('undone') };
  if (decided === 0) return undefined;
  if (accepted === 0) return { kind: 'rejected', ...rewardOf('rejected') };
  const survival = kept['5min'] ?? kept['30s'];
  const kind = survival === undefined ? (rejected === 0 ? 'accepted' : 'partial') : 'survived';
  return { kind, ...editReward(accepted / decided, survival) };
}

/** Share of the accepted text that remains, weighted by length. */
export function keptShare(hunks: readonly ReviewHunk[], read: ReadText): number {
  let [sum, whole] = [0, 0];
  for (const { at, after, state } of hunks) {
    if (state !== 'accepted') continue;
    const weight = Math.max(1, after.length);
    whole += weight;
    sum += weight * keptOf(after, read(at.start, at.end));
  }
  return whole === 0 ? 1 : sum / whole;
}
