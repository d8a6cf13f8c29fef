/**
 * Converts public ratings to expected rewards. Contrasts within a prompt eliminate its difficulty:
 *
 *   r_pa - mean_a r_pa = (rating_a - mean_a rating_a) / 100 * slope . x_p
 *
 * slope is a ridge regression over all outcome matrices; base is the remainder of the mean.
 */
import { Matrix, solve } from 'ml-matrix';
import type { Outcomes } from './corpus.ts';

export interface Levels {
  readonly reference: number;
  readonly base: Float64Array;
  readonly slope: Float64Array;
}

export interface LevelOptions {
  readonly levelRidge: number;
  readonly contentRidge: number;
}

export function fitLevels(
  outcomes: readonly Outcomes[],
  contexts: readonly Float64Array[],
  ratingOf: (model: string) => number,
  reference: number,
  options: LevelOptions,
): Levels {
  const dimension = contexts[0]!.length;
  const slope = new Regression(dimension);
  const base = new Regression(dimension);
  for (const { models, rows } of outcomes) {
    const ratings = models.map((model) => (ratingOf(model) - reference) / 100);
    // Each matrix has equal weight, so fifteen thousand knowledge questions do not dominate.
    const weight = 1000 / rows.length / models.length;
    for (const { prompt, quality } of rows) {
      const x = contexts[prompt]!;
      const meanQuality = mean(quality);
      const meanRating = mean(Float64Array.from(ratings));
      models.forEach((_, i) => {
        const apart = ratings[i]! - meanRating;
        slope.add(x, apart, quality[i]! - meanQuality, weight);
      });
      base.add(x, 1, meanQuality, weight * models.length);
    }
  }
  const slopes = slope.solve(options.levelRidge, options.contentRidge);
  const means = base.solve(options.levelRidge, options.contentRidge);
  const middle = mean(
    Float64Array.from(
      outcomes.flatMap(({ models }) => models.map((model) => (ratingOf(model) - reference) / 100)),
    ),
  );
  const bases = means.map((value, k) => value - middle * slopes[k]!);
  return { reference, base: bases, slope: slopes };
}

/** Weighted ridge of y on z x. */
class Regression {
  readonly #gram: Matrix;
  readonly #moment: Matrix;

  constructor(dimension: number) {
    this.#gram = Matrix.zeros(dimension, dimension);
    this.#moment = Matrix.zeros(dimension, 1);
  }

  add(x: Float64Array, z: number, y: number, weight: number): void {
    if (Number.isNaN(y)) return;
    for (let i = 0; i < x.length; i++) {
      const left = weight * z * z * x[i]!;
      for (let j = 0; j < x.length; j++) this.#gram.set(i, j, this.#gram.get(i, j) + left * x[j]!);
      this.#moment.set(i, 0, this.#moment.get(i, 0) + weight * z * x[i]! * y);
    }
  }

  solve(levelRidge: number, contentRidge: number): Float64Array {
    const held = this.#gram.clone();
    for (let i = 0; i < held.rows; i++)
      held.set(i, i, held.get(i, i) + (i === 0 ? levelRidge : contentRidge));
    return Float64Array.from(solve(held, this.#moment).getColumn(0));
  }
}

function mean(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? NaN : sum / count;
}
