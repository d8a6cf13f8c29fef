import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmId, DecisionId } from '../../../../src/core/brand.ts';
import type { Context } from '../../../../src/core/decision.ts';
import { Learner, MAX_PENDING, type LearnerSpec } from '../../../../src/core/learning/learner.ts';
import { decodeLearner, encodeLearner } from '../../../../src/core/learning/learnerCodec.ts';
import { PILOT, type Preset } from '../../../../src/core/learning/preset.ts';
import { PAPER } from '../../../bench/router/paper.ts';

const D = 4;
const DAY = 86_400_000;
const START = 20_000 * DAY;
const ARMS = ['e/strong', 'e/middle', 'e/weak'] as ArmId[];
const LEVELS = [0.8, 0.6, 0.4];

const specOf = (preset: Preset): LearnerSpec => ({
  spaceId: 'test-1',
  dimension: D,
  learnt: D,
  preset,
  priorFor: (armId) => {
    const theta = new Float64Array(D);
    theta[0] = LEVELS[ARMS.indexOf(armId)] ?? 0.5;
    return { theta, accuracy: theta[0] };
  },
});
const steady: Preset = { ...PILOT, halfLifeDays: undefined };

function contextOf(content: readonly number[]): Context {
  const length = Math.hypot(...content) || 1;
  return {
    spaceId: 'test-1',
    x: Float64Array.of(1, ...content.map((value) => value / length)),
    coarse: { task: 'chat', language: '', lengthBucket: 3, turn: 0 },
  };
}

interface Seen {
  readonly arm: number;
  readonly content: readonly number[];
  readonly reward: number;
  readonly weight: number;
  readonly day: number;
}

const seen: fc.Arbitrary<Seen> = fc.record({
  arm: fc.integer({ min: 0, max: 2 }),
  content: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: D - 1, maxLength: D - 1 }),
  reward: fc.double({ min: 0, max: 1, noNaN: true }),
  weight: fc.constantFrom(0.3, 0.5, 1),
  day: fc.integer({ min: 0, max: 40 }),
});
const log = fc.array(seen, { maxLength: 25 });

const idOf = (i: number): DecisionId => `d${i}` as DecisionId;

function note(learner: Learner, { arm, content, day }: Seen, i: number): void {
  const decision = {
    id: idOf(i),
    at: START + day * DAY,
    surface: 'ask',
    context: contextOf(content),
    chosen: ARMS[arm]!,
  } as const;
  learner.fold({ type: 'decision', decision });
}

function learnt(preset: Preset, entries: readonly Seen[], order = entries.map((_, i) => i)): Learner {
  const learner = new Learner(specOf(preset));
  entries.forEach((entry, i) => note(learner, entry, i));
  for (const i of order) {
    const { reward, weight } = entries[i]!;
    learner.fold({ type: 'outcome', outcome: { decisionId: idOf(i), reward, weight } });
  }
  return learner;
}

const probe = contextOf([0.3, -0.5, 0.8]);
function means(learner: Learner, day = 41): number[] {
  return learner.estimate('ask', ARMS, probe, START + day * DAY)!.flatMap(({ mean, width }) => [mean, width]);
}

function close(actual: readonly number[], expected: readonly number[], tolerance = 1e-7): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${i}: ${value} is not ${expected[i]!}`),
  );
}

describe('learner', () => {
  for (const preset of [PILOT, PAPER]) {
    it(`ranks by the prior while nothing was learned (${preset.name})`, () => {
      const estimates = new Learner(specOf(preset)).estimate('ask', ARMS, probe, START)!;
      const order = estimates.toSorted((a, b) => b.mean - a.mean).map(({ armId }) => armId);
      // The paper's cosine ignores the level, so the prior's ranking is a tie there.
      assert.deepEqual(order, ARMS);
      assert.ok(estimates.every(({ observations }) => observations === 0));
    });
  }

  it('ranks by x . theta_pref while nothing was learned, whatever the priors and the prompt', () => {
    const axis = fc.double({ min: -1, max: 1, noNaN: true });
    const theta = fc.array(axis, { minLength: D, maxLength: D }).map((values) => Float64Array.from(values));
    const content = fc.array(axis, { minLength: D - 1, maxLength: D - 1 });
    fc.assert(
      fc.property(fc.array(theta, { minLength: 2, maxLength: 6 }), content, (thetas, given) => {
        const armIds = thetas.map((_, i) => `e/${i}` as ArmId);
        const priorFor = (armId: ArmId): { theta: Float64Array; accuracy: number } => {
          return { theta: thetas[armIds.indexOf(armId)]!, accuracy: 0.5 };
        };
        const context = contextOf(given);
        const learner = new Learner({ ...specOf(PILOT), priorFor });
        const estimated = learner.estimate('ask', armIds, context, START)!.map(({ mean }) => mean);
        const expected = thetas.map((values) => values.reduce((sum, v, k) => sum + v * context.x[k]!, 0));
        close(estimated, expected, 1e-12);
      }),
    );
  });

  it('does not mind the order in which outcomes arrive, forgetting or not', () => {
    for (const preset of [steady, PILOT]) {
      fc.assert(
        fc.property(log, (entries) => {
          const backwards = entries.map((_, i) => i).reverse();
          close(means(learnt(preset, entries)), means(learnt(preset, entries, backwards)));
        }),
        { numRuns: 40 },
      );
    }
  });

  it('revises an outcome as if only the last had come, also to another weight', () => {
    fc.assert(
      fc.property(log, seen, (entries, last) => {
        if (entries.length === 0) return;
        const revised = learnt(PILOT, entries);
        const { reward, weight } = last;
        assert.equal(
          revised.fold({ type: 'outcome', outcome: { decisionId: idOf(0), reward, weight } }),
          'revised',
        );
        const direct = learnt(PILOT, [{ ...entries[0]!, reward, weight }, ...entries.slice(1)]);
        close(means(revised), means(direct), 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('takes an outcome back as if it had never come', () => {
    fc.assert(
      fc.property(log, seen, (entries, extra) => {
        const learner = learnt(PILOT, [...entries, extra]);
        const outcome = { decisionId: idOf(entries.length), reward: undefined, weight: 1 };
        assert.equal(learner.fold({ type: 'outcome', outcome }), 'taken-back');
        // The clock has still passed the extra decision's day.
        close(means(learner), means(learnt(PILOT, entries)), 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('forgets towards the prior: half after a half-life, all after a lifetime', () => {
    const entries = Array.from({ length: 30 }, (): Seen => ({
      arm: 0,
      content: [1, 0, 0],
      reward: 0,
      weight: 1,
      day: 0,
    }));
    const learner = learnt(PILOT, entries);
    const at = (day: number): number => learner.estimate('ask', ARMS, probe, START + day * DAY)![0]!.mean;
    const [fresh, later, last] = [at(0), at(60), at(6000)];
    assert.ok(fresh < later && later < 0.8);
    assert.ok(Math.abs(last - 0.8) < 1e-9);
    assert.ok(
      Math.abs(learnt(PILOT, entries).estimate('ask', ARMS, probe, START + 30 * DAY)![0]!.observations - 15) <
        1e-9,
    );
  });

  it('learns a bad arm down and what all arms share from any of them', () => {
    const bad = Array.from({ length: 300 }, (): Seen => ({
      arm: 0,
      content: [1, 0, 0],
      reward: 0,
      weight: 1,
      day: 0,
    }));
    const [strong, , middle] = means(learnt(steady, bad), 0);
    assert.ok(strong! < 0.5, `${strong}`);
    assert.ok(middle! < 0.6 && middle! > strong!, `${middle}`);
    const alone = means(learnt({ ...steady, pool: undefined }, bad), 0);
    assert.equal(alone[2], 0.6);
  });

  it('keeps the heads apart', () => {
    const learner = learnt(steady, [{ arm: 0, content: [1, 0, 0], reward: 0, weight: 1, day: 0 }]);
    assert.equal(learner.estimate('inline', ARMS, probe, START)![0]!.mean, 0.8);
    assert.notEqual(learner.estimate('ask', ARMS, probe, START)![0]!.mean, 0.8);
  });

  it('learns which arm is good at which language, where the prompts do not differ otherwise', () => {
    const [python, rust] = [Float64Array.of(1, 1, 1, 0), Float64Array.of(1, 1, 0, 1)];
    const learner = new Learner({ ...specOf(steady), learnt: 2 });
    [python, rust].forEach((x, language) => {
      for (let i = 0; i < 60; i++) {
        const id = `${language}/${i}` as DecisionId;
        const [chosen, reward] = [ARMS[i % 2]!, i % 2 === language ? 1 : 0];
        learner.fold({
          type: 'decision',
          decision: { id, at: START, surface: 'ask', context: { ...probe, x }, chosen },
        });
        learner.fold({ type: 'outcome', outcome: { decisionId: id, reward, weight: 1 } });
      }
    });
    const [best, other] = [python, rust].map((x) => {
      const [a, b] = learner.estimate('ask', ARMS.slice(0, 2), { ...probe, x }, START)!;
      return a!.mean - b!.mean;
    });
    assert.ok(best! - other! > 0.3, `${best!} against ${other!}`);
  });

  it('gives the paper its shared space alone: no intercept is lost, no language is seen', () => {
    const learner = new Learner({ ...specOf(PAPER), learnt: 2 });
    const of = (...x: number[]): readonly number[] =>
      learner
        .estimate('ask', ARMS, { ...probe, x: Float64Array.from(x) }, START)!
        .flatMap(({ mean, width }) => [mean, width]);
    assert.deepEqual(of(1, 0.5, 1, 0), of(1, 0.5, 0, 1));
    assert.notDeepEqual(of(1, 0.5, 0, 0), of(1, 2, 0, 0));
  });

  it('learns each decision at most once, and nothing from what it cannot place', () => {
    const learner = new Learner(specOf(PILOT));
    const outcome = { decisionId: idOf(0), reward: 1, weight: 1 };
    assert.equal(learner.fold({ type: 'outcome', outcome }), 'unknown-decision');
    note(learner, { arm: 0, content: [1, 0, 0], reward: 1, weight: 1, day: 0 }, 0);
    assert.equal(
      learner.fold({ type: 'outcome', outcome: { ...outcome, reward: undefined } }),
      'no-observation',
    );
    assert.equal(learner.fold({ type: 'outcome', outcome: { ...outcome, reward: NaN } }), 'no-observation');
    assert.equal(learner.fold({ type: 'outcome', outcome }), 'learnt');
    const once = means(learner);
    assert.equal(learner.fold({ type: 'outcome', outcome }), 'revised');
    close(means(learner), once);
  });

  it('refuses contexts of another space or shape', () => {
    const learner = new Learner(specOf(PILOT));
    for (const context of [
      { ...probe, spaceId: 'other' },
      { ...probe, x: new Float64Array(D + 1) },
      { ...probe, x: Float64Array.of(1, NaN, 0, 0) },
    ]) {
      assert.equal(learner.estimate('ask', ARMS, context, START), undefined);
      const decision = { id: idOf(1), at: START, surface: 'ask', context, chosen: ARMS[0]! } as const;
      assert.equal(learner.fold({ type: 'decision', decision }), 'other-space');
    }
  });

  it('holds a bounded number of decisions', () => {
    const learner = new Learner(specOf(PILOT));
    for (let i = 0; i < MAX_PENDING + 5; i++) {
      note(learner, { arm: 0, content: [1, 0, 0], reward: 1, weight: 1, day: 0 }, i);
    }
    assert.equal(learner.pending.size, MAX_PENDING);
    const outcome = { reward: 1, weight: 1 };
    assert.equal(
      learner.fold({ type: 'outcome', outcome: { ...outcome, decisionId: idOf(0) } }),
      'unknown-decision',
    );
    assert.equal(learner.fold({ type: 'outcome', outcome: { ...outcome, decisionId: idOf(9) } }), 'learnt');
  });

  it('notices a model that drops, and is exact about it: taken back, stored, in any order', () => {
    const entry = (i: number): Seen => ({
      arm: 0,
      content: [Math.sin(i), Math.cos(i), 0.3],
      reward: i < 80 ? Math.min(1, i % 4) : Number(i % 8 === 0),
      weight: 1,
      day: Math.floor(i / 30),
    });
    const entries = Array.from({ length: 112 }, (_, i) => entry(i));
    const noticed = learnt(PILOT, entries);
    const stationary = learnt({ ...PILOT, change: undefined }, entries);
    assert.ok(means(noticed, 4)[0]! < means(stationary, 4)[0]! - 0.2);
    // Another arm keeps its own mean.
    assert.equal(means(noticed, 4)[2], means(stationary, 4)[2]);
    const decoded = decodeLearner(JSON.parse(JSON.stringify(encodeLearner(noticed))), specOf(PILOT));
    assert.ok(decoded.ok);
    close(means(decoded.value, 4), means(noticed, 4));
    const backwards = entries.map((_, i) => entries.length - 1 - i);
    close(means(learnt(PILOT, entries, backwards), 4), means(noticed, 4));
    for (let i = 80; i < 112; i++)
      noticed.fold({ type: 'outcome', outcome: { decisionId: idOf(i), reward: undefined, weight: 0 } });
    close(means(noticed, 4), means(learnt(PILOT, entries.slice(0, 80)), 4));
  });

  it('has snapshots that later learning leaves alone', () => {
    const learner = learnt(steady, [{ arm: 0, content: [1, 0, 0], reward: 0, weight: 1, day: 0 }]);
    const before = means(learner.snapshot());
    const copy = learner.snapshot();
    note(learner, { arm: 1, content: [1, 0, 0], reward: 1, weight: 1, day: 1 }, 7);
    learner.fold({ type: 'outcome', outcome: { decisionId: idOf(7), reward: 1, weight: 1 } });
    assert.deepEqual(means(copy), before);
    assert.notDeepEqual(means(learner), before);
  });
});

describe('stored learner', () => {
  const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

  it('comes back as it was, and goes on learning the same', () => {
    fc.assert(
      fc.property(log, seen, (entries, next) => {
        const learner = learnt(PILOT, entries);
        const decoded = decodeLearner(json(encodeLearner(learner)), specOf(PILOT));
        assert.ok(decoded.ok);
        close(means(decoded.value), means(learner));
        for (const each of [learner, decoded.value]) {
          note(each, next, 99);
          const { reward, weight } = next;
          each.fold({ type: 'outcome', outcome: { decisionId: idOf(99), reward, weight } });
        }
        close(means(decoded.value), means(learner));
      }),
      { numRuns: 40 },
    );
  });

  it('is stored again as it was stored, to the bit', () => {
    fc.assert(
      fc.property(log, (entries) => {
        const stored = json(encodeLearner(learnt(PILOT, entries)));
        const decoded = decodeLearner(stored, specOf(PILOT));
        assert.ok(decoded.ok);
        assert.deepEqual(json(encodeLearner(decoded.value)), stored);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses garbage without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(decodeLearner(value, specOf(PILOT)).ok, false);
      }),
    );
  });

  it('says what is wrong', () => {
    const good = json(
      encodeLearner(learnt(PILOT, [{ arm: 0, content: [1, 0, 0], reward: 1, weight: 1, day: 3 }])),
    ) as {
      heads: { ask: unknown[][] };
      pending: unknown[][];
    };
    const check = (change: Record<string, unknown>, kind: string, field?: string): void => {
      const decoded = decodeLearner({ ...good, ...change }, specOf(PILOT));
      assert.ok(!decoded.ok);
      assert.equal(decoded.error.kind, kind);
      if (field !== undefined) assert.equal('field' in decoded.error && decoded.error.field, field);
    };
    check({ version: 2 }, 'other-version');
    check({ spaceId: 'test-2' }, 'other-space');
    check({ dimension: D + 1 }, 'other-space');
    check({ preset: 'paper' }, 'other-space');
    check({ day: -1 }, 'damaged', 'day');
    const [armId, gram, moment, count] = good.heads.ask[0]!;
    const withArm = (row: unknown[]): Record<string, unknown> => ({ heads: { ...good.heads, ask: [row] } });
    check(withArm([armId, moment, moment, count]), 'damaged', 'ask');
    check(withArm([armId, gram, moment, -1]), 'damaged', 'ask');
    check(withArm([armId, gram, moment, 'many']), 'damaged', 'ask');
    check({ pending: [[...good.pending[0]!.slice(0, 5), 2, 1]] }, 'damaged', 'pending');
  });

  it('refuses evidence that would outweigh all that was ever observed, finite as it is', () => {
    const learner = learnt(PILOT, [{ arm: 0, content: [1, 0, 0], reward: 1, weight: 1, day: 0 }]);
    const ridge = learner.heads.ask.arms.get(ARMS[0]!)!;
    const first = (values: Float64Array, value: number): Float64Array => Float64Array.from([value, ...values.subarray(1)]); // prettier-ignore
    for (const huge of [1e308, 1e9, -1e308]) {
      for (const forged of [
        { ...ridge, moment: first(ridge.moment, huge) },
        { ...ridge, gram: first(ridge.gram, huge) },
        { ...ridge, count: Math.abs(huge) },
      ]) {
        learner.heads.ask.arms.set(ARMS[0]!, forged);
        const decoded = decodeLearner(json(encodeLearner(learner)), specOf(PILOT));
        assert.equal(!decoded.ok && decoded.error.kind, 'damaged', JSON.stringify(forged));
      }
    }
  });

  it('refuses infinities and matrices that no data could give', () => {
    const learner = learnt(PILOT, [{ arm: 0, content: [1, 0, 0], reward: 1, weight: 1, day: 0 }]);
    for (const value of [NaN, Infinity, -1e6]) {
      const ridge = learner.heads.ask.arms.get(ARMS[0]!)!;
      const gram = ridge.gram.slice();
      gram[0] = value;
      learner.heads.ask.arms.set(ARMS[0]!, { ...ridge, gram });
      assert.equal(decodeLearner(json(encodeLearner(learner)), specOf(PILOT)).ok, false);
    }
  });
});
