/** Turns what the user did into a reward: one table for Ask, chat, edits and completions. */
import type { OutcomeKind } from '../decision.ts';

export interface Reward {
  /** In [0, 1]; undefined = no observation, or the earlier one was withdrawn. */
  readonly reward: number | undefined;
  /** In (0, 1]: a weak signal counts as a fraction of an observation. */
  readonly weight: number;
}

/** Outcomes whose reward depends on the share of the text that was taken or kept. */
export type GradedOutcome = 'partial' | 'survived';
/** Outcomes with a single reward. */
export type PlainOutcome = Exclude<OutcomeKind, GradedOutcome>;

const REWARDS: Readonly<Record<PlainOutcome, Reward>> = {
  'thumb-up': { reward: 1, weight: 1 },
  'thumb-down': { reward: 0, weight: 1 },
  cleared: { reward: undefined, weight: 1 },
  copied: { reward: 0.9, weight: 0.3 },
  inserted: { reward: 1, weight: 0.5 },
  applied: { reward: 1, weight: 0.5 },
  retried: { reward: 0, weight: 0.5 },
  escalated: { reward: 0, weight: 0.5 },
  accepted: { reward: 1, weight: 1 },
  'typed-through': { reward: 1, weight: 1 },
  rejected: { reward: 0, weight: 1 },
  diverged: { reward: 0, weight: 0.3 },
  superseded: { reward: undefined, weight: 1 },
  undone: { reward: 0, weight: 1 },
  unseen: { reward: undefined, weight: 1 },
};

export const rewardOf = (kind: PlainOutcome): Reward => REWARDS[kind];

const GRADES: Readonly<Record<GradedOutcome, (share: number) => number>> = {
  /** The share of the text that the user accepted word by word or line by line. */
  partial: (taken) => taken,
  /** Small repairs are normal and cost nothing; a suggestion of which less than 40 % remains has reward 0. */
  survived: (kept) => (kept - 0.4) / 0.5,
};

/** `share` of the text, in [0, 1]. */
export function gradedReward(kind: GradedOutcome, share: number): Reward {
  const grade = GRADES[kind](share);
  return { reward: grade >= 0 ? Math.min(1, grade) : 0, weight: 1 };
}

/**
 * The reward of an edit from the accepted share of its hunks and the remaining share of the accepted text, both in [0,
 * 1].
 */
export function editReward(accepted: number, kept: number | undefined): Reward {
  const survived = kept === undefined ? 1 : (gradedReward('survived', kept).reward ?? 0);
  return { reward: (gradedReward('partial', accepted).reward ?? 0) * survived, weight: 1 };
}
