/** From what the user did to what is learnt: a reward in [0, 1] and how much it counts. */
import type { OutcomeKind } from '../decision.ts';

export interface Reward {
  /** Undefined = no observation, or the former one taken back. */
  readonly reward: number | undefined;
  /** In (0, 1]: a weak signal is a fraction of an observation. */
  readonly weight: number;
}

const NONE: Reward = { reward: undefined, weight: 1 };

const REWARDS: Readonly<Record<Exclude<OutcomeKind, 'partial'>, Reward>> = {
  'thumb-up': { reward: 1, weight: 1 },
  'thumb-down': { reward: 0, weight: 1 },
  cleared: NONE,
  copied: { reward: 0.9, weight: 0.3 },
  inserted: { reward: 1, weight: 0.5 },
  applied: { reward: 1, weight: 0.5 },
  retried: { reward: 0, weight: 0.5 },
  escalated: { reward: 0, weight: 0.5 },
  accepted: { reward: 1, weight: 1 },
  'typed-through': { reward: 1, weight: 1 },
  rejected: { reward: 0, weight: 1 },
  diverged: { reward: 0, weight: 0.3 },
  superseded: NONE,
  undone: { reward: 0, weight: 1 },
  survived: { reward: 1, weight: 1 },
  unseen: NONE,
};

/** `fraction`: the accepted share of a partially accepted completion, or the surviving share of one checked later. */
export function rewardOf(kind: OutcomeKind, fraction = 1): Reward {
  const share = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  if (kind === 'partial') return { reward: share, weight: 1 };
  if (kind === 'survived') return { reward: share, weight: 1 };
  return REWARDS[kind];
}
