import assert from 'node:assert/strict';
import { EFFORT_LEVELS } from '../../../../src/core/arm.ts';
import { outputFactor, qualityShift, thoughtsAt } from '../../../../src/core/models/efforts.ts';

describe('efforts before anything was learnt', () => {
  it('more effort is never worse, nor shorter, and none is medium', () => {
    const values = EFFORT_LEVELS.map((level) => [
      thoughtsAt(level),
      qualityShift(level),
      outputFactor(level),
    ]);
    for (const column of [0, 1, 2]) {
      const sorted = values.map((row) => row[column]!);
      assert.deepEqual(
        sorted,
        sorted.toSorted((a, b) => a - b),
      );
    }
    assert.ok(qualityShift('low') < 0 && 0 < qualityShift('high'));
    assert.ok(outputFactor('low') < 1 && 1 < outputFactor('high'));
    assert.deepEqual(
      [thoughtsAt(undefined), qualityShift(undefined), outputFactor(undefined)],
      [thoughtsAt('medium'), 0, 1],
    );
  });

  it('a budget counts as the level it is nearest to', () => {
    assert.equal(qualityShift({ thinkingTokens: 1000 }), qualityShift('low'));
    assert.equal(qualityShift({ thinkingTokens: 8192 }), 0);
    assert.equal(qualityShift({ thinkingTokens: 50_000 }), qualityShift('high'));
    assert.ok(thoughtsAt({ thinkingTokens: 3000 }) > thoughtsAt('low'));
  });
});
