/** A small shared space with seeded weights, of the same kind as the shipped one, built in a millisecond. */
import { BUCKETS } from '../../src/core/features/hashing.ts';
import { STRUCTURE } from '../../src/core/features/structure.ts';
import { createSpace, type Space } from '../../src/core/learning/space.ts';
import { seeded } from './random.ts';

export function testSpace(dimension = 8): Space {
  const random = seeded(7);
  const normal = (): number => random() - 0.5;
  const zeros = new Float64Array(dimension + 1);
  const base = zeros.slice();
  base[0] = 0.6;
  const slope = zeros.slice();
  slope[0] = 0.08;
  return createSpace(
    'test-space',
    {
      dimension,
      structureMean: new Float64Array(STRUCTURE),
      structureScale: new Float64Array(STRUCTURE).fill(1),
      structure: Float64Array.from({ length: STRUCTURE * dimension }, normal),
      grams: Int8Array.from({ length: BUCKETS * dimension }, () => Math.round(100 * normal())),
      gramScale: new Float64Array(dimension).fill(0.01),
      bias: Float64Array.from({ length: dimension }, normal),
    },
    {
      models: [],
      sources: [],
      reference: 1100,
      base,
      slope,
      directionBase: base,
      directionSlope: slope,
      fromSize: { constant: 1000, perDoubling: 30 },
      fromPrice: { constant: 1100, perDoubling: 30 },
    },
    [],
  );
}
