import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmId, DecisionId, NanoUsd } from '../../../../src/core/brand.ts';
import type { Decision, ExclusionReason } from '../../../../src/core/decision.ts';
import { policyByName } from '../../../../src/core/money/policies/index.ts';
import { profiled, type Profile } from '../../../../src/core/money/policies/profile.ts';
import type { MoneySituation, Offer } from '../../../../src/core/money/policy.ts';
import { PILOT, type Preset } from '../../../../src/core/learning/preset.ts';
import { route } from '../../../../src/core/routing/router.ts';
import { underProfile, whatIf } from '../../../../src/core/routing/whatIf.ts';

/** Greedy, so the choice is a function of the record. */
const greedy: Preset = { ...PILOT, exploration: { kind: 'none' } };
const names = ['a', 'b', 'c', 'd'] as unknown as readonly ArmId[];

interface Case {
  readonly policy: 'shadow-price' | 'zcl';
  readonly profile: Profile;
  readonly arms: readonly { readonly mean: number; readonly width: number; readonly cost: number }[];
  /** Earlier prompts, which determine the policy's price. */
  readonly past: readonly (readonly number[])[];
  readonly limit: number;
  readonly used: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  policy: fc.constantFrom('shadow-price', 'zcl'),
  profile: fc.constantFrom('quality', 'balanced', 'economy'),
  arms: fc.array(
    fc.record({
      mean: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
      width: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
      cost: fc.integer({ min: 0, max: 20_000_000 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  past: fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
    maxLength: 30,
  }),
  limit: fc.integer({ min: 10_000_000, max: 5_000_000_000 }),
  used: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** The real router over the real policy, at `times` the limit. */
function decide(
  { policy: name, profile, arms, past, limit, used }: Case,
  times: number,
): Decision | undefined {
  const plain = policyByName(name);
  const policy = profiled(plain, profile);
  const money: MoneySituation = {
    now: 10 * 86_400_000,
    periodStart: 0,
    periodEnd: 30 * 86_400_000,
    limit: (limit * times) as NanoUsd,
    committed: Math.floor(limit * used) as NanoUsd,
    surface: 'ask',
    hourOfWeek: 0,
    requests: { ask: past.length, inline: 0, chat: 0 },
    expectedRemaining: 60,
  };
  const state = past.reduce<unknown>((former, rewards) => {
    const offers = arms.map(({ cost }, i): Offer => ({ armId: names[i]!, reward: rewards[i]!, cost: cost as NanoUsd, worstCase: cost as NanoUsd })); // prettier-ignore
    return plain.observe(former, offers, undefined, money);
  }, plain.initial());
  const routed = route({
    id: 'd' as DecisionId,
    at: 0,
    surface: 'ask',
    workspaceId: 'w',
    context: {
      spaceId: 's',
      x: new Float64Array([1]),
      coarse: { task: 'question', language: '', lengthBucket: 3, turn: 0 },
    },
    candidates: arms.map(({ cost }, i) => ({
      armId: names[i]!,
      excluded: undefined,
      quote: {
        armId: names[i]!,
        expected: cost as NanoUsd,
        worstCase: (3 * cost) as NanoUsd,
        inputTokens: 10,
        outputTokens: 10,
        outputCap: 100,
      },
    })),
    estimates: arms.map(({ mean, width }, i) => ({ armId: names[i]!, mean, width, observations: 3 })),
    preset: greedy,
    policy,
    policyState: state,
    money,
    pinned: undefined,
    sticky: undefined,
    random: () => 0.5,
  });
  return routed.ok ? { ...routed.value.decision, tookMs: 0 } : undefined;
}

/** Distinct means and costs: order breaks ties, which is not tested here. */
const isFallback = (decision: Decision): boolean => decision.kind === 'fallback';

describe('whatIf', () => {
  it('is right about twice the limit whenever it is certain', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const [now, then] = [decide(each, 1), decide(each, 2)];
        if (!now || !then || isFallback(now) || isFallback(then)) return;
        const { twiceTheLimit } = whatIf(now);
        if (twiceTheLimit.kind === 'certain') assert.equal(twiceTheLimit.armId, then.chosen);
        if (twiceTheLimit.kind === 'one-of') assert.ok(twiceTheLimit.armIds.includes(then.chosen));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is right about every profile whenever it is certain, and names the choice among those it cannot tell', () => {
    let certain = 0;
    const profiles = fc.constantFrom('quality', 'balanced', 'economy');
    fc.assert(
      fc.property(cases, profiles, (each, profile) => {
        const [now, then] = [decide(each, 1), decide({ ...each, profile }, 1)];
        if (!now || !then) return;
        const said = underProfile(now, profile);
        if (said.kind === 'certain') assert.equal(said.armId, then.chosen);
        if (said.kind === 'one-of') assert.ok(said.armIds.includes(then.chosen));
        if (said.kind === 'certain') certain += 1;
      }),
      { numRuns: 2_000 },
    );
    assert.ok(certain > 1_000, String(certain));
  });

  it('says that a wish holds under every profile', () => {
    const [dear, cheap] = names;
    const decision = { ...decide({ policy: 'shadow-price', profile: 'quality', past: [], limit: 1e9, used: 0, arms: [{ mean: 0.9, width: 0.1, cost: 1e6 }, { mean: 0.2, width: 0.1, cost: 1 }] }, 1)!, chosen: cheap! }; // prettier-ignore
    for (const kind of ['pinned', 'user-choice', 'escalated'] as const)
      assert.deepEqual(underProfile({ ...decision, kind }, 'quality'), { kind: 'certain', armId: cheap });
    assert.deepEqual(underProfile({ ...decision, kind: 'best' }, 'quality'), {
      kind: 'certain',
      armId: dear,
    });
  });

  it('is right about no limit under the shadow price', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const [now, then] = [
          decide({ ...each, policy: 'shadow-price' }, 1),
          decide({ ...each, policy: 'shadow-price' }, 1e6),
        ];
        if (!now || !then || isFallback(now)) return;
        const { noLimit } = whatIf(now);
        if (noLimit.kind === 'certain') assert.equal(noLimit.armId, then.chosen);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is certain at times', () => {
    const certain = fc.sample(cases, 200).filter((each) => {
      const decision = decide(each, 1);
      return decision && whatIf(decision).twiceTheLimit.kind === 'certain';
    });
    assert.ok(certain.length > 50, `${certain.length} of 200`);
  });

  it('says that the record cannot tell when a pin shut out every other estimate', () => {
    const decision = decide(sample, 1);
    assert.ok(decision);
    const arms = decision.arms.map((arm) => ({ ...arm, width: 0 }));
    assert.deepEqual(whatIf({ ...decision, arms }).noLimit, { kind: 'unknown', because: 'no-estimates' });
  });

  it('says that the record cannot tell for a policy whose rule depends on the month', () => {
    const decision = decide(sample, 1);
    assert.ok(decision);
    const policy = { ...decision.policy, policy: 'fixed-rate' };
    assert.deepEqual(whatIf({ ...decision, policy }).twiceTheLimit, {
      kind: 'unknown',
      because: 'policy-state',
    });
  });

  const pinned: readonly (readonly [ExclusionReason | undefined, 'answers' | 'refused'])[] = [
    [undefined, 'answers'],
    ['not-worth-price', 'answers'],
    ['not-pinned', 'answers'],
    ['over-limit', 'refused'],
    ['no-key', 'refused'],
    ['too-long', 'refused'],
  ];
  for (const [excluded, expected] of pinned) {
    it(`a pin on a model that is ${excluded ?? 'usable'}: ${expected}`, () => {
      const decision = decide(sample, 1);
      assert.ok(decision);
      const arms = decision.arms.map((arm, i) => (i === 0 ? { ...arm, excluded } : arm));
      assert.equal(whatIf({ ...decision, arms }).pinned.get(names[0]!)?.kind, expected);
    });
  }
});

const sample: Case = {
  policy: 'shadow-price',
  profile: 'balanced',
  arms: [
    { mean: 0.9, width: 0.05, cost: 9_000_000 },
    { mean: 0.8, width: 0.05, cost: 1_000_000 },
  ],
  past: [],
  limit: 1_000_000_000,
  used: 0.2,
};
