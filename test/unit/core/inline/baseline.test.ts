import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  corrected,
  correctionFor,
  decodeBaseline,
  initialBaseline,
  learnBaseline,
  positionClass,
} from '../../../../src/core/inline/baseline.ts';
import type { Baseline, Situation } from '../../../../src/core/inline/baseline.ts';

const EASY: Situation = { languageId: 'typescript', position: 'line-end', length: 5 };
const HARD: Situation = { languageId: 'typescript', position: 'empty-line', length: 200 };

const situation: fc.Arbitrary<Situation> = fc.record({
  languageId: fc.constantFrom('typescript', 'python', 'go'),
  position: fc.constantFrom('empty-line', 'line-start', 'line-end', 'before-closers' as const),
  length: fc.nat({ max: 1000 }),
});
const reward = fc.constantFrom(0, 0.4, 1);
const history = fc.array(fc.tuple(situation, reward), { maxLength: 60 });
const learnt = (seen: readonly (readonly [Situation, number])[]): Baseline =>
  seen.reduce(
    (state, [where, value]) => learnBaseline(state, where, { reward: value, weight: 1 }),
    initialBaseline,
  );

describe('the acceptance baseline', () => {
  it('a corrected reward stays in [0, 1]', () => {
    fc.assert(
      fc.property(history, situation, reward, (seen, where, value) => {
        const result = corrected(value, correctionFor(learnt(seen), where));
        assert.ok(-1e-12 <= result && result <= 1 + 1e-12);
      }),
    );
  });

  it('a better outcome at the same place is worth more, and an average one is worth the mean', () => {
    fc.assert(
      fc.property(history, situation, (seen, where) => {
        const correction = correctionFor(learnt(seen), where);
        assert.ok(corrected(1, correction) > corrected(0, correction));
        assert.ok(Math.abs(corrected(correction.baseline, correction) - correction.mean) < 1e-9);
      }),
    );
  });

  it('leaves rewards alone where places do not differ', () => {
    const correction = correctionFor(initialBaseline, EASY);
    assert.deepEqual([corrected(1, correction), corrected(0, correction)], [1, 0]);
  });

  it('two equal arms, one asked at easy and one at hard places, come out equal', () => {
    // Acceptance is 80 % at easy places and 20 % at hard ones, for both arms alike.
    let state = initialBaseline;
    for (let i = 0; i < 400; i += 1) {
      state = learnBaseline(state, EASY, { reward: i % 5 === 0 ? 0 : 1, weight: 1 });
      state = learnBaseline(state, HARD, { reward: i % 5 === 0 ? 1 : 0, weight: 1 });
    }
    const easy = correctionFor(state, EASY);
    const hard = correctionFor(state, HARD);
    const easyArm = 0.8 * corrected(1, easy) + 0.2 * corrected(0, easy);
    const hardArm = 0.2 * corrected(1, hard) + 0.8 * corrected(0, hard);
    assert.ok(Math.abs(easyArm - hardArm) < 0.02, `${easyArm} and ${hardArm}`);
    assert.ok(Math.abs(easyArm - 0.5) < 0.02, 'at the level of mean acceptance');
  });

  it('a revision takes the former reward out exactly', () => {
    fc.assert(
      fc.property(history, situation, reward, reward, (seen, where, first, second) => {
        const before = learnt(seen);
        const direct = learnBaseline(before, where, { reward: second, weight: 1 });
        const once = learnBaseline(before, where, { reward: first, weight: 1 });
        const revised = learnBaseline(
          once,
          where,
          { reward: second, weight: 1 },
          { reward: first, weight: 1 },
        );
        const a = correctionFor(direct, where);
        const b = correctionFor(revised, where);
        assert.ok(Math.abs(a.baseline - b.baseline) < 1e-9 && Math.abs(a.mean - b.mean) < 1e-9);
      }),
    );
  });

  it('no observation teaches nothing', () => {
    const state = learnBaseline(initialBaseline, EASY, { reward: undefined, weight: 1 });
    assert.deepEqual(correctionFor(state, EASY), correctionFor(initialBaseline, EASY));
  });

  it('keeps a bounded number of cells, through JSON', () => {
    let state = initialBaseline;
    for (let i = 0; i < 1000; i += 1) {
      state = learnBaseline(state, { ...EASY, languageId: `lang${i}` }, { reward: 1, weight: 1 });
    }
    assert.ok(Object.keys(state.cells).length <= 300);
    assert.deepEqual(decodeBaseline(JSON.parse(JSON.stringify(state))), state);
  });

  it('decodes anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (any, cells) => {
        for (const stored of [any, { cells }, { cells: { '*': any } }]) {
          const { mean, baseline } = correctionFor(decodeBaseline(stored), EASY);
          assert.ok(0 <= mean && mean <= 1 && 0 <= baseline && baseline <= 1);
        }
      }),
    );
  });

  it('names positions', () => {
    assert.equal(positionClass('  ', ''), 'empty-line');
    assert.equal(positionClass('  if', ''), 'line-start');
    assert.equal(positionClass('  return a', ''), 'line-end');
    assert.equal(positionClass('  f(', ')'), 'before-closers');
  });
});
