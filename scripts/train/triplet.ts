/**
 * Phase 1 (PILOT, section 2): learn W and b so that prompts with the same preferred model are close.
 *
 *   L = max(0, d(a, p) - d(a, n) + margin),   d = 1 - cos
 *
 * anchor a and positive p: prompts that model l wins; negative n: a prompt that l loses, in the hard case to a model
 * with a lower rating (the paper: "to a smaller one"). Adagrad, since each prompt touches only a few rows.
 */
import { STRUCTURE } from '../../src/core/features/structure.ts';
import type { Prompt } from './corpus.ts';
import { shapeOf, type Projection } from './initial.ts';
import type { Preference } from './preferences.ts';

export interface TripletOptions {
  readonly epochs: number;
  readonly triplets: number;
  readonly margin: number;
  readonly rate: number;
  /** Share of the negatives from the hard case. */
  readonly hard: number;
}

interface Sides {
  readonly wins: number[];
  readonly losses: number[];
  readonly hardLosses: number[];
}

export function trainTriplets(
  start: Projection,
  prompts: readonly Prompt[],
  preferences: readonly Preference[],
  ratingOf: (model: string) => number,
  options: TripletOptions,
  random: () => number,
  progress: (epoch: number, loss: number, satisfied: number) => void,
): Projection {
  const sides = sidesOf(preferences, ratingOf);
  const trainer = new Trainer(start, prompts, options);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    let [loss, satisfied] = [0, 0];
    for (let i = 0; i < options.triplets; i++) {
      const [anchor, positive, negative] = drawTriplet(sides, options.hard, random);
      const value = trainer.step(anchor, positive, negative);
      loss += Math.max(0, value);
      if (value < options.margin) satisfied++;
    }
    progress(epoch, loss / options.triplets, satisfied / options.triplets);
  }
  return trainer.projection;
}

function sidesOf(preferences: readonly Preference[], ratingOf: (model: string) => number): Sides[] {
  const byModel = new Map<string, Sides>();
  const ratings = new Map<string, number>();
  const rating = (model: string): number => {
    const known = ratings.get(model) ?? ratingOf(model);
    ratings.set(model, known);
    return known;
  };
  const of = (model: string): Sides => {
    const sides = byModel.get(model) ?? { wins: [], losses: [], hardLosses: [] };
    byModel.set(model, sides);
    return sides;
  };
  for (const { prompt, a, b, probabilityA } of preferences) {
    const [winner, loser] = probabilityA > 0.5 ? [a, b] : [b, a];
    of(winner).wins.push(prompt);
    of(loser).losses.push(prompt);
    if (rating(winner) < rating(loser)) of(loser).hardLosses.push(prompt);
  }
  return [...byModel.values()].filter(({ wins, losses }) => wins.length >= 2 && losses.length > 0);
}

function drawTriplet(sides: readonly Sides[], hard: number, random: () => number): [number, number, number] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const { wins, losses, hardLosses } = pick(sides);
  const negatives = hardLosses.length > 0 && random() < hard ? hardLosses : losses;
  return [pick(wins), pick(wins), pick(negatives)];
}

const EPSILON = 1e-8;

class Trainer {
  readonly projection: Projection;
  readonly #prompts: readonly Prompt[];
  readonly #shapes: readonly Float64Array[];
  readonly #options: TripletOptions;
  readonly #seenStructure: Float64Array;
  readonly #seenGrams: Float64Array;

  constructor(start: Projection, prompts: readonly Prompt[], options: TripletOptions) {
    this.projection = {
      ...start,
      structure: start.structure.slice(),
      grams: start.grams.slice(),
      bias: start.bias.slice(),
    };
    this.#prompts = prompts;
    this.#shapes = prompts.map((prompt) => shapeOf(prompt, start.standard));
    this.#options = options;
    this.#seenStructure = new Float64Array(start.structure.length);
    this.#seenGrams = new Float64Array(start.grams.length);
  }

  /** The loss before its hinge; below zero there is no gradient. */
  step(anchor: number, positive: number, negative: number): number {
    const [a, p, n] = [anchor, positive, negative].map((prompt) => this.#embed(prompt)) as [
      Embedded,
      Embedded,
      Embedded,
    ];
    const near = cosine(a, p);
    const far = cosine(a, n);
    const loss = far - near + this.#options.margin;
    if (loss <= 0) return loss;
    // d cos(u, v) / du = (v/|v| - cos u/|u|) / |u|
    const { d } = this.projection;
    const forAnchor = new Float64Array(d);
    const forPositive = new Float64Array(d);
    const forNegative = new Float64Array(d);
    for (let k = 0; k < d; k++) {
      forAnchor[k] = (n.unit[k]! - far * a.unit[k]! - (p.unit[k]! - near * a.unit[k]!)) / a.length;
      forPositive[k] = -(a.unit[k]! - near * p.unit[k]!) / p.length;
      forNegative[k] = (a.unit[k]! - far * n.unit[k]!) / n.length;
    }
    this.#descend(anchor, forAnchor);
    this.#descend(positive, forPositive);
    this.#descend(negative, forNegative);
    return loss;
  }

  #embed(prompt: number): Embedded {
    return embedPrompt(this.projection, this.#prompts[prompt]!, this.#shapes[prompt]!);
  }

  #descend(prompt: number, gradient: Float64Array): void {
    const { structure, grams } = this.projection;
    const shape = this.#shapes[prompt]!;
    for (let i = 0; i < STRUCTURE; i++) {
      if (shape[i] !== 0) this.#row(structure, this.#seenStructure, i, shape[i]! * 0.2, gradient);
    }
    const { buckets, weights } = this.#prompts[prompt]!.features.grams;
    for (let i = 0; i < buckets.length; i++)
      this.#row(grams, this.#seenGrams, buckets[i]!, weights[i]!, gradient);
  }

  #row(weights: Float64Array, seen: Float64Array, row: number, input: number, gradient: Float64Array): void {
    const { d } = this.projection;
    for (let k = 0, at = row * d; k < d; k++, at++) {
      const slope = input * gradient[k]!;
      seen[at]! += slope * slope;
      weights[at]! -= (this.#options.rate * slope) / (Math.sqrt(seen[at]!) + EPSILON);
    }
  }
}

interface Embedded {
  readonly unit: Float64Array;
  readonly length: number;
}

const cosine = (u: Embedded, v: Embedded): number =>
  u.unit.reduce((sum, value, k) => sum + value * v.unit[k]!, 0);

/** psi before and after normalization to unit length. */
export function embedPrompt(projection: Projection, prompt: Prompt, shape: Float64Array): Embedded {
  const { d, structure, grams, bias } = projection;
  const psi = bias.slice();
  for (let i = 0; i < STRUCTURE; i++) {
    const value = shape[i]!;
    if (value === 0) continue;
    for (let k = 0, at = i * d; k < d; k++, at++) psi[k]! += value * structure[at]!;
  }
  const { buckets, weights } = prompt.features.grams;
  for (let i = 0; i < buckets.length; i++) {
    const weight = weights[i]!;
    for (let k = 0, at = buckets[i]! * d; k < d; k++, at++) psi[k]! += weight * grams[at]!;
  }
  const length = Math.max(1e-9, Math.sqrt(psi.reduce((sum, value) => sum + value * value, 0)));
  return { unit: psi.map((value) => value / length), length };
}
