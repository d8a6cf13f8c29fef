/**
 * A small month, many times: whatever the demand does within its forecast, money lasts to the last tenth. Seeded, so a
 * failure is reproducible.
 */
import assert from 'node:assert/strict';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import { policyByName } from '../../../../src/core/money/policies/index.ts';
import { shadowPricePolicy } from '../../../../src/core/money/policies/shadowPrice.ts';
import type { AnyPolicy } from '../../../../src/core/money/policies/index.ts';
import type { MoneySituation, Offer } from '../../../../src/core/money/policy.ts';
import { seeded } from '../../../fakes/random.ts';

const DAY = 86_400_000;
const MONTH = 30 * DAY;
const CHEAP = 1_000;

interface Month {
  readonly policy: AnyPolicy;
  /** Ratio to the cost of the cheapest answers to the expected number of requests. */
  readonly budget: number;
  /** Ratio of the second half's requests to the predicted ones. */
  readonly surge: number;
  readonly seed: number;
}

/** Share of the month at which a request was refused or 99 % was used up; 1 = never. */
function driedAt({ policy, budget, surge, seed }: Month): number {
  const random = seeded(seed);
  const expected = 200;
  const perHalf = expected / 2;
  const times = [
    ...Array.from({ length: perHalf }, () => (random() * MONTH) / 2),
    ...Array.from({ length: Math.round(perHalf * surge) }, () => (MONTH * (1 + random())) / 2),
  ].sort((a, b) => a - b);
  const limit = Math.round(budget * CHEAP * expected) as NanoUsd;
  let [state, committed] = [policy.initial(), 0];
  for (const [behind, now] of times.entries()) {
    const offers = [offer('cheap', 0.5, CHEAP), offer('dear', 0.5 + 0.4 * random(), 5 * CHEAP)];
    const ahead = (from: number, until: number): number => (expected * Math.max(0, until - from)) / MONTH;
    const situation: MoneySituation = {
      now,
      periodStart: 0,
      periodEnd: MONTH,
      limit,
      committed: committed as NanoUsd,
      surface: 'ask',
      hourOfWeek: 0,
      requests: { ask: behind, inline: 0, chat: 0 },
      expectedRemaining: 1 + ahead(now, MONTH),
      demand: {
        bySurface: { ask: ahead(now, MONTH), inline: 0, chat: 0 },
        untilLastTenth: ahead(now, 0.9 * MONTH),
        seen: 400,
      },
    };
    const { verdicts, fallback } = policy.appraise(state, offers, situation);
    const net = (o: Offer): number => o.reward - (verdicts.get(o.armId)?.charge ?? 0);
    const best = offers.filter((o) => verdicts.get(o.armId)?.worth).sort((a, b) => net(b) - net(a))[0];
    const taken = best ?? offers.find((o) => o.armId === fallback);
    committed += taken?.cost ?? 0;
    if (!taken || committed >= 0.99 * limit) return now / MONTH;
    state = policy.observe(state, offers, taken.armId, situation);
  }
  return 1;
}

const offer = (name: string, reward: number, cost: number): Offer => ({
  armId: armId('test', name),
  reward,
  cost: cost as NanoUsd,
  worstCase: (4 * cost) as NanoUsd,
});

const months = (policy: AnyPolicy, surge: number): readonly number[] =>
  [1.2, 1.5, 2, 3, 4].flatMap((budget) =>
    [1, 2, 3, 4].map((seed) => driedAt({ policy, budget, surge, seed })),
  );
const dry = (shares: readonly number[]): number => shares.filter((share) => share < 0.9).length;

describe('the default policy, to the last tenth of the month', () => {
  const policy = policyByName('auto');

  it('never runs dry when demand is as predicted', () => {
    assert.equal(dry(months(policy, 1)), 0);
  });

  it('never runs dry when the second half brings 1.6 times the prediction, every day', () => {
    assert.equal(dry(months(policy, 1.6)), 0);
  });

  it('would, if its price took the expected number for certain and nothing were guarded', () => {
    const reckless = shadowPricePolicy({
      levelSpread: 0,
      sessionSize: 0,
      guardDeviations: -Infinity,
      window: 300,
    }) as AnyPolicy;
    assert.ok(dry(months(reckless, 1.6)) > 0);
  });
});
