/**
 * Scales the policy's price of money and sets a floor under it, so that `economy` saves even where the limit allows
 * more:
 *
 *   price' = max(floor, scale x price)      reward per USD
 *
 * A decorator over any cost policy: state, forecasts and the checks of the limit remain the policy's.
 */
import type { Appraisal, CostPolicy, Offer } from '../policy.ts';
import { fits, rewardOf } from './offers.ts';

export const profileNames = ['quality', 'balanced', 'economy'] as const;
export type Profile = (typeof profileNames)[number];
/** `cheaper`: the user's wish for a single prompt. */
export type PriceRule = Profile | 'cheaper';

/** A point of quality (0.01 of reward) costs at most 0.01 / floor: a tenth of a cent in `economy`. */
const rules: Readonly<Record<PriceRule, { readonly scale: number; readonly floor: number }>> = {
  quality: { scale: 1 / 3, floor: 0 },
  balanced: { scale: 1, floor: 0 },
  economy: { scale: 3, floor: 10 },
  cheaper: { scale: 10, floor: 100 },
};

const separator = '+';

/** The decorated policy's name contains the profile, so a decision's record states its price rule. */
export function profiled<State>(policy: CostPolicy<State>, rule: PriceRule): CostPolicy<State> {
  if (rule === 'balanced') return policy;
  return {
    ...policy,
    name: `${policy.name}${separator}${rule}`,
    appraise(state, offers, money) {
      const plain = policy.appraise(state, offers, money);
      const price = priceUnder(rule, plain.price);
      const judge = (offer: Offer): { readonly worth: boolean; readonly charge: number } => {
        const charge = (price / 1e9) * offer.cost;
        // The knapsack threshold filters by density and charges nothing; the other policies subtract the price from the
        // index.
        if (policy.name === 'zcl')
          return { worth: fits(offer, money) && rewardOf(offer) >= charge, charge: 0 };
        return { worth: plain.verdicts.get(offer.armId)?.worth ?? false, charge };
      };
      const verdicts: Appraisal['verdicts'] = new Map(offers.map((offer) => [offer.armId, judge(offer)]));
      return { ...plain, price, verdicts };
    },
  };
}

/** The price under a profile, from the policy's own price. */
export function priceUnder(rule: PriceRule, price: number): number {
  const { scale, floor } = rules[rule];
  return Math.max(floor, scale * price);
}

/** Splits a recorded name into policy and rule; an unknown rule counts as balanced. */
export function parseRecordedPolicy(name: string): { readonly policy: string; readonly rule: PriceRule } {
  const [policy = name, rule] = name.split(separator);
  return { policy, rule: rule !== undefined && isRule(rule) ? rule : 'balanced' };
}

/** The policy's own price behind a recorded one; undefined where the floor hides it. */
export function plainPrice(recorded: {
  readonly policy: string;
  readonly price: number;
}): number | undefined {
  const { scale, floor } = rules[parseRecordedPolicy(recorded.policy).rule];
  return recorded.price > floor || floor === 0 ? recorded.price / scale : undefined;
}

/** The range of the policy's own price behind a recorded one. */
export function plainPriceRange(recorded: {
  readonly policy: string;
  readonly price: number;
}): readonly [low: number, high: number] {
  const plain = plainPrice(recorded);
  if (plain !== undefined) return [plain, plain];
  const { scale, floor } = rules[parseRecordedPolicy(recorded.policy).rule];
  return [0, floor / scale];
}

const isRule = (rule: string): rule is PriceRule => Object.hasOwn(rules, rule);
