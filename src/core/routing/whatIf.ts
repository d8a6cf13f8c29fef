/**
 * What would have been chosen with no limit, at twice the limit, or with each model pinned. The answer is recomputed
 * from the decision's record alone, as for a first prompt and without exploration, and is certain only where the record
 * settles it.
 *
 * With the price lambda of a dollar, arm a scores index_a - lambda cost_a (shadow price), or may be taken when index_a
 * >= lambda cost_a (knapsack threshold). A larger limit lowers lambda by an amount that depends on the month's other
 * prompts, which the record does not hold. Therefore all prices from 0 to the recorded one are tried, and the answer is
 * certain when they all choose the same arm. The choice changes at finitely many prices, so that finitely many tries
 * suffice.
 */
import type { ArmId, NanoUsd } from '../brand.ts';
import {
  costToWeigh,
  type ArmEvidence,
  type Decision,
  type DecisionKind,
  type ExclusionReason,
} from '../decision.ts';
import { MAX_MONEY, ZERO } from '../money.ts';
import { policyByName } from '../money/policies/index.ts';
import { clampUnit } from '../money/policies/offers.ts';
import {
  parseRecordedPolicy,
  plainPriceRange,
  priceUnder,
  type PriceRule,
} from '../money/policies/profile.ts';
import type { MoneySituation, Offer } from '../money/policy.ts';

export type WhatIf =
  | { readonly kind: 'certain'; readonly armId: ArmId }
  /** One of these arms; the record does not determine which. */
  | { readonly kind: 'one-of'; readonly armIds: readonly ArmId[] }
  /** The record has no index, or the policy's price is not informative about other limits. */
  | { readonly kind: 'unknown'; readonly because: 'no-estimates' | 'policy-state' };

export type IfPinned =
  | { readonly kind: 'answers' }
  /** The arm could not have answered, even if pinned. */
  | { readonly kind: 'refused'; readonly reason: ExclusionReason };

export interface WhatIfs {
  readonly noLimit: WhatIf;
  readonly twiceTheLimit: WhatIf;
  readonly pinned: ReadonlyMap<ArmId, IfPinned>;
}

type Recorded = Pick<Decision, 'arms' | 'policy'>;

export function whatIf(decision: Recorded): WhatIfs {
  const rivals = rivalsOf(decision);
  const { policy, rule } = parseRecordedPolicy(decision.policy.policy);
  // A profile's floor applies whatever the limit.
  const terms: PriceTerms = {
    policy,
    lowest: priceUnder(rule, 0) / 1e9,
    recorded: decision.policy.price / 1e9,
  };
  return {
    noLimit: rivals ? noLimit(rivals, terms) : nothingRecorded,
    twiceTheLimit: rivals ? twiceTheLimit(rivals, terms) : nothingRecorded,
    pinned: new Map(decision.arms.map((arm) => [arm.armId, ifPinned(arm)])),
  };
}

/**
 * The model that this prompt would have gone to under a profile, with the same money. A wish of the user applies under
 * every profile.
 */
export function underProfile(
  decision: Recorded & Pick<Decision, 'kind' | 'chosen'>,
  rule: PriceRule,
): WhatIf {
  if (wishes.has(decision.kind)) return { kind: 'certain', armId: decision.chosen };
  const rivals = rivalsOf(decision);
  if (!rivals) return nothingRecorded;
  const { policy } = parseRecordedPolicy(decision.policy.policy);
  if (policy !== 'shadow-price' && policy !== 'zcl') return { kind: 'unknown', because: 'policy-state' };
  // Under the shadow price an arm that the month's reserve forbids is not worth its price, whatever the profile.
  const barred = new Set<ExclusionReason | undefined>(['over-limit', ...(policy === 'zcl' ? [] : ['not-worth-price' as const])]); // prettier-ignore
  const offered = rivals.filter(({ excluded }) => !barred.has(excluded));
  const [low, high] = plainPriceRange(decision.policy);
  const terms = { policy, lowest: priceUnder(rule, low) / 1e9, recorded: priceUnder(rule, high) / 1e9 };
  const cheapest = offered.toSorted((a, b) => a.cost - b.cost)[0];
  const choices = pricesBetween(offered, terms).map((lambda) => winner(offered, lambda, policy) ?? cheapest);
  const armIds = [...new Set(choices.flatMap((rival) => (rival ? [rival.armId] : [])))];
  const [only] = armIds;
  if (only === undefined) return nothingRecorded;
  return armIds.length === 1 ? { kind: 'certain', armId: only } : { kind: 'one-of', armIds };
}

const wishes: ReadonlySet<DecisionKind> = new Set(['pinned', 'user-choice', 'escalated']);

/** Prices in reward per nano-USD. */
interface PriceTerms {
  readonly policy: string;
  readonly lowest: number;
  readonly recorded: number;
}

const nothingRecorded: WhatIf = { kind: 'unknown', because: 'no-estimates' };

function ifPinned({ excluded }: ArmEvidence): IfPinned {
  const lifted = excluded === undefined || excluded === 'not-worth-price' || excluded === 'not-pinned';
  return lifted ? { kind: 'answers' } : { kind: 'refused', reason: excluded };
}

/** An arm that could have answered but for the money or a pin. */
interface PassedOverArm {
  readonly armId: ArmId;
  /** mean + alpha width, which the router maximizes. */
  readonly index: number;
  /** The index in [0, 1], as the policy receives it. */
  readonly reward: number;
  /** Nano-USD. */
  readonly cost: NanoUsd;
  readonly excluded: ExclusionReason | undefined;
}

/** Undefined where no arm has an index, as under a pin that excluded all others. */
function rivalsOf({ arms }: Recorded): readonly PassedOverArm[] | undefined {
  const able = arms.filter(({ excluded }) => excluded === undefined || lifted.has(excluded));
  const alpha = alphaOf(arms);
  if (alpha === undefined || able.length === 0) return undefined;
  return able.map(({ armId, mean, width, quote, excluded }) => {
    const index = mean + alpha * width;
    return { armId, index, reward: clampUnit(index), cost: costToWeigh(quote), excluded };
  });
}

const lifted: ReadonlySet<ExclusionReason> = new Set(['not-worth-price', 'over-limit', 'not-pinned']);

/** alpha, from an arm with a score, for which index = mean + alpha width was recorded. */
function alphaOf(arms: readonly ArmEvidence[]): number | undefined {
  const scored = arms.find(
    ({ excluded, width }) => (excluded === undefined || excluded === 'not-worth-price') && width > 1e-9,
  );
  return scored && (scored.index - scored.mean) / scored.width;
}

/** No limit: the lowest price, among arms that the policy would sell at some price of money. */
function noLimit(rivals: readonly PassedOverArm[], { policy, lowest }: PriceTerms): WhatIf {
  const sold = sells(policy, rivals);
  const best = winner(
    rivals.filter(({ armId }) => sold.has(armId)),
    lowest,
    policy,
  );
  return best ? { kind: 'certain', armId: best.armId } : nothingRecorded;
}

function twiceTheLimit(rivals: readonly PassedOverArm[], terms: PriceTerms): WhatIf {
  const { policy } = terms;
  if (policy !== 'shadow-price' && policy !== 'zcl') return { kind: 'unknown', because: 'policy-state' };
  // The record does not say whether an arm that was over the limit, or forbidden by the reserve, fits twice the limit.
  const offered = rivals.filter(({ excluded }) => excluded !== 'over-limit');
  const [always, now] = [sells(policy, rivals), sells(policy, offered)];
  const possible = rivals.filter((rival) => now.has(rival.armId) || always.has(rival.armId));
  const isSure = ({ armId, excluded }: PassedOverArm): boolean =>
    always.has(armId) && (excluded === undefined || excluded === 'not-pinned' || policy === 'zcl');
  const choices = new Set<ArmId>();
  for (const lambda of pricesBetween(possible, terms)) {
    for (const armId of winners(possible, lambda, policy, isSure)) choices.add(armId);
  }
  const armIds = [...choices];
  const [only] = armIds;
  if (only === undefined) return nothingRecorded;
  return armIds.length === 1 ? { kind: 'certain', armId: only } : { kind: 'one-of', armIds };
}

/** The best arm, followed by the next best ones while the better ones may not have been on sale. */
function winners(
  rivals: readonly PassedOverArm[],
  lambda: number,
  policy: string,
  isSure: (rival: PassedOverArm) => boolean,
): readonly ArmId[] {
  const best = winner(rivals, lambda, policy);
  if (!best) return [];
  if (isSure(best) && best.excluded !== 'over-limit') return [best.armId];
  return [best.armId, ...winners(rivals.filter((rival) => rival !== best), lambda, policy, isSure)]; // prettier-ignore
}

/**
 * The arms that the policy would sell with unlimited money: the shadow price requires a gain from a more expensive arm.
 */
function sells(policy: string, rivals: readonly PassedOverArm[]): ReadonlySet<ArmId> {
  if (policy === 'zcl') return new Set(rivals.map(({ armId }) => armId));
  const rules = policyByName(policy);
  const offers = rivals.map(({ armId, reward, cost }): Offer => ({ armId, reward, cost, worstCase: cost }));
  const { verdicts } = rules.appraise(rules.initial(), offers, unlimited);
  return new Set([...verdicts].flatMap(([armId, { worth }]) => (worth ? [armId] : [])));
}

const unlimited: MoneySituation = {
  now: 0,
  periodStart: 0,
  periodEnd: 1,
  limit: MAX_MONEY,
  committed: ZERO,
  surface: 'ask',
  hourOfWeek: 0,
  requests: { ask: 0, inline: 0, chat: 0 },
  expectedRemaining: 1,
};

/** The prices up to the recorded one at which the choice may change, one price inside each interval, and both ends. */
function pricesBetween(
  rivals: readonly PassedOverArm[],
  { policy, lowest, recorded }: PriceTerms,
): readonly number[] {
  const turns = policy === 'zcl' ? thresholds(rivals) : crossings(rivals);
  const inside = turns.filter((price) => lowest < price && price < recorded).sort((a, b) => a - b);
  const ends = [lowest, ...inside, recorded];
  return [...ends, ...ends.slice(1).map((end, i) => ((ends[i] ?? 0) + end) / 2)];
}

const thresholds = (rivals: readonly PassedOverArm[]): number[] =>
  rivals.map(({ reward, cost }) => (cost > 0 ? reward / cost : Infinity));

const crossings = (rivals: readonly PassedOverArm[]): number[] =>
  rivals
    .flatMap((a) => rivals.map((b) => (a.index - b.index) / (a.cost - b.cost)))
    .filter((price) => Number.isFinite(price));

/** The highest score at this price of a nano-dollar; among equals the cheaper arm, then the first, as in the router. */
function winner(rivals: readonly PassedOverArm[], lambda: number, policy: string): PassedOverArm | undefined {
  const threshold = policy === 'zcl';
  let best: { readonly rival: PassedOverArm; readonly score: number } | undefined;
  for (const rival of rivals) {
    if (threshold && rival.reward < lambda * rival.cost) continue;
    const score = threshold ? rival.index : rival.index - lambda * rival.cost;
    const wins =
      best === undefined || score > best.score || (score === best.score && rival.cost < best.rival.cost);
    if (wins) best = { rival, score };
  }
  return best?.rival;
}
