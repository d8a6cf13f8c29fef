/**
 * Encodes the learned state as JSON for the snapshot, and decodes it. The JSON holds only evidence (upper triangle of
 * S, m, count) and neither A^-1 nor theta: both are rebuilt under the priors of the installed artifact.
 *
 * Version 1: { version, spaceId, dimension, day, heads: { ask, inline: [armId, S, m, count][] }, pending }.
 */
import { floatsFromBase64, floatsToBase64 } from '../base64.ts';
import type { ArmId, DecisionId } from '../brand.ts';
import type { Head } from '../decision.ts';
import { Learner, MAX_PENDING, type LearnerSpec, type Pending } from './learner.ts';
import { fail, ok, type Result } from '../result.ts';
import { fromEvidence, fromPrior, type Evidence } from './ridge.ts';
import { isRecord } from '../shape.ts';

const VERSION = 1;
const HEADS: readonly Head[] = ['ask', 'inline'];
const MAX_ARMS = 2_000;

/** The reason that a stored state is unusable; the caller sets it aside, starts from the prior and tells the user. */
export type StateError =
  | { readonly kind: 'not-a-state' }
  | { readonly kind: 'other-version'; readonly found: unknown }
  | { readonly kind: 'other-space'; readonly found: unknown; readonly dimension: unknown }
  | { readonly kind: 'damaged'; readonly field: string };

export function encodeLearner(learner: Learner): unknown {
  const head = (name: Head): unknown =>
    [...learner.heads[name].arms].map(([armId, { gram, moment, count }]) => [
      armId,
      floatsToBase64(upperTriangle(gram, moment.length)),
      floatsToBase64(moment),
      count,
    ]);
  return {
    version: VERSION,
    spaceId: learner.spec.spaceId,
    dimension: learner.spec.dimension,
    preset: learner.spec.preset.name,
    day: learner.day,
    heads: { ask: head('ask'), inline: head('inline') },
    pending: [...learner.pending].map(([id, { head: name, armId, x, day, learnt }]) => [
      id,
      name,
      armId,
      floatsToBase64(x),
      day,
      ...(learnt === undefined ? [] : [learnt.reward, learnt.weight]),
    ]),
  };
}

/** Decodes the whole state before any of it is used; total on garbage. */
export function decodeLearner(stored: unknown, spec: LearnerSpec): Result<Learner, StateError> {
  if (!isRecord(stored)) return fail({ kind: 'not-a-state' });
  if (stored['version'] !== VERSION) return fail({ kind: 'other-version', found: stored['version'] });
  const { spaceId, dimension, day, heads, pending } = stored;
  if (spaceId !== spec.spaceId || dimension !== spec.dimension || stored['preset'] !== spec.preset.name) {
    return fail({ kind: 'other-space', found: spaceId, dimension });
  }
  if (!isDay(day)) return fail({ kind: 'damaged', field: 'day' });
  const learner = new Learner(spec);
  learner.day = day;
  const d = spec.dimension;
  for (const head of HEADS) {
    const evidence = decodeHead(isRecord(heads) ? heads[head] : undefined, d);
    if (evidence === undefined) return fail({ kind: 'damaged', field: head });
    learner.adopt(head, evidence);
  }
  if (!Array.isArray(pending) || pending.length > MAX_PENDING)
    return fail({ kind: 'damaged', field: 'pending' });
  for (const row of pending) {
    const decision = decodePending(row, d);
    if (decision === undefined) return fail({ kind: 'damaged', field: 'pending' });
    learner.pending.set(...decision);
  }
  return ok(learner);
}

function decodeHead(stored: unknown, d: number): ReadonlyMap<ArmId, Evidence> | undefined {
  if (!Array.isArray(stored) || stored.length > MAX_ARMS) return undefined;
  const arms = new Map<ArmId, Evidence>();
  for (const row of stored) {
    if (!Array.isArray(row)) return undefined;
    const [armId, packedGram, packedMoment, count] = row as readonly unknown[];
    const triangle = floatsFromBase64(packedGram, (d * (d + 1)) / 2);
    const moment = floatsFromBase64(packedMoment, d);
    if (typeof armId !== 'string' || triangle === undefined || moment === undefined) return undefined;
    if (typeof count !== 'number' || !Number.isFinite(count) || count < 0) return undefined;
    const evidence = { gram: fromUpperTriangle(triangle, d), moment, count };
    if (!isWithinReason(evidence) || !isGram(evidence, d)) return undefined;
    arms.set(armId as ArmId, evidence);
  }
  return arms;
}

/** Larger than the total weight of any log. */
const MAX_WEIGHT = 1e7;
/** Tolerance for rounding errors over all observations. */
const SLACK = 1.01;

/**
 * Evidence of rewards in [0, 1] at contexts whose first member is 1 and whose others lie in [-1, 1]: no entry of S or m
 * exceeds the sum of weights, the first entry of S. Larger entries were not observed and would outweigh the evidence.
 */
function isWithinReason({ gram, moment, count }: Evidence): boolean {
  const weight = gram[0] ?? 0;
  if (!(count <= MAX_WEIGHT && weight <= MAX_WEIGHT)) return false;
  const most = SLACK * Math.max(0, weight) + 1e-6;
  return gram.every((value) => Math.abs(value) <= most) && moment.every((value) => Math.abs(value) <= most);
}

/** S + I must be positive definite; otherwise A would not be positive definite under any prior. */
function isGram(evidence: Evidence, d: number): boolean {
  const standard = { theta: new Float64Array(d), precision: new Float64Array(d).fill(1) };
  return fromEvidence(evidence, fromPrior(standard).prior) !== undefined;
}

function decodePending(row: unknown, d: number): [DecisionId, Pending] | undefined {
  if (!Array.isArray(row)) return undefined;
  const [id, head, armId, packed, day, reward, weight] = row as readonly unknown[];
  const x = floatsFromBase64(packed, d);
  if (typeof id !== 'string' || typeof armId !== 'string' || x === undefined || !isDay(day)) return undefined;
  if (head !== 'ask' && head !== 'inline') return undefined;
  if (!x.every((value) => Math.abs(value) <= SLACK)) return undefined;
  const base = { head, armId: armId as ArmId, x, day } as const;
  if (reward === undefined) return [id as DecisionId, { ...base, learnt: undefined }];
  if (!isShare(reward) || !isShare(weight) || weight === 0) return undefined;
  return [id as DecisionId, { ...base, learnt: { reward, weight } }];
}

function upperTriangle(matrix: Float64Array, d: number): Float64Array {
  const out = new Float64Array((d * (d + 1)) / 2);
  for (let i = 0, at = 0; i < d; i++) for (let j = i; j < d; j++) out[at++] = matrix[i * d + j] ?? 0;
  return out;
}

function fromUpperTriangle(triangle: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0, at = 0; i < d; i++) {
    for (let j = i; j < d; j++, at++) {
      out[i * d + j] = triangle[at] ?? 0;
      out[j * d + i] = triangle[at] ?? 0;
    }
  }
  return out;
}

/** Days since 1970, up to the year 2243. */
const isDay = (value: unknown): value is number =>
  Number.isSafeInteger(value) && 0 <= (value as number) && (value as number) <= 100_000;
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
