/** The spaces of the ablation: without the learned projection, and without any features. */
import { BUCKETS } from '../../../src/core/features/hashing.ts';
import { STRUCTURE } from '../../../src/core/features/structure.ts';
import { createSpace, type Space, type Weights } from '../../../src/core/learning/space.ts';
import { normal, seeded } from '../../../scripts/train/random.ts';

/** Their priors are levels only: the content of the learned vectors is meaningless in another space. */
export function bareSpaces(space: Space): Space[] {
  const build = (id: string, weights: Weights): Space => {
    const level = (vector: Float64Array): Float64Array => {
      const out = new Float64Array(weights.dimension + 1);
      out[0] = vector[0]!;
      return out;
    };
    const { models } = space;
    return createSpace(
      id,
      weights,
      {
        ...models,
        base: level(models.base),
        slope: level(models.slope),
        directionBase: level(models.directionBase),
        directionSlope: level(models.directionSlope),
        models: models.models.map((model) => ({ ...model, direction: undefined })),
      },
      [],
    );
  };
  return [
    build('structure, no projection', structureOnly()),
    build('random projection', randomProjection(space.learnt - 1)),
  ];
}

/** psi = the structural features themselves. */
function structureOnly(): Weights {
  const structure = new Float64Array(STRUCTURE * STRUCTURE);
  for (let i = 0; i < STRUCTURE; i++) structure[i * STRUCTURE + i] = 1;
  return { ...blank(STRUCTURE), structure };
}

function randomProjection(d: number): Weights {
  const random = seeded(5);
  return {
    ...blank(d),
    structure: Float64Array.from({ length: STRUCTURE * d }, () => normal(random)),
    grams: Int8Array.from({ length: BUCKETS * d }, () => Math.round(40 * normal(random))),
    gramScale: new Float64Array(d).fill(0.1),
  };
}

const blank = (d: number): Weights => ({
  dimension: d,
  structureMean: new Float64Array(STRUCTURE),
  structureScale: new Float64Array(STRUCTURE).fill(0.3),
  structure: new Float64Array(STRUCTURE * d),
  grams: new Int8Array(BUCKETS * d),
  gramScale: new Float64Array(d).fill(1),
  bias: new Float64Array(d),
});
