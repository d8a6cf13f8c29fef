/** One training run: corpus, phase 1, phase 2, levels, artifact. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseModelName } from '../../src/core/models/modelNames.ts';
import type { LogFit, ModelTable } from '../../src/core/models/modelTable.ts';
import { priorOf } from '../../src/core/learning/prior.ts';
import { HELD_BACK, readCorpus, type Corpus } from './corpus.ts';
import { initialProjection, shapeOf, type Projection } from './initial.ts';
import { fitLevels } from './levels.ts';
import { pack } from './pack.ts';
import { preferencesOf, readRatings, type Rating } from './preferences.ts';
import { seeded, shuffled } from './random.ts';
import { embedPrompt, trainTriplets } from './triplet.ts';
import { accuracies } from './validate.ts';
import { trainVectors, type ModelVectors } from './vectors.ts';

export interface TrainOptions {
  readonly data: string;
  readonly ratings: string;
  readonly seed: number;
  readonly everything: boolean;
  /** Receives progress, one line at a time. */
  readonly say: (line: string) => void;
  /** Triplets in an epoch of phase 1; fewer for a trial. */
  readonly triplets?: number;
}

const SIZES = { shape: 16, topic: 12, outcome: 4 };
const TRIPLET = { epochs: 4, triplets: 20_000, margin: 0.2, rate: 0.002, hard: 0.5 };
const VECTORS = { epochs: 6, rate: 0.02, decay: 0.01 };
const LEVELS = { levelRidge: 1, contentRidge: 30 };
/** The middle of present models' ratings. */
const REFERENCE = 1300;
/** The most preferences of one prompt source and pair in an epoch. */
const MAX_PREFERENCES = 120_000;

export function train(options: TrainOptions): string {
  const { data, ratings: ratingPath, seed, everything, triplets = TRIPLET.triplets } = options;
  const random = seeded(seed);
  const say = timed(options.say);
  say(everything ? 'evaluation artefact: all sources' : 'artefact that ships: permissive sources only');
  const corpus = readCorpus(data, everything);
  say(
    `${corpus.prompts.length} prompts, ${corpus.outcomes.length} outcome matrices, ${corpus.pairs.length} pairs`,
  );
  const { ratings, sources } = readRatings(ratingPath);
  const known = bareTable(ratings, sources, data);
  const ratingOf = cached((model: string) => priorOf(known, model, undefined).origin.rating);

  const isTraining = (prompt: number): boolean => !HELD_BACK.includes(corpus.prompts[prompt]!.fold);
  const training = trainingOnly(corpus, isTraining);
  const preferences = preferencesOf(training);
  const seen = corpus.prompts.filter((_, i) => isTraining(i));
  const start = initialProjection(training, seen, SIZES, random);
  say('initial projection');
  const projection = trainTriplets(
    start,
    corpus.prompts,
    preferences,
    ratingOf,
    { ...TRIPLET, triplets },
    random,
    (epoch, loss, good) =>
      say(
        `phase 1, epoch ${epoch + 1}/${TRIPLET.epochs}: loss ${loss.toFixed(4)}, satisfied ${(good * 100).toFixed(1)} %`,
      ),
  );
  const contexts = contextsOf(corpus, projection);
  const vectors = trainVectors(
    contexts,
    shuffled(preferences, random).slice(0, MAX_PREFERENCES),
    VECTORS,
    (values) => shuffled(values, random),
  );
  say(
    `phase 2: ${vectors.vectors.size} models, temperature ${vectors.temperature.toFixed(2)}, length bias ${vectors.lengthBias.toFixed(3)}`,
  );
  report(corpus, isTraining, contexts, vectors, say);
  const levels = fitLevels(training.outcomes, contexts, ratingOf, REFERENCE, LEVELS);
  say(`levels: base ${levels.base[0]!.toFixed(3)}, slope ${levels.slope[0]!.toFixed(3)} a 100 points`);
  const { base, slope } = directionLine(vectors, ratingOf);
  const body = {
    projection,
    levels,
    ratings,
    sources,
    directions: byRatedName(vectors.vectors, known),
    directionBase: base,
    directionSlope: slope,
    fromSize: known.fromSize,
    fromPrice: known.fromPrice,
    manifest: corpus.manifest,
  };
  return sealed(body, everything ? 'evaluation' : 'pilot');
}

/** Adds the seconds since the start to each line. */
function timed(say: TrainOptions['say']): TrainOptions['say'] {
  const started = Date.now();
  return (text) => say(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);
}

/** Packs the artifact under an id that depends on its content. */
function sealed(body: Omit<Parameters<typeof pack>[0], 'id'>, name: string): string {
  const digest = createHash('sha256')
    .update(pack({ ...body, id: '' }))
    .digest('hex')
    .slice(0, 8);
  return pack({ ...body, id: `${name}-1-${digest}` });
}

function contextsOf(corpus: Corpus, projection: Projection): Float64Array[] {
  return corpus.prompts.map((prompt) => {
    const { unit } = embedPrompt(projection, prompt, shapeOf(prompt, projection.standard));
    const x = new Float64Array(unit.length + 1);
    x[0] = 1;
    x.set(unit, 1);
    return x;
  });
}

function trainingOnly(corpus: Corpus, isTraining: (prompt: number) => boolean): Corpus {
  return {
    ...corpus,
    outcomes: corpus.outcomes.map((matrix) => ({
      ...matrix,
      rows: matrix.rows.filter(({ prompt }) => isTraining(prompt)),
    })),
    pairs: corpus.pairs.filter(({ prompt }) => isTraining(prompt)),
  };
}

function report(
  corpus: Corpus,
  isTraining: (prompt: number) => boolean,
  contexts: readonly Float64Array[],
  vectors: ModelVectors,
  say: (text: string) => void,
): void {
  const heldBack: Corpus = {
    ...corpus,
    outcomes: corpus.outcomes.map((matrix) => ({
      ...matrix,
      rows: matrix.rows.filter(({ prompt }) => !isTraining(prompt)),
    })),
    pairs: corpus.pairs.filter(({ prompt }) => !isTraining(prompt)),
  };
  const training = preferencesOf(trainingOnly(corpus, isTraining));
  for (const line of accuracies(training, preferencesOf(heldBack), contexts, vectors)) say(line);
}

/** direction = base + steps * slope, least squares over the phase 2 vectors. */
function directionLine(
  { vectors }: ModelVectors,
  ratingOf: (model: string) => number,
): { base: Float64Array; slope: Float64Array } {
  const points = [...vectors].map(([model, vector]) => {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    return { step: (ratingOf(model) - REFERENCE) / 100, unit: vector.map((value) => value / length) };
  });
  const meanStep = points.reduce((sum, { step }) => sum + step, 0) / points.length;
  const spread = points.reduce((sum, { step }) => sum + (step - meanStep) ** 2, 0) || 1;
  const dimension = points[0]!.unit.length;
  const base = new Float64Array(dimension);
  const slope = new Float64Array(dimension);
  for (let k = 0; k < dimension; k++) {
    const mean = points.reduce((sum, { unit }) => sum + unit[k]!, 0) / points.length;
    slope[k] =
      points.reduce((sum, { step, unit }) => sum + (step - meanStep) * (unit[k]! - mean), 0) / spread;
    base[k] = mean - meanStep * slope[k]!;
  }
  return { base, slope };
}

/** The vectors of models whose name matches a rated one; the first matching spelling wins. */
function byRatedName(
  vectors: ReadonlyMap<string, Float64Array>,
  table: ModelTable,
): Map<string, Float64Array> {
  const out = new Map<string, Float64Array>();
  for (const [model, vector] of vectors) {
    const { origin } = priorOf(table, model, undefined);
    if (origin.kind === 'known' && !out.has(origin.model)) out.set(origin.model, vector);
  }
  return out;
}

/** Ratings alone, with the fits from size and price: enough to rate the corpus's own names. */
function bareTable(ratings: readonly Rating[], sources: ModelTable['sources'], data: string): ModelTable {
  const nothing = new Float64Array(1);
  return {
    models: ratings.map(({ name, rating, source }) => ({
      name,
      rating,
      source,
      direction: undefined,
    })),
    sources,
    reference: REFERENCE,
    base: nothing,
    slope: nothing,
    directionBase: nothing,
    directionSlope: nothing,
    fromSize: logFit(ratings.map(({ name, rating }) => [parseModelName(name).size, rating])),
    fromPrice: logFit(ratings.map(({ name, rating }) => [priceOf(name, data), rating])),
  };
}

function logFit(points: readonly (readonly [number | undefined, number])[]): LogFit {
  const used = points.flatMap(([value, rating]) =>
    value === undefined || value <= 0 ? [] : [[Math.log2(value), rating] as const],
  );
  const meanX = used.reduce((sum, [x]) => sum + x, 0) / used.length;
  const meanY = used.reduce((sum, [, y]) => sum + y, 0) / used.length;
  const slope =
    used.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    used.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return {
    constant: Math.round((meanY - slope * meanX) * 10) / 10,
    perDoubling: Math.round(slope * 10) / 10,
  };
}

let prices: Readonly<Record<string, readonly number[]>> | undefined;
function priceOf(model: string, data: string): number | undefined {
  prices ??= (
    JSON.parse(gunzipSync(readFileSync(join(data, 'priors', 'prices.json.gz'))).toString('utf8')) as {
      litellm_2025_09: Readonly<Record<string, readonly number[]>>;
    }
  ).litellm_2025_09;
  const [input, output] = prices[model] ?? [];
  return input === undefined || output === undefined ? undefined : (3 * input + output) / 4;
}

function cached<T>(of: (name: string) => T): (name: string) => T {
  const seen = new Map<string, T>();
  return (name) => {
    const value = seen.has(name) ? seen.get(name)! : of(name);
    seen.set(name, value);
    return value;
  };
}
