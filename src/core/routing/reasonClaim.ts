/**
 * The claim of the one line under an answer, as data: a surface only words it, so a test can recompute every claim from
 * the decision's record.
 */
import type { ArmId, NanoUsd } from '../brand.ts';
import type { ArmEvidence, Decision } from '../decision.ts';

/** Closer reward estimates count as equal; 0.02 corresponds to one thumb in fifty. */
export const EQUAL_WITHIN = 0.02;

export type ReasonClaim =
  | { readonly kind: 'pinned' | 'user-choice' | 'escalated' | 'sticky' | 'explore' | 'trial' | 'only' }
  /** No arm is worth its price now; this is the cheapest that fits. */
  | { readonly kind: 'fallback' }
  /** Its estimate is the highest of all arms that could have answered. */
  | { readonly kind: 'best'; readonly ofPrice: PriceShare | undefined }
  /** Its estimate is within EQUAL_WITHIN of the highest. */
  | { readonly kind: 'as-good'; readonly as: ArmId; readonly ofPrice: PriceShare | undefined }
  /** Another arm has a higher estimate, but is not worth its price here. `gap` in reward units. */
  | {
      readonly kind: 'worth';
      readonly than: ArmId;
      readonly gap: number;
      readonly ofPrice: PriceShare | undefined;
    }
  /** It leads by its upper bound and not by its estimate. */
  | { readonly kind: 'promising'; readonly than: ArmId };

/** The expected saving of the chosen arm's prompt cache on this call. */
export interface WarmCache {
  readonly cost: NanoUsd;
  readonly coldCost: NanoUsd;
}

/** Undefined where less than a tenth is saved, which is not worth mentioning. */
export function warmCache({ chosen, arms }: Pick<Decision, 'chosen' | 'arms'>): WarmCache | undefined {
  const quote = arms.find(({ armId }) => armId === chosen)?.quote;
  if (!quote?.cache || quote.cache.cachedTokens <= 0) return undefined;
  const { expected: cost, cache } = quote;
  return cost < 0.9 * cache.coldCost ? { cost, coldCost: cache.coldCost } : undefined;
}

/** Expected cost as a share of another arm's. */
export interface PriceShare {
  readonly of: ArmId;
  readonly share: number;
}

/** Exclusion reasons of arms that could have answered this prompt at another price. */
const couldAnswer = ({ excluded }: ArmEvidence): boolean =>
  excluded === undefined || excluded === 'not-worth-price' || excluded === 'over-limit';

export function reasonClaim(decision: Pick<Decision, 'chosen' | 'kind' | 'arms'>): ReasonClaim {
  const { kind } = decision;
  if (kind !== 'best') return { kind };
  const chosen = decision.arms.find(({ armId }) => armId === decision.chosen);
  const others = decision.arms.filter((arm) => arm !== chosen && couldAnswer(arm));
  if (!chosen || others.length === 0) return { kind: 'only' };
  const top = others.reduce((best, arm) => (arm.mean > best.mean ? arm : best));
  const ofPrice = shareOf(chosen, top);
  if (chosen.mean >= top.mean) return { kind: 'best', ofPrice: shareOf(chosen, dearest(others)) };
  const gap = top.mean - chosen.mean;
  if (gap <= EQUAL_WITHIN) return { kind: 'as-good', as: top.armId, ofPrice };
  if (chosen.quote.expected < top.quote.expected) return { kind: 'worth', than: top.armId, gap, ofPrice };
  return { kind: 'promising', than: top.armId };
}

const dearest = (arms: readonly ArmEvidence[]): ArmEvidence | undefined =>
  arms.reduce<ArmEvidence | undefined>(
    (best, arm) => (best && best.quote.expected >= arm.quote.expected ? best : arm),
    undefined,
  );

/** Undefined where a share is meaningless: the other arm is free, or not more expensive. */
function shareOf(chosen: ArmEvidence, other: ArmEvidence | undefined): PriceShare | undefined {
  if (!other || other.quote.expected <= chosen.quote.expected) return undefined;
  return { of: other.armId, share: chosen.quote.expected / other.quote.expected };
}
