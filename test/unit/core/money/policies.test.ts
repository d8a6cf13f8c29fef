import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import { defaultPolicy, policyByName, policyNames } from '../../../../src/core/money/policies/index.ts';
import { hullOf } from '../../../../src/core/money/policies/hull.ts';
import {
  shadowPricePolicy,
  solvePrice,
  type Remembered,
  type ShadowPriceState,
} from '../../../../src/core/money/policies/shadowPrice.ts';
import { zclPolicy, zclThreshold } from '../../../../src/core/money/policies/zcl.ts';
import { baselines } from '../../../bench/budget/fixedRate.ts';
import type { Appraisal, MoneySituation, Offer } from '../../../../src/core/money/policy.ts';

const offer = (name: string, reward: number, cost: number, worstCase = 4 * cost): Offer => ({
  armId: armId('test', name),
  reward,
  cost: cost as NanoUsd,
  worstCase: worstCase as NanoUsd,
});

const DAY = 86_400_000;
const money = (other: Partial<MoneySituation> = {}): MoneySituation => ({
  now: 15 * DAY,
  periodStart: 0,
  periodEnd: 30 * DAY,
  limit: 1_000_000 as NanoUsd,
  committed: 0 as NanoUsd,
  surface: 'ask',
  hourOfWeek: 10,
  requests: { ask: 50, inline: 0, chat: 0 },
  expectedRemaining: 50,
  ...other,
});

const worth = ({ verdicts }: Appraisal): string[] =>
  [...verdicts].filter(([, verdict]) => verdict.worth).map(([id]) => id.slice('test/'.length));

/** The router's choice: the best reward minus charge among those worth it, else the fallback. */
function taken({ verdicts, fallback }: Appraisal, offers: readonly Offer[]): string | undefined {
  const net = (o: Offer): number => o.reward - (verdicts.get(o.armId)?.charge ?? 0);
  const eligible = offers.filter((o) => verdicts.get(o.armId)?.worth === true);
  const best = eligible.sort((a, b) => net(b) - net(a))[0]?.armId ?? fallback;
  return best?.slice('test/'.length);
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const anyOffer: fc.Arbitrary<Offer> = fc
  .record({
    n: fc.nat(9),
    reward: fc.oneof(unit, fc.double()),
    cost: fc.nat(1e6),
    factor: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ n, reward, cost, factor }) => offer(`m${n}`, reward, cost, cost * factor));
const anyOffers = fc.uniqueArray(anyOffer, { selector: ({ armId: id }) => id, maxLength: 8 });
const anyMoney: fc.Arbitrary<MoneySituation> = fc
  .record({
    now: fc.integer({ min: -DAY, max: 40 * DAY }),
    limit: fc.nat(1e7),
    committed: fc.nat(2e7),
    ask: fc.nat(1000),
    expectedRemaining: fc.option(fc.oneof(fc.double(), fc.nat(1000)), { nil: undefined }),
  })
  .map(({ ask, limit, committed, ...rest }) =>
    money({
      ...rest,
      limit: limit as NanoUsd,
      committed: committed as NanoUsd,
      requests: { ask, inline: 0, chat: 0 },
    }),
  );

for (const policy of [...policyNames.map(policyByName), ...baselines]) {
  describe(`policy ${policy.name}`, () => {
    it('never calls worth what the ledger must refuse, and always offers a way on when one fits', () => {
      fc.assert(
        fc.property(
          anyOffers,
          fc.array(anyOffers, { maxLength: 5 }),
          anyMoney,
          (offers, before, situation) => {
            let state = policy.initial();
            for (const seen of before) state = policy.observe(state, seen, seen[0]?.armId, situation);
            const appraisal = policy.appraise(state, offers, situation);
            const left = Math.max(0, situation.limit - situation.committed);
            const fitting = offers.filter(({ worstCase }) => worstCase === 0 || worstCase <= left);
            assert.equal(appraisal.verdicts.size, offers.length);
            for (const { armId: id, worstCase } of offers) {
              const verdict = appraisal.verdicts.get(id);
              assert.ok(verdict && verdict.charge >= 0 && Number.isFinite(verdict.charge));
              if (verdict.worth) assert.ok(worstCase === 0 || worstCase <= left);
            }
            const cheapest = Math.min(...fitting.map(({ cost }) => cost));
            assert.equal(
              offers.find(({ armId: id }) => id === appraisal.fallback)?.cost,
              fitting.length ? cheapest : undefined,
            );
            assert.ok(appraisal.price >= 0 && Number.isFinite(appraisal.price));
            assert.ok(0 <= appraisal.utilization && appraisal.utilization <= 1);
          },
        ),
      );
    });

    it('goes through real JSON unchanged, and takes any garbage for a fresh start', () => {
      fc.assert(
        fc.property(fc.array(anyOffers, { maxLength: 8 }), anyMoney, (stream, situation) => {
          let state = policy.initial();
          for (const seen of stream) state = policy.observe(state, seen, undefined, situation);
          const stored = JSON.parse(JSON.stringify(policy.encode(state))) as unknown;
          const decoded = policy.decode(stored);
          assert.equal(decoded.recovered, false);
          assert.deepEqual(JSON.parse(JSON.stringify(policy.encode(decoded.state))), stored);
        }),
      );
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (garbage) => {
          const { state } = policy.decode(garbage);
          policy.appraise(state, [offer('a', 0.5, 10)], money());
          policy.observe(state, [offer('a', 0.5, 10)], undefined, money());
        }),
      );
      assert.equal(policy.decode({ version: 99 }).recovered, true);
    });

    it('stays under 48 KB, however long the stream and however many the arms', () => {
      let state = policy.initial();
      for (let n = 0; n < 600; n++) {
        const arms = Array.from({ length: 16 }, (_, i) =>
          offer(`m${i}`, 0.2 + 0.04 * i + 0.01 * Math.sin(n + i), 1234 * (i + 1) ** 3 + n),
        );
        state = policy.observe(state, arms, undefined, money());
      }
      assert.ok(JSON.stringify(policy.encode(state)).length < 48 * 1024);
    });

    it('takes the free model and no other when there is no money', () => {
      const offers = [offer('free', 0.3, 0, 0), offer('paid', 0.9, 100)];
      const broke = money({ limit: 0 as NanoUsd });
      assert.equal(taken(policy.appraise(policy.initial(), offers, broke), offers), 'free');
      assert.equal(policy.appraise(policy.initial(), [offers[1]!], broke).fallback, undefined);
    });
  });
}

describe('policy names', () => {
  it('gives the default for a name it does not know', () => {
    assert.equal(policyByName('constructor').name, defaultPolicy);
    for (const name of policyNames) assert.equal(policyByName(name).name, name);
  });
});

describe('ZCL', () => {
  it('has the threshold of the paper: LB/e at 0, UB at 1, LB where discipline begins', () => {
    const bounds = { lower: 10, upper: 1000 };
    assert.ok(Math.abs(zclThreshold(0, bounds) - 3.6788) < 1e-4);
    assert.ok(Math.abs(zclThreshold(0.5, bounds) - 60.65) < 1e-2);
    assert.ok(Math.abs(zclThreshold(1, bounds) - 1000) < 1e-9);
    assert.ok(Math.abs(zclThreshold(1 / (1 + Math.log(100)), bounds) - 10) < 1e-9);
  });

  it('is non-decreasing in utilisation, LB/e at 0 and UB at 1, for any bounds', () => {
    const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(positive, positive, unit, unit, (a, b, y, z) => {
        const bounds = { lower: Math.min(a, b), upper: Math.max(a, b) };
        const [low, high] = [Math.min(y, z), Math.max(y, z)];
        assert.ok(zclThreshold(low, bounds) <= zclThreshold(high, bounds) * (1 + 1e-12));
        assert.ok(Math.abs(zclThreshold(0, bounds) / (bounds.lower / Math.E) - 1) < 1e-9);
        assert.ok(Math.abs(zclThreshold(1, bounds) / bounds.upper - 1) < 1e-9);
      }),
    );
  });

  it('spends a bin, then waits for the next one', () => {
    const policy = zclPolicy({ binRequests: 10, lowerQuantile: 0.05, upperQuantile: 0.95 });
    const offers = [offer('cheap', 0.5, 100), offer('dear', 0.9, 20_000)];
    let state = policy.initial();
    const at = (behind: number, committed: number): MoneySituation =>
      money({
        requests: { ask: behind, inline: 0, chat: 0 },
        expectedRemaining: 100 - behind,
        committed: committed as NanoUsd,
      });
    for (let n = 0; n < 20; n++) state = policy.observe(state, offers, undefined, at(0, 0));
    // 1,000,000 over ten bins: 100,000 each.
    assert.equal(taken(policy.appraise(state, offers, at(1, 0)), offers), 'dear');
    assert.equal(taken(policy.appraise(state, offers, at(5, 99_000)), offers), 'cheap');
    assert.equal(taken(policy.appraise(state, offers, at(10, 99_000)), offers), 'dear');
  });

  it('carries over what a bin left: the budget is cumulative', () => {
    const policy = zclPolicy({ binRequests: 10, lowerQuantile: 0.05, upperQuantile: 0.95 });
    const spent = money({
      requests: { ask: 50, inline: 0, chat: 0 },
      expectedRemaining: 50,
      committed: 0 as NanoUsd,
    });
    const state = policy.observe(policy.initial(), [], undefined, spent);
    const halfOfSix = {
      ...spent,
      requests: { ask: 55, inline: 0, chat: 0 },
      expectedRemaining: 45,
      committed: 300_000 as NanoUsd,
    };
    assert.equal(policy.appraise(state, [], halfOfSix).utilization, 0.5);
  });
});

describe('shadow price', () => {
  const options = { levelSpread: 0.35, sessionSize: 3, guardDeviations: 1, window: 100 };
  const even = { ask: 1, inline: 1, chat: 1 };
  const asked = (offers: readonly Offer[]): Remembered => ({ surface: 'ask', hull: hullOf(offers) });
  const near = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) <= 1e-6 * expected, `${actual} is not ${expected}`);

  it('is the slope of the last step the money does not reach, an answer at all being the first', () => {
    const now = asked([offer('a', 0.5, 100), offer('b', 0.8, 300), offer('c', 0.9, 1300)]);
    const none: ShadowPriceState = { recent: [], steps: [] };
    const at = (money: number): number => solvePrice(none, now, even, [{ money, probability: 1 }]);
    near(at(99), 0.5 / 100);
    near(at(100), 0.3 / 200);
    near(at(300), 0.1 / 1000);
    assert.equal(at(1300), 0);
  });

  it('is the mean over how many requests may come', () => {
    const now = asked([offer('a', 0.5, 100), offer('b', 0.8, 300)]);
    const cases = [
      { money: 50, probability: 0.25 },
      { money: 200, probability: 0.5 },
      { money: 400, probability: 0.25 },
    ];
    near(solvePrice({ recent: [], steps: [] }, now, even, cases), 0.25 * 0.005 + 0.5 * 0.0015);
  });

  it('keeps of the arms the upper concave hull', () => {
    const hull = hullOf([
      offer('a', 0.5, 100),
      offer('worse', 0.4, 200),
      offer('below', 0.55, 250),
      offer('b', 0.8, 300),
    ]);
    assert.deepEqual(hull, [
      { cost: 100, reward: 0.5 },
      { cost: 300, reward: 0.8 },
    ]);
  });

  it('remembers no step of no cost, which would make the price of money infinite', () => {
    const policy = shadowPricePolicy(options);
    // 100,010 and 100,020 round to the same three digits.
    const close = [offer('a', 0.5, 100_010), offer('b', 0.6, 100_020)];
    const state = policy.observe(policy.initial(), close, undefined, money());
    assert.ok(state.steps.every(({ slope, cost }) => cost > 0 && Number.isFinite(slope)));
    assert.equal(policy.decode(JSON.parse(JSON.stringify(policy.encode(state)))).recovered, false);
    assert.ok(Number.isFinite(policy.appraise(state, close, money({ limit: 10 as NanoUsd })).price));
  });

  it('does not rise with more money', () => {
    const policy = shadowPricePolicy(options);
    fc.assert(
      fc.property(
        fc.array(anyOffers, { maxLength: 10 }),
        anyOffers,
        fc.nat(1e7),
        fc.nat(1e7),
        (stream, now, a, b) => {
          let state = policy.initial();
          for (const seen of stream) state = policy.observe(state, seen, undefined, money());
          const cases = (left: number): { money: number; probability: number }[] => [
            { money: left / 2, probability: 0.5 },
            { money: left, probability: 0.5 },
          ];
          const price = (left: number): number => solvePrice(state, asked(now), even, cases(left));
          assert.ok(price(Math.max(a, b)) <= price(Math.min(a, b)));
        },
      ),
    );
  });

  it('spends the going rate over a stream, not more and not much less', () => {
    const policy = shadowPricePolicy(options);
    const limit = 100_000 as NanoUsd;
    let [state, committed] = [policy.initial(), 0];
    for (let n = 0; n < 500; n++) {
      // Every third prompt gains much from the expensive model, the others little: 500 x 200 buys it about once in
      // eleven.
      const gain = n % 3 === 0 ? 0.5 : 0.05;
      const offers = [offer('cheap', 0.4, 20, 20), offer('dear', 0.4 + gain, 2000, 2000)];
      const situation = money({
        now: (30 * DAY * n) / 500,
        limit,
        committed: committed as NanoUsd,
        requests: { ask: n, inline: 0, chat: 0 },
        expectedRemaining: 500 - n,
      });
      const arm = taken(policy.appraise(state, offers, situation), offers);
      if (arm === 'dear') assert.equal(n % 3, 0, 'only where it gains');
      committed += arm === 'dear' ? 2000 : 20;
      state = policy.observe(state, offers, undefined, situation);
    }
    assert.ok(0.95 * limit < committed && committed <= limit, String(committed));
  });

  it('buys prompts that are all alike evenly, with the share the money allows', () => {
    const policy = shadowPricePolicy(options);
    const offers = [offer('cheap', 0.5, 123, 123), offer('dear', 0.9, 12_345, 12_345)];
    const limit = (300 * 12_345 * 0.4) as NanoUsd;
    let [state, committed, afterThird] = [policy.initial(), 0, 0];
    for (let n = 0; n < 300; n++) {
      const situation = money({
        now: (30 * DAY * n) / 300,
        limit,
        committed: committed as NanoUsd,
        requests: { ask: n, inline: 0, chat: 0 },
        expectedRemaining: 300 - n,
      });
      const arm = taken(policy.appraise(state, offers, situation), offers);
      committed += arm === 'dear' ? 12_345 : 123;
      state = policy.observe(state, offers, undefined, situation);
      if (n === 100) afterThird = committed / limit;
    }
    assert.ok(0.25 < afterThird && afterThird < 0.45, String(afterThird));
    assert.ok(committed > 0.9 * limit, String(committed / limit));
  });

  it('asks more for money the less is known of the requests to come', () => {
    const policy = shadowPricePolicy(options);
    const offers = [offer('cheap', 0.5, 10_000, 10_000), offer('dear', 0.6, 20_000, 20_000)];
    const at = (seen: number): number => {
      const demand = { bySurface: { ask: 49, inline: 0, chat: 0 }, untilLastTenth: 40, seen };
      const limit = 1_500_000 as NanoUsd;
      return policy.appraise(policy.initial(), offers, money({ demand, limit })).price;
    };
    assert.ok(at(0) > 1.5 * at(1000), `${at(0)} against ${at(1000)}`);
  });

  it('never counts on the worst case of the cheapest answer, which the last requests have to leave', () => {
    const policy = shadowPricePolicy(options);
    const at = (worst: number): number => {
      const offers = [offer('cheap', 0.5, 10_000, worst), offer('dear', 0.9, 20_000, 20_000)];
      return policy.appraise(policy.initial(), offers, money({ limit: 1_050_000 as NanoUsd })).price;
    };
    // 50 requests: 1,040,000 buys the expensive answer to all of them, 850,000 does not.
    assert.ok(at(10_000) < at(200_000));
  });

  it('from mid-month sells nothing expensive with the money that the cheapest answers until the last tenth need', () => {
    const policy = shadowPricePolicy(options);
    const offers = [offer('cheap', 0.5, 1_000, 1_000), offer('dear', 0.9, 20_000, 20_000)];
    const left = (available: number, day: number): string[] =>
      worth(
        policy.appraise(
          policy.initial(),
          offers,
          money({
            now: day * DAY,
            committed: (1_000_000 - available) as NanoUsd,
            demand: { bySurface: { ask: 49, inline: 0, chat: 0 }, untilLastTenth: 40, seen: 1000 },
          }),
        ),
      );
    // 40 requests of 1,000, 1.6 times as many at a deviation, a floor of 20,000, and the 20,000 it costs.
    assert.deepEqual(left(95_000, 20), ['cheap']);
    assert.deepEqual(left(110_000, 20), ['cheap', 'dear']);
    assert.deepEqual(left(95_000, 28), ['cheap', 'dear'], 'the last tenth may spend it');
  });

  it('takes each surface’s requests to come for what that surface has asked', () => {
    const policy = shadowPricePolicy(options);
    const inline = [offer('cheap', 0.5, 100, 100), offer('mid', 0.52, 1_000, 1_000)];
    const ask = [offer('cheap', 0.3, 1_000, 1_000), offer('dear', 0.9, 40_000, 40_000)];
    let state = policy.initial();
    for (let n = 0; n < 60; n++) {
      state = policy.observe(state, inline, undefined, money({ surface: 'inline' }));
      if (n % 3 === 0) state = policy.observe(state, ask, undefined, money({ surface: 'ask' }));
    }
    const price = (bySurface: { ask: number; inline: number; chat: number }): number =>
      policy.appraise(
        state,
        inline,
        money({
          surface: 'inline',
          expectedRemaining: 61,
          demand: { bySurface, untilLastTenth: 50, seen: 100 },
        }),
      ).price;
    // Equal numbers of requests: completions leave money unspent, questions could use twice as much.
    assert.ok(price({ ask: 55, inline: 5, chat: 0 }) > 2 * price({ ask: 0, inline: 60, chat: 0 }));
  });

  it('reads what version 1 wrote, as questions asked', () => {
    const policy = shadowPricePolicy(options);
    const { state, recovered } = policy.decode({ version: 1, recent: [[100, 0.5, 300, 0.8]] });
    assert.equal(recovered, false);
    assert.deepEqual(state.recent, [
      { surface: 'ask', hull: hullOf([offer('a', 0.5, 100), offer('b', 0.8, 300)]) },
    ]);
  });

  it('takes any mix of broken numbers for a fresh start', () => {
    const policy = shadowPricePolicy(options);
    const number = fc.oneof(fc.integer({ min: -2, max: 4 }), fc.double(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(fc.array(number, { maxLength: 7 }), { maxLength: 5 }),
        fc.integer(),
        (recent, version) => {
          for (const v of [1, 2, version]) {
            const { state, recovered } = policy.decode({ version: v, recent });
            if (recovered) assert.equal(state, policy.initial());
            const { price } = policy.appraise(state, [offer('a', 0.5, 10)], money({ limit: 7 as NanoUsd }));
            assert.ok(Number.isFinite(price) && price >= 0);
          }
        },
      ),
    );
  });

  it('shares one month: what other workspaces spent and asked raises the price here', () => {
    const policy = shadowPricePolicy(options);
    const offers = [offer('cheap', 0.5, 1_000), offer('mid', 0.7, 10_000), offer('dear', 0.8, 25_000)];
    const alone = money({ requests: { ask: 20, inline: 0, chat: 0 }, expectedRemaining: 40 });
    const three = money({
      requests: { ask: 60, inline: 0, chat: 0 },
      expectedRemaining: 120,
      committed: 500_000 as NanoUsd,
    });
    const price = (situation: MoneySituation): number =>
      policy.appraise(policy.initial(), offers, situation).price;
    assert.ok(price(three) > price(alone));
  });
});
