/** The artifact as JSON: n-gram weights in int8 with one scale for each column, the rest in single precision. */
import { BUCKETS } from '../../src/core/features/hashing.ts';
import { FEATURES_VERSION } from '../../src/core/features/features.ts';
import { toBase64 } from '../../src/core/base64.ts';
import type { LogFit } from '../../src/core/models/modelTable.ts';
import { SPACE_VERSION } from '../../src/core/learning/space.ts';
import type { Corpus } from './corpus.ts';
import { float32ToBase64 } from './float32.ts';
import type { Projection } from './initial.ts';
import type { Levels } from './levels.ts';
import type { Rating } from './preferences.ts';

export interface Parts {
  readonly id: string;
  readonly projection: Projection;
  readonly levels: Levels;
  readonly ratings: readonly Rating[];
  readonly sources: readonly { readonly name: string; readonly date: string }[];
  /** By the model's name in `ratings`. */
  readonly directions: ReadonlyMap<string, Float64Array>;
  readonly directionBase: Float64Array;
  readonly directionSlope: Float64Array;
  readonly fromSize: LogFit;
  readonly fromPrice: LogFit;
  readonly manifest: Corpus['manifest'];
}

export function pack(parts: Parts): string {
  const { projection, levels } = parts;
  const { grams, gramScale } = quantise(projection);
  return `${JSON.stringify({
    format: 'pilot-space',
    version: SPACE_VERSION,
    features: FEATURES_VERSION,
    id: parts.id,
    dimension: projection.d,
    structureMean: float32ToBase64(projection.standard.mean),
    structureScale: float32ToBase64(projection.standard.scale),
    structure: float32ToBase64(projection.structure),
    grams: toBase64(grams),
    gramScale: float32ToBase64(gramScale),
    bias: float32ToBase64(projection.bias),
    models: {
      reference: levels.reference,
      base: float32ToBase64(levels.base),
      slope: float32ToBase64(levels.slope),
      directionBase: float32ToBase64(parts.directionBase),
      directionSlope: float32ToBase64(parts.directionSlope),
      fromSize: parts.fromSize,
      fromPrice: parts.fromPrice,
      sources: parts.sources,
      models: parts.ratings.map((rating) => row(rating, parts)),
    },
    manifest: [
      ...parts.manifest,
      ...parts.sources.map(({ name, date }) => ({ name, date, licence: 'facts', use: 'published ratings' })),
    ],
  })}\n`;
}

function row({ name, rating, source }: Rating, { directions }: Parts): unknown[] {
  const direction = directions.get(name);
  return [name, rating, source, ...(direction === undefined ? [] : [float32ToBase64(direction)])];
}

function quantise({ d, grams }: Projection): { grams: Uint8Array; gramScale: Float64Array } {
  const gramScale = new Float64Array(d);
  for (let at = 0; at < grams.length; at++)
    gramScale[at % d] = Math.max(gramScale[at % d]!, Math.abs(grams[at]!));
  for (let k = 0; k < d; k++) gramScale[k] = Math.max(gramScale[k]!, 1e-9) / 127;
  const packed = Int8Array.from(grams, (value, at) => Math.round(value / gramScale[at % d]!));
  if (packed.length !== BUCKETS * d) throw new Error(`${packed.length} n-gram weights`);
  return { grams: new Uint8Array(packed.buffer), gramScale };
}
