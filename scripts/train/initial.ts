/**
 * The start of phase 1: three blocks of directions, each with unit variance before weighting.
 *
 *   shape    principal directions of the structural features
 *   topic principal directions of the idf-weighted n-grams (randomized SVD, Halko et al. 2011)
 *   outcome  principal directions of ridge predictions of every model's quality on the outcome matrices
 *
 * In the paper W starts at random on top of a neural encoder. Hashed n-grams have no meaning of their own, so that the
 * blocks supply it: the form of prompts, their topics, and their difficulty for each model.
 */
import { EigenvalueDecomposition, Matrix, QrDecomposition, SingularValueDecomposition } from 'ml-matrix';
import { BUCKETS } from '../../src/core/features/hashing.ts';
import { STRUCTURE } from '../../src/core/features/structure.ts';
import { standardise } from '../../src/core/learning/space.ts';
import type { Corpus, Prompt } from './corpus.ts';
import { normal } from './random.ts';

export interface Standard {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** W during training: double precision, row-major, (STRUCTURE + BUCKETS) x d, and b. */
export interface Projection {
  readonly d: number;
  readonly standard: Standard;
  readonly structure: Float64Array;
  readonly grams: Float64Array;
  readonly bias: Float64Array;
}

export interface BlockSizes {
  readonly shape: number;
  readonly topic: number;
  readonly outcome: number;
}

/** Relative lengths of the blocks in psi before normalization to unit length. */
const WEIGHT: Readonly<Record<keyof BlockSizes, number>> = { shape: 1, topic: 1, outcome: 1 };

export function initialProjection(
  corpus: Corpus,
  training: readonly Prompt[],
  sizes: BlockSizes,
  random: () => number,
): Projection {
  const standard = standardOf(training);
  const shapes = training.map((prompt) => shapeOf(prompt, standard));
  const idf = idfOf(training);
  const blocks = [
    { columns: shapeDirections(shapes, sizes.shape), weight: WEIGHT.shape },
    { columns: topicDirections(training, idf, sizes.topic, random), weight: WEIGHT.topic },
    { columns: outcomeDirections(corpus, standard, idf, sizes.outcome), weight: WEIGHT.outcome },
  ];
  const d = sizes.shape + sizes.topic + sizes.outcome;
  const projection: Projection = {
    d,
    standard,
    structure: new Float64Array(STRUCTURE * d),
    grams: new Float64Array(BUCKETS * d),
    bias: new Float64Array(d),
  };
  let column = 0;
  for (const { columns, weight } of blocks) {
    for (const direction of columns) {
      place(projection, column, direction, training, weight / Math.sqrt(columns.length));
      column++;
    }
  }
  return projection;
}

/** One direction over [structure, n-grams]. */
export interface Direction {
  readonly structure: Float64Array;
  readonly grams: Float64Array;
}

/** Scales a direction to zero mean and to `length` root mean square on the training prompts. */
function place(
  projection: Projection,
  column: number,
  direction: Direction,
  training: readonly Prompt[],
  length: number,
): void {
  const values = training.map((prompt) => apply(direction, prompt, projection.standard));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = length / Math.sqrt(Math.max(1e-12, variance));
  const { d } = projection;
  direction.structure.forEach((value, i) => (projection.structure[i * d + column] = value * scale));
  direction.grams.forEach((value, i) => (projection.grams[i * d + column] = value * scale));
  projection.bias[column] = -mean * scale;
}

function apply(direction: Direction, prompt: Prompt, standard: Standard): number {
  let sum = 0;
  const shape = shapeOf(prompt, standard);
  for (let i = 0; i < STRUCTURE; i++) sum += shape[i]! * direction.structure[i]!;
  const { buckets, weights } = prompt.features.grams;
  for (let i = 0; i < buckets.length; i++) sum += weights[i]! * direction.grams[buckets[i]!]!;
  return sum;
}

function standardOf(prompts: readonly Prompt[]): Standard {
  const mean = new Float64Array(STRUCTURE);
  const square = new Float64Array(STRUCTURE);
  for (const { features } of prompts) {
    features.structure.forEach((value, i) => {
      mean[i]! += value / prompts.length;
      square[i]! += (value * value) / prompts.length;
    });
  }
  // A lower bound on the scale, so a feature that is rare in training still distinguishes prompts.
  const scale = square.map((value, i) => Math.sqrt(Math.max(0, value - mean[i]! ** 2)) + 0.05);
  return { mean, scale };
}

export const shapeOf = ({ features }: Prompt, { mean, scale }: Standard): Float64Array =>
  features.structure.map((value, i) => standardise(value, mean[i]!, scale[i]!));

function idfOf(prompts: readonly Prompt[]): Float64Array {
  const seen = new Float64Array(BUCKETS);
  for (const { features } of prompts) for (const bucket of features.grams.buckets) seen[bucket]!++;
  return seen.map((count) => Math.log(prompts.length / (1 + count)));
}

function shapeDirections(shapes: readonly Float64Array[], count: number): Direction[] {
  const covariance = Matrix.zeros(STRUCTURE, STRUCTURE);
  for (const shape of shapes) {
    for (let i = 0; i < STRUCTURE; i++) {
      for (let j = 0; j < STRUCTURE; j++) {
        covariance.set(i, j, covariance.get(i, j) + (shape[i]! * shape[j]!) / shapes.length);
      }
    }
  }
  const decomposition = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = decomposition.realEigenvalues
    .map((value, i) => ({ value, i }))
    .sort((a, b) => b.value - a.value);
  return order.slice(0, count).map(({ i }) => ({
    structure: Float64Array.from(decomposition.eigenvectorMatrix.getColumn(i)),
    grams: new Float64Array(BUCKETS),
  }));
}

/** Power iterations of the randomised SVD. */
const ITERATIONS = 4;

function topicDirections(
  prompts: readonly Prompt[],
  idf: Float64Array,
  count: number,
  random: () => number,
): Direction[] {
  const width = count + 8;
  let basis = Matrix.zeros(BUCKETS, width);
  for (let i = 0; i < BUCKETS; i++) for (let k = 0; k < width; k++) basis.set(i, k, normal(random));
  for (let step = 0; step < ITERATIONS; step++) {
    basis = new QrDecomposition(transposedTimes(prompts, idf, times(prompts, idf, basis))).orthogonalMatrix;
  }
  const inner = times(prompts, idf, basis);
  const { rightSingularVectors } = new SingularValueDecomposition(inner, { autoTranspose: true });
  const directions = basis.mmul(rightSingularVectors);
  return Array.from({ length: count }, (_, k) => ({
    structure: new Float64Array(STRUCTURE),
    grams: Float64Array.from(directions.getColumn(k), (value, i) => value * idf[i]!),
  }));
}

function times(prompts: readonly Prompt[], idf: Float64Array, right: Matrix): Matrix {
  const out = Matrix.zeros(prompts.length, right.columns);
  prompts.forEach(({ features: { grams } }, row) => {
    for (let i = 0; i < grams.buckets.length; i++) {
      const bucket = grams.buckets[i]!;
      const weight = grams.weights[i]! * idf[bucket]!;
      for (let k = 0; k < right.columns; k++)
        out.set(row, k, out.get(row, k) + weight * right.get(bucket, k));
    }
  });
  return out;
}

function transposedTimes(prompts: readonly Prompt[], idf: Float64Array, right: Matrix): Matrix {
  const out = Matrix.zeros(BUCKETS, right.columns);
  prompts.forEach(({ features: { grams } }, row) => {
    for (let i = 0; i < grams.buckets.length; i++) {
      const bucket = grams.buckets[i]!;
      const weight = grams.weights[i]! * idf[bucket]!;
      for (let k = 0; k < right.columns; k++)
        out.set(bucket, k, out.get(bucket, k) + weight * right.get(row, k));
    }
  });
  return out;
}

/** Conjugate-gradient steps for each ridge; residuals fall below 1 % in about thirty. */
const CG_STEPS = 40;
const OUTCOME_RIDGE = 10;
/** Weight of the n-grams beside the structural features in the regression. */
const GRAM_GAIN = 1.2;
const SHAPE_GAIN = 0.15;
/** A matrix with fewer rows is too small to show which prompts are hard for a model. */
const LEAST_ROWS = 1000;

function outcomeDirections(
  corpus: Corpus,
  standard: Standard,
  idf: Float64Array,
  count: number,
): Direction[] {
  const predictions: Direction[] = [];
  for (const { models, rows } of corpus.outcomes) {
    if (rows.length < LEAST_ROWS) continue;
    for (let model = 0; model < models.length; model++) {
      const seen = rows.filter(({ quality }) => !Number.isNaN(quality[model]));
      const target = Float64Array.from(seen, ({ quality }) => quality[model]!);
      const prompts = seen.map(({ prompt }) => corpus.prompts[prompt]!);
      predictions.push(regress(prompts, centred(target), standard, idf));
    }
  }
  return principal(predictions, corpus, standard, count);
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (value - mean) / Math.max(1e-6, deviation));
}

/** Ridge regression by conjugate gradients on the normal equations; the matrix is never formed. */
function regress(
  prompts: readonly Prompt[],
  target: Float64Array,
  standard: Standard,
  idf: Float64Array,
): Direction {
  const size = STRUCTURE + BUCKETS;
  const shapes = prompts.map((prompt) => shapeOf(prompt, standard));
  const forward = (w: Float64Array): Float64Array =>
    Float64Array.from(prompts, ({ features: { grams } }, row) => {
      let sum = 0;
      const shape = shapes[row]!;
      for (let i = 0; i < STRUCTURE; i++) sum += shape[i]! * SHAPE_GAIN * w[i]!;
      for (let i = 0; i < grams.buckets.length; i++) {
        const bucket = grams.buckets[i]!;
        sum += grams.weights[i]! * idf[bucket]! * GRAM_GAIN * w[STRUCTURE + bucket]!;
      }
      return sum;
    });
  const backward = (values: Float64Array): Float64Array => {
    const out = new Float64Array(size);
    prompts.forEach(({ features: { grams } }, row) => {
      const value = values[row]!;
      const shape = shapes[row]!;
      for (let i = 0; i < STRUCTURE; i++) out[i]! += shape[i]! * SHAPE_GAIN * value;
      for (let i = 0; i < grams.buckets.length; i++) {
        const bucket = grams.buckets[i]!;
        out[STRUCTURE + bucket]! += grams.weights[i]! * idf[bucket]! * GRAM_GAIN * value;
      }
    });
    return out;
  };
  const w = conjugateGradient(forward, backward, target, size);
  return {
    structure: w.slice(0, STRUCTURE).map((value) => value * SHAPE_GAIN),
    grams: w.slice(STRUCTURE).map((value, i) => value * idf[i]! * GRAM_GAIN),
  };
}

function conjugateGradient(
  forward: (w: Float64Array) => Float64Array,
  backward: (values: Float64Array) => Float64Array,
  target: Float64Array,
  size: number,
): Float64Array {
  const w = new Float64Array(size);
  const residual = backward(target);
  const step = Float64Array.from(residual);
  let squared = sumOfSquares(residual);
  for (let i = 0; i < CG_STEPS && squared > 1e-10; i++) {
    const image = backward(forward(step)).map((value, k) => value + OUTCOME_RIDGE * step[k]!);
    let curvature = 0;
    for (let k = 0; k < size; k++) curvature += step[k]! * image[k]!;
    const length = squared / curvature;
    for (let k = 0; k < size; k++) {
      w[k]! += length * step[k]!;
      residual[k]! -= length * image[k]!;
    }
    const next = sumOfSquares(residual);
    for (let k = 0; k < size; k++) step[k] = residual[k]! + (next / squared) * step[k]!;
    squared = next;
  }
  return w;
}

const sumOfSquares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** The principal directions of the predictions over all prompts of the corpus. */
function principal(
  predictions: readonly Direction[],
  corpus: Corpus,
  standard: Standard,
  count: number,
): Direction[] {
  const values = predictions.map((direction) =>
    centred(Float64Array.from(corpus.prompts, (prompt) => apply(direction, prompt, standard))),
  );
  const scales = predictions.map((direction) => {
    const raw = corpus.prompts.map((prompt) => apply(direction, prompt, standard));
    const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length;
    return Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / raw.length);
  });
  const covariance = new Matrix(
    values.map((a) => values.map((b) => a.reduce((sum, v, i) => sum + v * b[i]!, 0))),
  );
  const decomposition = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = decomposition.realEigenvalues
    .map((value, i) => ({ value, i }))
    .sort((a, b) => b.value - a.value);
  return order.slice(0, count).map(({ i }) => {
    const mix = decomposition.eigenvectorMatrix.getColumn(i);
    const structure = new Float64Array(STRUCTURE);
    const grams = new Float64Array(BUCKETS);
    predictions.forEach((direction, k) => {
      const share = mix[k]! / scales[k]!;
      direction.structure.forEach((value, at) => (structure[at]! += share * value));
      direction.grams.forEach((value, at) => (grams[at]! += share * value));
    });
    return { structure, grams };
  });
}
