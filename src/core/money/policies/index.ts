/** The cost policies by the name that `pilot.budget.policy` takes. */
import type { CostPolicy } from '../policy.ts';
import { shadowPricePolicy } from './shadowPrice.ts';
import { zclPolicy } from './zcl.ts';

export const policyNames = ['shadow-price', 'zcl'] as const;
export type PolicyName = (typeof policyNames)[number];
export const defaultPolicy: PolicyName = 'shadow-price';

/** A policy with its state's type hidden: the state comes from `initial` or `decode` and goes back where it came from. */
export type AnyPolicy = CostPolicy<unknown>;

/** Chosen on the tuning folds of the benchmark, never on the reported ones: docs/decisions.md, "The cost policies". */
const policies: Readonly<Record<PolicyName, AnyPolicy>> = {
  'shadow-price': hide(
    shadowPricePolicy({ levelSpread: 0.35, sessionSize: 3, guardDeviations: 1, window: 300 }),
  ),
  zcl: hide(zclPolicy({ binRequests: 30, lowerQuantile: 0.7, upperQuantile: 0.99 })),
};

/** An unknown name gives the default: the setting's own check has told the user by then. */
export const policyByName = (name: string): AnyPolicy =>
  policyNames.includes(name as PolicyName) ? policies[name as PolicyName] : policies[defaultPolicy];

/** Sound as long as a state is given only to the policy that made it, which `name` in the stored state sees to. */
function hide<State>(policy: CostPolicy<State>): AnyPolicy {
  return policy;
}
