import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmId, DecisionId, NanoUsd } from '../../../../src/core/brand.ts';
import type { Context } from '../../../../src/core/decision.ts';
import type { CostPolicy, MoneySituation } from '../../../../src/core/money/policy.ts';
import { policyByName } from '../../../../src/core/money/policies/index.ts';
import { PILOT, presetFor, type Preset } from '../../../../src/core/learning/preset.ts';
import {
  offeredRewards,
  route,
  type Candidate,
  type RouteInput,
} from '../../../../src/core/routing/router.ts';
import { seeded } from '../../../../scripts/train/random.ts';

const context: Context = {
  spaceId: 's',
  x: Float64Array.of(1, 1),
  coarse: { task: 'chat', language: '', lengthBucket: 0, turn: 0 },
};
const nano = (value: number): NanoUsd => value as NanoUsd;
const arm = (name: string): ArmId => `e/${name}` as ArmId;

/** Charges `price` per nano-USD; sells no arm with a cost above `most`. */
const flat = (price: number, most = Infinity): CostPolicy<number> => ({
  name: 'flat',
  initial: () => 0,
  decode: () => ({ state: 0, recovered: false }),
  encode: (state) => state,
  appraise: (_, offers) => ({
    price,
    utilization: 0,
    verdicts: new Map(
      offers.map(({ armId, cost }) => [armId, { worth: cost <= most, charge: price * cost }]),
    ),
    fallback: offers.toSorted((a, b) => a.cost - b.cost)[0]?.armId,
  }),
  observe: (seen) => seen + 1,
  settled: (seen) => seen,
});

const money: MoneySituation = {
  now: 0,
  periodStart: 0,
  periodEnd: 1e9,
  limit: nano(1000),
  committed: nano(0),
  surface: 'ask',
  hourOfWeek: 0,
  requests: { ask: 0, inline: 0, chat: 0 },
  expectedRemaining: 100,
};

interface Spec {
  readonly name: string;
  readonly mean: number;
  readonly width?: number;
  /** Observations behind the estimate; default 20. */
  readonly seen?: number;
  readonly cost: number;
  /** Over the rest of the conversation; absent = none. */
  readonly meanCost?: number;
  readonly worst?: number;
  readonly excluded?: Candidate['excluded'];
  readonly unpriced?: boolean;
}

const certain: Preset = { ...PILOT, alpha: 0, exploration: { kind: 'none' } };

function inputOf(specs: readonly Spec[], more: Partial<RouteInput<number>> = {}): RouteInput<number> {
  return {
    id: 'd' as DecisionId,
    at: 0,
    surface: 'ask',
    workspaceId: 'w',
    context,
    candidates: specs.map(({ name, cost, meanCost, worst, excluded, unpriced }) => ({
      armId: arm(name),
      quote:
        unpriced === true
          ? undefined
          : {
              armId: arm(name),
              expected: nano(cost),
              worstCase: nano(worst ?? cost * 2),
              inputTokens: 1,
              outputTokens: 1,
              outputCap: 1,
              ...(meanCost !== undefined && {
                cache: { cachedTokens: 0, coldCost: nano(cost), meanCost: nano(meanCost) },
              }),
            },
      excluded,
    })),
    estimates: specs.map(({ name, mean, width, seen }) => ({
      armId: arm(name),
      mean,
      width: width ?? 0,
      observations: seen ?? 20,
    })),
    preset: certain,
    policy: flat(0),
    policyState: 0,
    money,
    pinned: undefined,
    sticky: undefined,
    random: seeded(1),
    ...more,
  };
}

const dear: Spec = { name: 'dear', mean: 0.9, cost: 100 };
const cheap: Spec = { name: 'cheap', mean: 0.8, cost: 1 };

function chosen(specs: readonly Spec[], more: Partial<RouteInput<number>> = {}): string {
  const routed = route(inputOf(specs, more));
  assert.ok(routed.ok, JSON.stringify(routed));
  return `${routed.value.decision.chosen} ${routed.value.decision.kind}`;
}

describe('route', () => {
  it('takes the best when money is no object, the one worth its price when it is', () => {
    assert.equal(chosen([cheap, dear]), 'e/dear best');
    assert.equal(chosen([cheap, dear], { policy: flat(0.002) }), 'e/cheap best');
  });

  it('takes the cheaper of equals', () => {
    assert.equal(chosen([{ ...dear, mean: 0.8 }, cheap]), 'e/cheap best');
  });

  it('has an optimism of its own for completions', () => {
    assert.equal(presetFor(PILOT, 'ask').alpha, PILOT.alpha);
    assert.equal(presetFor(PILOT, 'inline').alpha, PILOT.inlineAlpha);
    assert.ok(PILOT.inlineAlpha > PILOT.alpha);
  });

  it('is optimistic by alpha', () => {
    const unknown: Spec = { name: 'unknown', mean: 0.7, width: 0.5, cost: 1 };
    assert.equal(chosen([cheap, unknown]), 'e/cheap best');
    assert.equal(chosen([cheap, unknown], { preset: { ...certain, alpha: 1 } }), 'e/unknown best');
  });

  it('lets a pin win, but not over the limit', () => {
    assert.equal(chosen([cheap, dear], { pinned: arm('cheap') }), 'e/cheap pinned');
    assert.equal(chosen([cheap, dear], { pinned: arm('dear'), policy: flat(1) }), 'e/dear pinned');
    const over = route(inputOf([cheap, { ...dear, worst: 1001 }], { pinned: arm('dear') }));
    assert.deepEqual(over, {
      ok: false,
      error: { kind: 'pinned-unavailable', armId: arm('dear'), reason: 'over-limit' },
    });
    const gone = route(inputOf([cheap], { pinned: arm('gone') }));
    assert.ok(!gone.ok && gone.error.kind === 'pinned-unavailable');
  });

  it('keeps the model while typing goes on, unless another gains more than the margin', () => {
    const preset = { ...certain, burstMargin: 0.05 };
    const near: Spec = { ...dear, mean: 0.84 };
    const typing = { preset, surface: 'inline' as const };
    assert.equal(chosen([cheap, near], { ...typing, sticky: arm('cheap') }), 'e/cheap sticky');
    assert.equal(chosen([cheap, dear], { ...typing, sticky: arm('cheap') }), 'e/dear best');
    assert.equal(chosen([cheap, dear], { ...typing, sticky: arm('gone') }), 'e/dear best');
  });

  it('leaves a conversation’s model as soon as the whole rest of it is cheaper or better with another', () => {
    const policy = flat(0.001);
    // This call costs more with the other arm, whose cache is empty; on the mean of all expected calls it costs less.
    const warm: Spec = { name: 'warm', mean: 0.8, cost: 20, meanCost: 30 };
    const cold: Spec = { name: 'cold', mean: 0.8, cost: 90 };
    const sticky = arm('warm');
    assert.equal(chosen([warm, { ...cold, meanCost: 31 }], { policy, sticky }), 'e/warm sticky');
    assert.equal(chosen([warm, { ...cold, meanCost: 29 }], { policy, sticky }), 'e/cold best');
    // 0.01 of reward is worth ten nano-dollars here.
    const better = { ...cold, mean: 0.81 };
    assert.equal(chosen([warm, { ...better, meanCost: 41 }], { policy, sticky }), 'e/warm sticky');
    assert.equal(chosen([warm, { ...better, meanCost: 39 }], { policy, sticky }), 'e/cold best');
  });

  it('tries nothing in the midst of a conversation, where optimism and chance would cost a cache', () => {
    const preset: Preset = { ...PILOT, alpha: 1, exploration: { kind: 'epsilon', epsilon: 1, margin: 1 } };
    const unknown: Spec = { name: 'unknown', mean: 0.79, width: 0.5, cost: 1 };
    assert.equal(chosen([cheap, unknown], { preset, sticky: arm('cheap') }), 'e/cheap sticky');
    assert.equal(
      chosen([cheap, { ...unknown, mean: 0.81 }], { preset, sticky: arm('cheap') }),
      'e/unknown best',
    );
  });

  it('leaves out what cannot be used, and says why', () => {
    const specs: Spec[] = [
      cheap,
      { ...dear, name: 'sick', excluded: 'unhealthy' },
      { ...dear, name: 'unpriced', unpriced: true },
      { ...dear, name: 'huge', worst: 5000 },
      { ...dear, name: 'vain', cost: 50 },
    ];
    const routed = route(inputOf(specs, { policy: flat(0, 10) }));
    assert.ok(routed.ok);
    const reasons = routed.value.decision.arms.map(({ excluded }) => excluded);
    assert.deepEqual(reasons, [undefined, 'unhealthy', 'unpriced', 'over-limit', 'not-worth-price']);
  });

  it('never blocks a free model, even after an overrun', () => {
    const free: Spec = { name: 'free', mean: 0.1, cost: 0, worst: 0 };
    assert.equal(chosen([dear, free], { money: { ...money, committed: nano(1001) } }), 'e/free best');
  });

  it('falls back to the cheapest when nothing is worth its price, or refuses with reasons', () => {
    assert.equal(chosen([cheap, dear], { policy: flat(0, 0) }), 'e/cheap fallback');
    const over = { ...money, committed: nano(999) };
    const refused = route(inputOf([cheap, dear], { money: over }));
    assert.ok(!refused.ok && refused.error.kind === 'none-usable');
    assert.deepEqual([...refused.error.reasons.values()], ['over-limit', 'over-limit']);
    assert.deepEqual(route(inputOf([])), { ok: false, error: { kind: 'no-arms' } });
  });

  it('hands the policy what was on offer and what was taken', () => {
    const routed = route(inputOf([cheap, dear], { policyState: 4 }));
    assert.ok(routed.ok);
    assert.equal(routed.value.policyState, 5);
  });

  it('gives money a price also where optimism lifts every arm above 1', () => {
    const policy = policyByName('shadow-price');
    const specs = [
      { ...cheap, mean: 0.9, width: 0.3 },
      { ...dear, mean: 1, width: 0.3 },
    ];
    const preset = { ...certain, alpha: 1 };
    const routed = route({ ...inputOf(specs), preset, policy, policyState: policy.initial() });
    assert.ok(routed.ok);
    assert.ok(routed.value.decision.policy.price > 0);
  });

  it('offers rewards in [0, 1] that keep their distances from the best', () => {
    const indices = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(indices, (values) => {
        const [best, offered] = [Math.max(...values), offeredRewards(values)];
        const top = Math.min(1, best);
        offered.forEach((reward, i) => {
          assert.ok(reward >= 0 && reward <= 1);
          assert.ok(Math.abs(reward - Math.max(0, top - (best - values[i]!))) < 1e-12);
        });
      }),
    );
    assert.deepEqual(offeredRewards([NaN, 0.4, Infinity]), [0, 0.4, 0]);
    assert.deepEqual(offeredRewards([]), []);
  });

  const spec = fc.record({
    mean: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
    width: fc.double({ min: 0, max: 1, noNaN: true }),
    cost: fc.integer({ min: 0, max: 400 }),
    worst: fc.integer({ min: 400, max: 1500 }),
  });

  it('logs propensities that sum to one, explore little, and only near the best', () => {
    for (const policy of [flat(0), flat(0.001), flat(0, 50)]) {
      fc.assert(
        fc.property(fc.array(spec, { minLength: 1, maxLength: 8 }), fc.nat(), (specs, seed) => {
          const named = specs.map((each, i) => ({ ...each, name: `m${i}` }));
          const routed = route(inputOf(named, { preset: PILOT, policy, random: seeded(seed) }));
          if (!routed.ok) return;
          const { arms, chosen: taken, kind } = routed.value.decision;
          assert.ok(Math.abs(arms.reduce((sum, { propensity }) => sum + propensity, 0) - 1) < 1e-9);
          const best = Math.max(...arms.map(({ propensity }) => propensity));
          assert.ok(best >= 0.95);
          assert.ok(arms.find(({ armId }) => armId === taken)!.propensity > 0);
          const top = Math.max(
            ...arms.filter(({ excluded }) => excluded === undefined).map(({ score }) => score),
          );
          for (const { propensity, score, excluded } of arms) {
            if (propensity === 0 || kind === 'fallback') continue;
            assert.equal(excluded, undefined);
            assert.ok(score >= top - 0.1 - 1e-12);
          }
        }),
      );
    }
  });

  it('draws arms as often as it says it does', () => {
    const near: Spec[] = [
      cheap,
      { ...cheap, name: 'twin', mean: 0.79 },
      { ...cheap, name: 'triplet', mean: 0.78 },
    ];
    const preset: Preset = { ...certain, exploration: { kind: 'epsilon', epsilon: 0.3, margin: 0.1 } };
    const random = seeded(2);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const name = chosen(near, { preset, random });
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    assert.ok(Math.abs(counts.get('e/cheap best')! / 4000 - 0.8) < 0.03);
    assert.ok(Math.abs(counts.get('e/twin explore')! / 4000 - 0.1) < 0.03);
  });

  describe('gives trials to a model that joins others', () => {
    const preset: Preset = { ...certain, trials: { share: 0.1, margin: 0.02, after: 50 } };
    const known: Spec = { ...cheap, seen: 60 };
    const propensity = (fresh: Partial<Spec>, others: readonly Spec[] = [known], price = 0): number => {
      const specs = [...others, { ...cheap, name: 'new', seen: 0, mean: cheap.mean - 0.01, ...fresh }];
      const routed = route(inputOf(specs, { preset, policy: flat(price, 50), random: seeded(1) }));
      assert.ok(routed.ok);
      const { arms } = routed.value.decision;
      assert.ok(Math.abs(arms.reduce((sum, each) => sum + each.propensity, 0) - 1) < 1e-12);
      return arms.find(({ armId }) => armId === arm('new'))!.propensity;
    };

    it('its share of the prompts, until it has its observations', () => {
      assert.ok(Math.abs(propensity({}) - 0.1) < 1e-12);
      assert.ok(propensity({ seen: 9 }) > 0);
      assert.equal(propensity({ seen: 10 }), 0);
    });

    it('only if it may be as good as the best, and worth its price', () => {
      assert.equal(propensity({ mean: cheap.mean - 0.03 }), 0);
      assert.equal(propensity({ cost: 51 }), 0);
      assert.equal(propensity({ cost: cheap.cost + 10 }, [known], 0.01), 0);
    });

    it('none where everything is new', () => {
      assert.equal(propensity({}, [{ ...cheap, seen: 49 }]), 0);
      assert.ok(propensity({}, [{ ...cheap, seen: 50 }]) > 0);
    });

    it('shared with others that are new, and called by their name', () => {
      const twin: Spec = { ...cheap, name: 'twin', seen: 0, mean: cheap.mean - 0.01 };
      assert.ok(Math.abs(propensity({}, [known, twin]) - 0.05) < 1e-12);
      const random = seeded(4);
      const specs = [known, twin];
      const kinds = new Set(Array.from({ length: 200 }, () => chosen(specs, { preset, random })));
      assert.deepEqual([...kinds].sort(), ['e/cheap best', 'e/twin trial']);
    });
  });

  it('is the same for the same random numbers', () => {
    const specs = [cheap, { ...cheap, name: 'twin' }];
    const run = (): unknown => route(inputOf(specs, { preset: PILOT, random: seeded(5) }));
    assert.deepEqual(run(), run());
  });

  it('tries a new, better rated arm under the product’s own policy', () => {
    const policy = policyByName('shadow-price');
    const newcomer: Spec = { name: 'new', mean: 0.75, width: 0.2, cost: 1 };
    const specs = [cheap, newcomer];
    const routed = route({
      ...inputOf(specs),
      preset: { ...certain, alpha: 1 },
      policy,
      policyState: policy.initial(),
    });
    assert.ok(routed.ok);
    assert.equal(routed.value.decision.chosen, arm('new'));
  });
});
