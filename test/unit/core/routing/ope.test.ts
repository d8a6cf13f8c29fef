import assert from 'node:assert/strict';
import type { ArmId, NanoUsd } from '../../../../src/core/brand.ts';
import type { ArmEvidence, DecisionKind } from '../../../../src/core/decision.ts';
import { evaluate, LEAST_EFFECTIVE_SAMPLE, type LoggedReward } from '../../../../src/core/routing/ope.ts';
import { seeded } from '../../../../scripts/train/random.ts';

const ARMS = ['e/a', 'e/b', 'e/c'] as ArmId[];
/** Chance of a reward of 1; the logged estimates are deliberately wrong by `bias`. */
const TRUTH = [0.3, 0.6, 0.8];
const LOGGED = [0.6, 0.3, 0.1];

function logOf(n: number, seed: number, bias: number, kind: DecisionKind = 'explore'): LoggedReward[] {
  const random = seeded(seed);
  return Array.from({ length: n }, () => {
    const draw = random();
    const taken = draw < LOGGED[0]! ? 0 : draw < LOGGED[0]! + LOGGED[1]! ? 1 : 2;
    const reward = random() < TRUTH[taken]! ? 1 : 0;
    return {
      decision: {
        kind,
        chosen: ARMS[taken]!,
        arms: ARMS.map((armId, i) => evidence(armId, TRUTH[i]! + bias, LOGGED[i]!)),
        context: {
          spaceId: 's',
          x: Float64Array.of(1),
          coarse: { task: 'chat', language: '', lengthBucket: 0, turn: 0 },
        },
      },
      outcome: { reward, weight: 1 },
    };
  });
}

function evidence(armId: ArmId, mean: number, propensity: number): ArmEvidence {
  const zero = 0 as NanoUsd;
  const quote = { armId, expected: zero, worstCase: zero, inputTokens: 0, outputTokens: 0, outputCap: 0 };
  return {
    armId,
    mean,
    width: 0,
    index: mean,
    score: mean,
    quote,
    excluded: undefined,
    propensity,
    observations: 9,
  };
}

const always =
  (arm: number): (() => ReadonlyMap<ArmId, number>) =>
  () =>
    new Map([[ARMS[arm]!, 1]]);

describe('off-policy evaluation', () => {
  it('finds what another policy would have earned, within its own interval, about 95 times in 100', () => {
    const target = new Map(ARMS.map((armId, i) => [armId, [0.1, 0.3, 0.6][i]!]));
    const value = 0.1 * TRUTH[0]! + 0.3 * TRUTH[1]! + 0.6 * TRUTH[2]!;
    for (const bias of [0, -0.2]) {
      const hits = { ips: 0, snips: 0, doublyRobust: 0 };
      for (let seed = 0; seed < 100; seed++) {
        const result = evaluate(logOf(800, seed, bias), () => target);
        assert.ok(result.kind === 'verdict');
        for (const name of ['ips', 'snips', 'doublyRobust'] as const) {
          if (Math.abs(result[name].value - value) <= result[name].halfWidth) hits[name]++;
        }
      }
      for (const [name, count] of Object.entries(hits))
        assert.ok(count >= 87, `${name}: ${count} of 100, bias ${bias}`);
    }
  });

  it('gives the logged policy its own mean', () => {
    const log = logOf(500, 1, 0);
    const result = evaluate(
      log,
      ({ arms }) => new Map(arms.map(({ armId, propensity }) => [armId, propensity])),
    );
    assert.ok(result.kind === 'verdict');
    assert.ok(Math.abs(result.ips.value - result.logged.value) < 1e-12);
    assert.ok(Math.abs(result.effectiveSampleSize - 500) < 1e-9);
  });

  it('gives no verdict below the least effective sample', () => {
    const result = evaluate(logOf(LEAST_EFFECTIVE_SAMPLE * 5, 3, 0), always(2));
    assert.equal(result.kind, 'too-little');
    assert.equal(evaluate([], always(0)).kind, 'too-little');
  });

  it('leaves out what the user chose, what has no reward, and what no policy could have logged', () => {
    const log = logOf(200, 4, 0);
    for (const kind of ['pinned', 'user-choice', 'escalated'] as const) {
      assert.equal(evaluate(logOf(200, 4, 0, kind), always(0)).n, 0);
    }
    const without = log.map((entry) => ({ ...entry, outcome: { reward: undefined, weight: 1 } }));
    assert.equal(evaluate(without, always(0)).n, 0);
    const impossible = log.map((entry) => ({
      ...entry,
      decision: { ...entry.decision, arms: entry.decision.arms.map((arm) => ({ ...arm, propensity: 0 })) },
    }));
    assert.equal(evaluate(impossible, always(0)).n, 0);
  });
});
