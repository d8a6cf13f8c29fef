/** How firmly an arm is held to its prior. */
import assert from 'node:assert/strict';
import { PILOT, type Preset } from '../../../../src/core/learning/preset.ts';
import { PAPER } from '../../../bench/router/paper.ts';
import { strengthAt } from '../../../../src/core/learning/priorStrength.ts';

describe('strength of the prior', () => {
  const held = (prior: Preset['prior'], total: number, accuracy = 0.5): number[] => {
    const { level, content, language } = strengthAt({ ...PILOT, prior }, accuracy, total);
    return [level, content, language];
  };

  it('is the paper’s 1 / accuracy, whatever was learned', () => {
    assert.deepEqual(held(PAPER.prior, 0, 0.8), [1.25, 1.25, 1.25]);
    assert.deepEqual(held(PAPER.prior, 1000, 0.8), [1.25, 1.25, 1.25]);
    // The hold of an arm without a level is bounded.
    assert.deepEqual(held(PAPER.prior, 0, 0), [10, 10, 10]);
  });

  it('fades: half after a number of feedbacks, never below its floor', () => {
    const fading = { kind: 'fading', level: 80, content: 40, language: 20, halfAt: 300, floor: 0.1 } as const;
    assert.deepEqual(held(fading, 0), [80, 40, 20]);
    assert.deepEqual(held(fading, 300), [40, 20, 10]);
    assert.deepEqual(held(fading, 1e6), [8, 4, 2]);
    assert.deepEqual(held(fading, -5), [80, 40, 20]);
  });
});
