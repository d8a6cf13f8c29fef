/** The cost policies by their names in `pilot.budget.policy`. */
import type { CostPolicy } from '../policy.ts';
import { shadowPricePolicy } from './shadowPrice.ts';
import { zclPolicy } from './zcl.ts';

export const policyNames = ['shadow-price', 'zcl'] as const;
export type PolicyName = (typeof policyNames)[number];
export const defaultPolicy: PolicyName = 'shadow-price';

/** A policy whose state type is hidden: the state comes from `initial` or `decode` and returns to the same policy. */
export type AnyPolicy = CostPolicy<unknown>;

/** Chosen on the benchmark's tuning folds; docs/decisions.md, "The cost policies". */
const policies: Readonly<Record<PolicyName, AnyPolicy>> = {
  'shadow-price': hide(
    shadowPricePolicy({ levelSpread: 0.35, sessionSize: 3, guardDeviations: 1, window: 300 }),
  ),
  zcl: hide(zclPolicy({ binRequests: 30, lowerQuantile: 0.7, upperQuantile: 0.99 })),
};

/** An unknown name gives the default; the check of the setting reports the name to the user. */
export const policyByName = (name: string): AnyPolicy =>
  policyNames.includes(name as PolicyName) ? policies[name as PolicyName] : policies[defaultPolicy];

/** Sound as long as each state returns to the policy that made it; `name` in the stored state ensures this. */
function hide<State>(policy: CostPolicy<State>): AnyPolicy {
  return policy;
}
