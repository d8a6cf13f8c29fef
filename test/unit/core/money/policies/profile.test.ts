import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmId, NanoUsd } from '../../../../../src/core/brand.ts';
import { policyByName, policyNames } from '../../../../../src/core/money/policies/index.ts';
import {
  parseRecordedPolicy,
  plainPrice,
  priceUnder,
  profiled,
  profileNames,
} from '../../../../../src/core/money/policies/profile.ts';
import type { MoneySituation, Offer } from '../../../../../src/core/money/policy.ts';

const money: MoneySituation = {
  now: 0,
  periodStart: 0,
  periodEnd: 30 * 86_400_000,
  limit: 5_000_000_000 as NanoUsd,
  committed: 1_000_000_000 as NanoUsd,
  surface: 'ask',
  hourOfWeek: 0,
  requests: { ask: 100, inline: 0, chat: 0 },
  expectedRemaining: 400,
};

const offers: fc.Arbitrary<readonly Offer[]> = fc
  .array(fc.record({ reward: fc.double({ min: 0, max: 1, noNaN: true }), cost: fc.nat(50_000_000) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((list) =>
    list.map(({ reward, cost }, i) => ({
      armId: `arm-${i}` as ArmId,
      reward,
      cost: cost as NanoUsd,
      worstCase: (2 * cost) as NanoUsd,
    })),
  );

describe('profiled', () => {
  it('balanced is the policy itself', () => {
    for (const name of policyNames)
      assert.equal(profiled(policyByName(name), 'balanced'), policyByName(name));
  });

  it('never lets a higher price sell what a lower one would not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...policyNames), offers, (name, list) => {
        const policy = policyByName(name);
        const appraised = (rule: 'quality' | 'economy' | 'cheaper') =>
          profiled(policy, rule).appraise(policy.initial(), list, money);
        const [lavish, thrifty, once] = [appraised('quality'), appraised('economy'), appraised('cheaper')];
        assert.ok(lavish.price <= thrifty.price && thrifty.price <= once.price);
        for (const { armId } of list) {
          const [more, less] = [lavish.verdicts.get(armId)!, thrifty.verdicts.get(armId)!];
          assert.ok(more.charge <= less.charge);
          assert.ok(more.worth || !less.worth);
        }
        assert.equal(thrifty.fallback, lavish.fallback);
      }),
    );
  });

  it('never sells what the limit does not allow', () => {
    const dear: Offer = {
      armId: 'dear' as ArmId,
      reward: 1,
      cost: 1 as NanoUsd,
      worstCase: 5_000_000_000 as NanoUsd,
    };
    for (const name of policyNames) {
      const { verdicts } = profiled(policyByName(name), 'quality').appraise(
        policyByName(name).initial(),
        [dear],
        money,
      );
      assert.equal(verdicts.get(dear.armId)?.worth, false, name);
    }
  });

  it('keeps the policy’s state', () => {
    const policy = policyByName('shadow-price');
    const offer: Offer = { armId: 'a' as ArmId, reward: 0.5, cost: 9 as NanoUsd, worstCase: 9 as NanoUsd };
    const observed = profiled(policy, 'economy').observe(policy.initial(), [offer], offer.armId, money);
    assert.deepEqual(
      policy.encode(observed),
      policy.encode(policy.observe(policy.initial(), [offer], offer.armId, money)),
    );
  });
});

describe('a recorded price', () => {
  it('tells the policy, the profile and the plain price', () => {
    for (const rule of profileNames) {
      const { name } = profiled(policyByName('zcl'), rule);
      assert.deepEqual(parseRecordedPolicy(name), { policy: 'zcl', rule });
      const plain = plainPrice({ policy: name, price: priceUnder(rule, 40) });
      assert.ok(plain !== undefined && Math.abs(plain - 40) < 1e-9);
    }
  });

  it('tells no plain price where the floor hides it', () => {
    assert.equal(plainPrice({ policy: 'shadow-price+economy', price: priceUnder('economy', 0) }), undefined);
  });

  it('counts as balanced under an unknown rule', () => {
    assert.equal(parseRecordedPolicy('shadow-price+constructor').rule, 'balanced');
    assert.equal(parseRecordedPolicy('').policy, '');
  });
});
