/**
 * Reads an outcome matrix: a gzipped file of one JSON object a line (`id`, `prompt`, `task`, `q`, `c`), with the
 * models' order in the `.meta.json` beside it. Strict: what cannot be used is dropped and counted, with a reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fail, ok, type Result } from '../../src/core/result.ts';

export interface OutcomeRow {
  readonly id: string;
  readonly task: string;
  readonly prompt: string;
  /** In [0, 1], one a model of the pool. */
  readonly quality: Float64Array;
  /** USD, one a model of the pool. */
  readonly cost: Float64Array;
}

export interface OutcomeMatrix {
  readonly dataset: string;
  readonly models: readonly string[];
  readonly rows: readonly OutcomeRow[];
  /** Rows left out, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

export type DropReason =
  'not-json' | 'no-prompt' | 'wrong-shape' | 'null-quality' | 'null-cost' | 'out-of-range';

export type OutcomeError =
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'truncated'; readonly path: string; readonly reason: string }
  | { readonly kind: 'no-models'; readonly path: string }
  | { readonly kind: 'unknown-models'; readonly path: string; readonly models: readonly string[] }
  | { readonly kind: 'no-cost'; readonly path: string; readonly models: readonly string[] }
  | { readonly kind: 'no-rows'; readonly path: string; readonly dropped: OutcomeMatrix['dropped'] };

/** `models` undefined = all of the file's that have a cost somewhere. */
export function readOutcomes(
  path: string,
  models: readonly string[] | undefined,
): Result<OutcomeMatrix, OutcomeError> {
  const dataset = basename(path).replace(/\.jsonl\.gz$/, '');
  const order = readModels(path);
  if (!order.ok) return order;
  const pool = models ?? order.value;
  const unknown = pool.filter((model) => !order.value.includes(model));
  if (unknown.length > 0) return fail({ kind: 'unknown-models', path, models: unknown });
  const text = readGzip(path);
  if (!text.ok) return text;
  return parseOutcomes(dataset, path, text.value, order.value, pool);
}

/** The models that `pools.json` beside the outcomes folder names for this file; undefined = all. */
export function poolOf(path: string): readonly string[] | undefined {
  const pools = join(dirname(path), '..', 'pools.json');
  if (!existsSync(pools)) return undefined;
  const named = (JSON.parse(readFileSync(pools, 'utf8')) as Record<string, unknown>)[
    basename(path).replace(/\.jsonl\.gz$/, '')
  ];
  return Array.isArray(named) ? named.map(String) : undefined;
}

export function parseOutcomes(
  dataset: string,
  path: string,
  text: string,
  order: readonly string[],
  pool: readonly string[],
): Result<OutcomeMatrix, OutcomeError> {
  const columns = pool.map((model) => order.indexOf(model));
  const dropped = {
    'not-json': 0,
    'no-prompt': 0,
    'wrong-shape': 0,
    'null-quality': 0,
    'null-cost': 0,
    'out-of-range': 0,
  };
  const rows: OutcomeRow[] = [];
  const priced = new Uint8Array(pool.length);
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const row = parseRow(line, columns, order.length, priced);
    if (typeof row === 'string') dropped[row]++;
    else rows.push(row);
  }
  const free = pool.filter((_, i) => priced[i] === 0);
  if (free.length > 0 && dropped['null-cost'] > 0) return fail({ kind: 'no-cost', path, models: free });
  if (rows.length === 0) return fail({ kind: 'no-rows', path, dropped });
  return ok({ dataset, models: pool, rows, dropped });
}

function parseRow(
  line: string,
  columns: readonly number[],
  width: number,
  priced: Uint8Array,
): OutcomeRow | DropReason {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return 'not-json';
  }
  if (!isRecord(row)) return 'wrong-shape';
  const { id, task, prompt, q, c } = row;
  if (prompt === null || prompt === undefined) return 'no-prompt';
  if (typeof prompt !== 'string' || typeof id !== 'string' || typeof task !== 'string') return 'wrong-shape';
  if (!Array.isArray(q) || q.length !== width) return 'wrong-shape';
  if (c !== undefined && (!Array.isArray(c) || c.length !== width)) return 'wrong-shape';
  const qualities = columns.map((column) => (q as unknown[])[column]);
  const costs = columns.map((column) => (c as unknown[] | undefined)?.[column]);
  costs.forEach((cost, i) => {
    if (typeof cost === 'number') priced[i] = 1;
  });
  if (!qualities.every(isNumber)) return 'null-quality';
  if (!costs.every(isNumber)) return 'null-cost';
  if (!qualities.every((value) => value >= 0 && value <= 1) || !costs.every((value) => value >= 0)) {
    return 'out-of-range';
  }
  return { id, task, prompt, quality: Float64Array.from(qualities), cost: Float64Array.from(costs) };
}

function readModels(path: string): Result<readonly string[], OutcomeError> {
  const meta = path.replace(/\.jsonl\.gz$/, '.meta.json');
  try {
    const { models } = JSON.parse(readFileSync(meta, 'utf8')) as { models?: unknown };
    if (!Array.isArray(models) || models.length === 0) return fail({ kind: 'no-models', path: meta });
    return ok(models.map(String));
  } catch (error) {
    return fail({ kind: 'unreadable', path: meta, reason: String(error) });
  }
}

function readGzip(path: string): Result<string, OutcomeError> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fail({ kind: 'unreadable', path, reason: String(error) });
  }
  try {
    return ok(gunzipSync(bytes).toString('utf8'));
  } catch (error) {
    return fail({ kind: 'truncated', path, reason: String(error) });
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
