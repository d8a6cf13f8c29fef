/**
 * The preference prior of any model: theta_pref in the shared space, with its explanation.
 *
 * A known model has its published rating; a name close to a known one gets the rating of its nearest relative; any
 * other model is rated by its size and price. The user sees the explanation and may correct the prior.
 */
import type { Effort, RateCard } from '../arm.ts';
import type { ArmPrior } from './learner.ts';
import { unit } from '../linalg.ts';
import { effortInName } from '../models/effortInName.ts';
import { qualityShift } from '../models/efforts.ts';
import { closest, parseModelName, type ModelName } from '../models/modelNames.ts';
import type { KnownModel, ModelTable, RatingSource } from '../models/modelTable.ts';
import type { Preset } from './preset.ts';

export type PriorOrigin =
  | {
      readonly kind: 'known' | 'relative';
      readonly model: string;
      readonly rating: number;
      readonly source: RatingSource | undefined;
    }
  | {
      readonly kind: 'size-and-price';
      readonly rating: number;
      readonly size: number | undefined;
      /** Blended USD per million tokens; undefined = unpriced or free. */
      readonly price: number | undefined;
    };

export interface ModelPrior {
  readonly origin: PriorOrigin;
  /**
   * theta_pref, as long as x, the same for both heads: acceptance and thumbs rank models alike until feedback differs.
   */
  readonly theta: Float64Array;
  /** The paper's phase 2 vector, unit length. */
  readonly direction: Float64Array;
}

/** The prior of an arm under this preset. */
export const armPrior = ({ theta, direction }: ModelPrior, { scoring }: Preset): ArmPrior => ({
  theta: scoring === 'cosine' ? direction : theta,
  accuracy: theta[0] ?? 0,
});

export interface PriorOptions {
  /** Names of rating sources to leave out: a benchmark must not route by its own published scores. */
  readonly without?: readonly string[];
  /** The arm's effort; absent = the model's own default. */
  readonly effort?: Effort | undefined;
}

const NEAR = 0.3;

/** Matches a name once per call; callers keep the result per arm. */
export function priorOf(
  table: ModelTable,
  model: string,
  price: RateCard | undefined,
  options: PriorOptions = {},
): ModelPrior {
  const prior = ratedPrior(table, model, price, options);
  const { effort } = options;
  if (effort === undefined) return prior;
  // A rating may be for an effort in the model's name ("o3-mini-high").
  const rated = 'model' in prior.origin ? effortInName(prior.origin.model) : undefined;
  const shift = qualityShift(effort) - qualityShift(rated);
  // x begins with 1, so an addition to the first weight is added to the reward of every prompt.
  const theta = prior.theta.slice();
  theta[0] = (theta[0] ?? 0) + shift;
  return { ...prior, theta };
}

function ratedPrior(
  table: ModelTable,
  model: string,
  price: RateCard | undefined,
  options: PriorOptions,
): ModelPrior {
  const known = usable(table, options);
  const name = parseModelName(model);
  const match = closest(name, known.map(nameOf));
  const found = match === undefined ? undefined : known[match.index];
  if (match !== undefined && found !== undefined) {
    const close = match.distance <= NEAR;
    return {
      origin: {
        kind: close ? 'known' : 'relative',
        model: found.name,
        rating: found.rating,
        source: table.sources[found.source],
      },
      theta: thetaOf(table, found.rating),
      direction: (close ? found.direction : undefined) ?? directionOf(table, found.rating),
    };
  }
  const origin = fromSizeAndPrice(table, name, price);
  const theta = thetaOf(table, origin.rating);
  return { origin, theta, direction: directionOf(table, origin.rating) };
}

/**
 * base + (rating - reference) / 100 * slope. A model measured in training gets no vector of its own beyond its rating:
 * with one, the start without feedback fell from .898 to .889 and the end of learning from .931 to .915 on
 * routerbench0_subset at a quarter of the cost (tuning folds, four seeds).
 */
export function thetaOf(table: ModelTable, rating: number): Float64Array {
  const steps = (rating - table.reference) / 100;
  return table.base.map((value, i) => value + steps * (table.slope[i] ?? 0));
}

function directionOf(table: ModelTable, rating: number): Float64Array {
  const steps = (rating - table.reference) / 100;
  return unit(table.directionBase.map((value, i) => value + steps * (table.directionSlope[i] ?? 0)));
}

/**
 * Billions of parameters assumed for a model that states neither size nor price, so it starts as a small, cheap one.
 */
const UNKNOWN_SIZE = 7;
const LOWEST = 800;
const HIGHEST = 1500;

function fromSizeAndPrice(
  table: ModelTable,
  name: ModelName,
  card: RateCard | undefined,
): Extract<PriorOrigin, { kind: 'size-and-price' }> {
  const price = card === undefined ? undefined : blended(card);
  const guesses = [
    ...(name.size === undefined ? [] : [at(table.fromSize, name.size)]),
    ...(price === undefined ? [] : [at(table.fromPrice, price)]),
  ];
  if (guesses.length === 0) guesses.push(at(table.fromSize, UNKNOWN_SIZE));
  const rating = guesses.reduce((sum, guess) => sum + guess, 0) / guesses.length;
  return {
    kind: 'size-and-price',
    rating: Math.min(HIGHEST, Math.max(LOWEST, rating)),
    size: name.size,
    price,
  };
}

const at = (fit: ModelTable['fromSize'], value: number): number =>
  fit.constant + fit.perDoubling * Math.log2(value);

/**
 * The mean price at three input tokens to one output token, the usual mix of a chat; undefined for a free model, since
 * a price of zero does not indicate quality.
 */
function blended(card: RateCard): number | undefined {
  const price = (3 * card.inputUsdPerMTok + card.outputUsdPerMTok) / 4;
  return price > 0 && Number.isFinite(price) ? price : undefined;
}

function usable(table: ModelTable, { without }: PriorOptions): readonly KnownModel[] {
  if (without === undefined || without.length === 0) return table.models;
  return table.models.filter((model) => !without.includes(table.sources[model.source]?.name ?? ''));
}

/**
 * Parses the table's names, one for each step. The first pass over the 250 names takes about ten milliseconds (once 63
 * on a busy machine, bench:typing) while their patterns are compiled, and priorOf needs them all at once. Callers with
 * an active typist run this generator beforehand, with pauses.
 */
export function* parseNames(table: ModelTable): Generator<undefined, void, undefined> {
  for (const model of table.models) {
    nameOf(model);
    yield undefined;
  }
}

/** Each name is parsed once. */
const parsed = new WeakMap<KnownModel, ModelName>();
function nameOf(model: KnownModel): ModelName {
  const name = parsed.get(model) ?? parseModelName(model.name);
  parsed.set(model, name);
  return name;
}
