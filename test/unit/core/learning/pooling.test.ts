import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dot, multiply } from '../../../../src/core/linalg.ts';
import { sharedShift, shiftOf } from '../../../../src/core/learning/pooling.ts';
import { fromPrior, observe, type Ridge } from '../../../../src/core/learning/ridge.ts';

const D = 2;
const HELD = 5;
const POOL = Float64Array.of(4, 4);

/** An arm whose every reward misses the prior by `miss`, `n` times, always on the first axis. */
function missing(miss: number, n: number): Ridge {
  let ridge = fromPrior({ theta: Float64Array.of(0.5, 0), precision: new Float64Array(D).fill(HELD) });
  for (let i = 0; i < n; i++) ridge = observe(ridge, Float64Array.of(1, 0), 0.5 + miss, 1);
  return ridge;
}

describe('sharedShift', () => {
  it('is the posterior mean of the hierarchical model', () => {
    // One dimension: an arm's mean of n rewards has variance 1/HELD + 1/n about beta, which has precision POOL[0].
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: 1, max: 30 })), {
          maxLength: 5,
        }),
        (arms) => {
          const weights = arms.map(([, n]) => 1 / (1 / HELD + 1 / n));
          const total = weights.reduce((sum, weight) => sum + weight, POOL[0]!);
          const expected = arms.reduce((sum, [miss], i) => sum + miss * weights[i]!, 0) / total;
          const [level, content] = sharedShift(
            arms.map(([miss, n]) => missing(miss, n)),
            POOL,
          );
          assert.ok(Math.abs(level! - expected) < 1e-9);
          assert.equal(Math.abs(content!), 0);
        },
      ),
    );
  });

  it('believes many arms rather than one, however often that one speaks', () => {
    const [loud] = sharedShift([missing(-0.4, 10_000)], POOL);
    const [many] = sharedShift(
      [1, 2, 3, 4].map(() => missing(-0.4, 20)),
      POOL,
    );
    assert.ok(loud! > -0.4 * 0.6, `${loud!}`);
    assert.ok(many! < loud!);
  });

  it('moves an arm the less, the more it has seen itself', () => {
    const x = Float64Array.of(1, 0);
    const shift = (ridge: Ridge): number =>
      shiftOf(ridge, multiply(ridge.inverse, x), Float64Array.of(-0.2, 0));
    assert.ok(Math.abs(shift(missing(0, 0)) - dot(x, Float64Array.of(-0.2, 0))) < 1e-12);
    assert.ok(Math.abs(shift(missing(0, 45)) - -0.2 * (HELD / 50)) < 1e-12);
  });

  it('is nothing without evidence', () => {
    assert.deepEqual([...sharedShift([], POOL)], [0, 0]);
  });
});
