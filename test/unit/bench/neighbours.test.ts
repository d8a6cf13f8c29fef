import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nearest } from '../../bench/router/neighbours.ts';

describe('nearest neighbours', () => {
  it('are the first of a stable sort by falling similarity', () => {
    const similarity = fc.constantFrom(0, 0.1, 0.25, 0.5, 0.75, 1);
    fc.assert(
      fc.property(
        fc.array(similarity, { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (values, count) => {
          const sorted = values.map((_, at) => at).sort((a, b) => values[b]! - values[a]!);
          assert.deepEqual(nearest(Float64Array.from(values), count), sorted.slice(0, count));
        },
      ),
    );
  });
});
