/**
 * The artifact's table of models: a public rating for each, and the conversion of ratings to rewards. Each rating has
 * its source and date; the numbers of the conversion are learned offline (scripts/train).
 */
import { float32FromBase64 } from '../base64.ts';
import { decoded, list, number, object, parse, text } from '../shape.ts';

export interface KnownModel {
  readonly name: string;
  /** Public rating on the Chatbot Arena scale (Elo points; 400 points = ten to one). */
  readonly rating: number;
  /** Index into `sources`: the publication of the rating and its date. */
  readonly source: number;
  /** 1 + d, unit length: the paper's phase 2 vector, for models that occurred in preference pairs. */
  readonly direction: Float64Array | undefined;
}

export interface RatingSource {
  readonly name: string;
  readonly date: string;
}

export interface ModelTable {
  readonly models: readonly KnownModel[];
  readonly sources: readonly RatingSource[];
  /** theta_pref(rating) = base + (rating - reference) / 100 * slope; each 1 + d. */
  readonly reference: number;
  readonly base: Float64Array;
  readonly slope: Float64Array;
  /** The same for the phase 2 directions, before normalization to unit length. */
  readonly directionBase: Float64Array;
  readonly directionSlope: Float64Array;
  /** rating = constant + perDoubling * log2(size in 10^9 parameters); fitted on the open models of the table. */
  readonly fromSize: LogFit;
  /** rating = constant + perDoubling * log2(blended USD per million tokens); fitted on the priced models. */
  readonly fromPrice: LogFit;
}

export interface LogFit {
  readonly constant: number;
  readonly perDoubling: number;
}

const fit = object({ constant: number(), perDoubling: number() });

const tableShape = (dimension: number) => {
  const vector = decoded((packed) => float32FromBase64(packed, dimension));
  return object({
    models: list(
      decoded((model) => decodeModel(model, dimension)),
      Infinity,
    ),
    sources: list(object({ name: text(Infinity), date: text(Infinity) }), Infinity),
    reference: number(),
    base: vector,
    slope: vector,
    directionBase: vector,
    directionSlope: vector,
    fromSize: fit,
    fromPrice: fit,
  });
};

/** Undefined unless `stored` is a complete table for this dimension. */
export const decodeModelTable = (stored: unknown, dimension: number): ModelTable | undefined =>
  parse(tableShape(dimension), stored);

/** The same table in a space with `by` more dimensions, on which all its vectors are zero. */
export function lengthened(table: ModelTable, by: number): ModelTable {
  const longer = (vector: Float64Array): Float64Array => {
    const out = new Float64Array(vector.length + by);
    out.set(vector);
    return out;
  };
  return {
    ...table,
    base: longer(table.base),
    slope: longer(table.slope),
    directionBase: longer(table.directionBase),
    directionSlope: longer(table.directionSlope),
    models: table.models.map((model) => ({
      ...model,
      direction: model.direction === undefined ? undefined : longer(model.direction),
    })),
  };
}

/** `[name, rating, source]`, followed by the direction if there is one. */
function decodeModel(stored: unknown, dimension: number): KnownModel | undefined {
  if (!Array.isArray(stored)) return undefined;
  const [name, rating, source, packed] = stored as readonly unknown[];
  if (typeof name !== 'string' || typeof rating !== 'number' || typeof source !== 'number') return undefined;
  if (!Number.isFinite(rating) || !Number.isFinite(source)) return undefined;
  const direction = packed === undefined ? undefined : float32FromBase64(packed, dimension);
  if (packed !== undefined && direction === undefined) return undefined;
  return { name, rating, source, direction };
}
