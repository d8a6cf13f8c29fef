/**
 * The baselines of the paper's evaluation: every request may cost B/Q, the budget over the number of requests. With
 * spill-over, later requests may spend what earlier ones left (and repay what they overspent).
 */
import type { CostPolicy, MoneySituation } from '../../../src/core/money/policy.ts';
import { ZERO } from '../../../src/core/money.ts';
import type { AnyPolicy } from '../../../src/core/money/policies/index.ts';
import { appraisal, horizonOf, utilizationOf } from '../../../src/core/money/policies/offers.ts';

type FixedRateState = Readonly<Record<string, never>>;
const initial: FixedRateState = {};

const fixedRatePolicy = (
  name: string,
  allowance: (money: MoneySituation) => number,
): CostPolicy<FixedRateState> => ({
  name,
  initial: () => initial,
  decode: (stored) => ({ state: initial, recovered: !isEmptyObject(stored) }),
  encode: () => ({}),
  appraise(_state, offers, money) {
    const most = allowance(money);
    return appraisal(offers, money, { price: 0, utilization: utilizationOf(money) }, (offer) => ({
      worth: offer.cost === ZERO || offer.cost <= most,
      charge: 0,
    }));
  },
  observe: (state) => state,
  settled: (state) => state,
});

const fixedRate = fixedRatePolicy('fixed-rate', (money) => {
  const { behind, ahead } = horizonOf(money);
  return money.limit / (behind + ahead);
});

const fixedRateSpill = fixedRatePolicy('fixed-rate-spill', (money) => {
  const { behind, ahead } = horizonOf(money);
  return (money.limit * (behind + 1)) / (behind + ahead) - money.committed;
});

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** By the name that `--policies` takes. */
export const baselines: readonly AnyPolicy[] = [hidden(fixedRateSpill), hidden(fixedRate)];

function hidden(policy: CostPolicy<FixedRateState>): AnyPolicy {
  return policy;
}
