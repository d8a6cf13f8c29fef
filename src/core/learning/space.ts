/**
 * The shared space of prompts and models (PILOT, section 2): psi(q) = W phi(q) + b, unit length, with the bandit's
 * context x = [1, psi, language]. W and b are learned offline (scripts/train) and ship as one JSON artifact with the
 * models' vectors and a manifest of its sources.
 *
 * Departures from the paper, with their measured effect in the README's benchmark:
 * - phi is local (hashed n-grams and structure) instead of a remote text embedding: no network, well under a
 * millisecond.
 * - x has an explicit intercept, so that an arm's level can be learned and forgotten apart from its content.
 * - x ends with an indicator for each family of programming languages, which only feedback teaches.
 *
 * docs/decisions.md, "What the learned projection is worth", measures the small effect of W.
 */
import { float32FromBase64, fromBase64 } from '../base64.ts';
import type { Context } from '../decision.ts';
import { FEATURES_VERSION, type Features } from '../features/features.ts';
import { BUCKETS } from '../features/hashing.ts';
import { LANGUAGES, type LanguageSign } from '../features/language.ts';
import { STRUCTURE } from '../features/structure.ts';
import { unit } from '../linalg.ts';
import { decodeModelTable, lengthened, type ModelTable } from '../models/modelTable.ts';
import { fail, ok, type Result } from '../result.ts';
import { isRecord, kept, object, parse, text } from '../shape.ts';

export const SPACE_VERSION = 1;

export interface Space {
  /** Each training run that changes the numbers gives a new id. */
  readonly id: string;
  /** Length of x: 1 + d + languages. */
  readonly dimension: number;
  /** 1 + d: the part of x that was learned offline. Priors are zero on the indicators after it. */
  readonly learnt: number;
  project(features: Features): Context;
  /** The table of models in this space. */
  readonly models: ModelTable;
  readonly manifest: readonly Source[];
}

/** One line of the artifact's manifest: a source of its training data. */
export interface Source {
  readonly name: string;
  readonly licence: string;
  readonly date: string;
  readonly use: string;
}

export type SpaceError =
  | { readonly kind: 'not-a-space' }
  | { readonly kind: 'other-version'; readonly found: unknown }
  | { readonly kind: 'other-features'; readonly found: unknown }
  | { readonly kind: 'damaged'; readonly field: string };

/** The numbers of psi = W phi + b. */
export interface Weights {
  readonly dimension: number;
  /** Mean of each structural feature on the training prompts: phi's structural part is (value - mean) / scale. */
  readonly structureMean: Float64Array;
  readonly structureScale: Float64Array;
  /** STRUCTURE x d, row-major. */
  readonly structure: Float64Array;
  /** BUCKETS x d, row-major; each column is multiplied by its gramScale. */
  readonly grams: Int8Array;
  readonly gramScale: Float64Array;
  readonly bias: Float64Array;
}

export function decodeSpace(artefact: unknown): Result<Space, SpaceError> {
  if (!isRecord(artefact) || artefact['format'] !== 'pilot-space') return fail({ kind: 'not-a-space' });
  if (artefact['version'] !== SPACE_VERSION) {
    return fail({ kind: 'other-version', found: artefact['version'] });
  }
  if (artefact['features'] !== FEATURES_VERSION) {
    return fail({ kind: 'other-features', found: artefact['features'] });
  }
  const { id } = artefact;
  if (typeof id !== 'string' || id === '') return fail({ kind: 'damaged', field: 'id' });
  const weights = decodeWeights(artefact);
  if (!weights.ok) return weights;
  const models = decodeModelTable(artefact['models'], weights.value.dimension + 1);
  if (models === undefined) return fail({ kind: 'damaged', field: 'models' });
  return ok(createSpace(id, weights.value, models, decodeManifest(artefact['manifest'])));
}

export function createSpace(
  id: string,
  weights: Weights,
  models: ModelTable,
  manifest: readonly Source[],
): Space {
  const learnt = weights.dimension + 1;
  return {
    id,
    dimension: learnt + LANGUAGES.length,
    learnt,
    models: lengthened(models, LANGUAGES.length),
    manifest,
    project: (features) => ({
      spaceId: id,
      x: contextOf(unit(embed(weights, features)), features.language),
      coarse: features.coarse,
    }),
  };
}

/** W phi + b before normalization to unit length. O((STRUCTURE + distinct n-grams) d). */
export function embed(weights: Weights, { structure, grams }: Features): Float64Array {
  const d = weights.dimension;
  const psi = new Float64Array(d);
  for (let i = 0; i < grams.buckets.length; i++) {
    const row = (grams.buckets[i] ?? 0) * d;
    const weight = grams.weights[i] ?? 0;
    for (let k = 0; k < d; k++) psi[k] = (psi[k] ?? 0) + weight * (weights.grams[row + k] ?? 0);
  }
  for (let k = 0; k < d; k++) {
    psi[k] = (psi[k] ?? 0) * (weights.gramScale[k] ?? 0) + (weights.bias[k] ?? 0);
  }
  for (let i = 0; i < STRUCTURE; i++) {
    const value = standardise(
      structure[i] ?? 0,
      weights.structureMean[i] ?? 0,
      weights.structureScale[i] ?? 1,
    );
    if (value === 0) continue;
    for (let k = 0; k < d; k++) psi[k] = (psi[k] ?? 0) + value * (weights.structure[i * d + k] ?? 0);
  }
  return psi;
}

/** Clipped, so that an unusual prompt stays in the region in which the arms were learned. */
export const standardise = (value: number, mean: number, scale: number): number =>
  Math.min(4, Math.max(-4, (value - mean) / scale));

/** [1, psi, language]; the indicator of a known language is as long as psi. */
function contextOf(psi: Float64Array, { index, weight }: LanguageSign): Float64Array {
  const x = new Float64Array(1 + psi.length + LANGUAGES.length);
  x[0] = 1;
  x.set(psi, 1);
  if (index >= 0) x[1 + psi.length + index] = weight;
  return x;
}

function decodeWeights(artefact: Readonly<Record<string, unknown>>): Result<Weights, SpaceError> {
  const d = artefact['dimension'];
  if (typeof d !== 'number' || !Number.isInteger(d) || d < 1 || d > 512) {
    return fail({ kind: 'damaged', field: 'dimension' });
  }
  const structureMean = float32FromBase64(artefact['structureMean'], STRUCTURE);
  if (structureMean === undefined) return fail({ kind: 'damaged', field: 'structureMean' });
  const structureScale = float32FromBase64(artefact['structureScale'], STRUCTURE);
  if (structureScale?.every((scale) => scale > 0) !== true) {
    return fail({ kind: 'damaged', field: 'structureScale' });
  }
  const structure = float32FromBase64(artefact['structure'], STRUCTURE * d);
  if (structure === undefined) return fail({ kind: 'damaged', field: 'structure' });
  const gramBytes = fromBase64(artefact['grams']);
  if (gramBytes?.length !== BUCKETS * d) return fail({ kind: 'damaged', field: 'grams' });
  const gramScale = float32FromBase64(artefact['gramScale'], d);
  if (gramScale === undefined) return fail({ kind: 'damaged', field: 'gramScale' });
  const bias = float32FromBase64(artefact['bias'], d);
  if (bias === undefined) return fail({ kind: 'damaged', field: 'bias' });
  const grams = new Int8Array(gramBytes.buffer);
  return ok({ dimension: d, structureMean, structureScale, structure, grams, gramScale, bias });
}

const word = text(Infinity);
const decodeManifest = (stored: unknown): readonly Source[] =>
  parse(kept(object({ name: word, licence: word, date: word, use: word })), stored) ?? [];
