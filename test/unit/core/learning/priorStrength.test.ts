/** How firmly an arm is held to its prior, by rule. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PAPER, PILOT, type Preset } from '../../../../src/core/learning/preset.ts';
import { effectiveCount, strengthAt } from '../../../../src/core/learning/priorStrength.ts';

describe('n_eff', () => {
  it('gives the worked vector of the specification', () => {
    assert.equal(Math.round(effectiveCount(0.997, 500)), 1164);
  });

  it('is the number of feedbacks itself where nothing is forgotten, and tends to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (feedbacks) => {
        assert.equal(effectiveCount(1, feedbacks), feedbacks);
        const almost = effectiveCount(1 - 1e-9, feedbacks);
        assert.ok(Math.abs(almost - feedbacks) < 0.01 * feedbacks, `${almost}`);
      }),
    );
  });

  it('grows with the feedbacks it is to last, and with forgetting', () => {
    const keep = fc.double({ min: 0.95, max: 0.9999, noNaN: true });
    fc.assert(
      fc.property(keep, fc.integer({ min: 1, max: 500 }), (kept, feedbacks) => {
        assert.ok(effectiveCount(kept, feedbacks + 1) > effectiveCount(kept, feedbacks));
        assert.ok(effectiveCount(kept, feedbacks) >= feedbacks - 1e-6);
      }),
    );
  });
});

describe('strength of the prior', () => {
  const held = (prior: Preset['prior'], total: number, accuracy = 0.5): number[] => {
    const { level, content, language } = strengthAt({ ...PILOT, prior }, accuracy, total);
    return [level, content, language];
  };

  it('is the paper’s 1 / accuracy, whatever was learnt', () => {
    assert.deepEqual(held(PAPER.prior, 0, 0.8), [1.25, 1.25, 1.25]);
    assert.deepEqual(held(PAPER.prior, 1000, 0.8), [1.25, 1.25, 1.25]);
    // An arm without a level is not held without bound.
    assert.deepEqual(held(PAPER.prior, 0, 0), [10, 10, 10]);
  });

  it('is n_eff by ParetoBandit’s rule, whatever was learnt', () => {
    const rule = { kind: 'adapt-after', feedbacks: 500, keep: 0.997 } as const;
    for (const total of [0, 1000]) assert.deepEqual(held(rule, total).map(Math.round), [1164, 1164, 1164]);
  });

  it('fades: half after so many feedbacks, never below its floor', () => {
    const fading = { kind: 'fading', level: 80, content: 40, language: 20, halfAt: 300, floor: 0.1 } as const;
    assert.deepEqual(held(fading, 0), [80, 40, 20]);
    assert.deepEqual(held(fading, 300), [40, 20, 10]);
    assert.deepEqual(held(fading, 1e6), [8, 4, 2]);
    assert.deepEqual(held(fading, -5), [80, 40, 20]);
  });
});
