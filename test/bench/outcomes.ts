/**
 * Reads an outcome matrix: a gzipped file with one JSON object in each line (`id`, `prompt`, `task`, `q`, `c`), and the
 * models' order in the `.meta.json` beside it. Strict: an unusable row is dropped and counted, with a reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fail, ok, type Result } from '../../src/core/result.ts';

export interface OutcomeRow {
  readonly id: string;
  readonly task: string;
  readonly prompt: string;
  /** In [0, 1], one for each model of the pool. */
  readonly quality: Float64Array;
  /** USD, one for each model of the pool. */
  readonly cost: Float64Array;
}

export interface OutcomeMatrix {
  /** The file's name without `.jsonl.gz`. */
  readonly dataset: string;
  readonly models: readonly string[];
  readonly rows: readonly OutcomeRow[];
  /** Rows left out, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Unusable models of the file's default pool. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly model: string;
  readonly why: 'not in the file' | 'no cost anywhere' | 'no quality anywhere' | 'not in both files';
}

export type DropReason =
  'not-json' | 'no-prompt' | 'wrong-shape' | 'null-quality' | 'null-cost' | 'out-of-range';

export type OutcomeError =
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'truncated'; readonly path: string; readonly reason: string }
  | { readonly kind: 'no-models'; readonly path: string }
  | { readonly kind: 'unusable-models'; readonly path: string; readonly models: readonly LeftOut[] }
  | { readonly kind: 'no-rows'; readonly path: string; readonly dropped: OutcomeMatrix['dropped'] };

/**
 * `models`: each must exist with a cost; undefined = the pool that `pools.json` beside the outcomes folder names for
 * the file, else all models of the file. Unusable models of these pools are left out and listed.
 */
export function readOutcomes(
  path: string,
  models: readonly string[] | undefined,
): Result<OutcomeMatrix, OutcomeError> {
  if (!path.endsWith(SUFFIX))
    return fail({ kind: 'unreadable', path, reason: `its name must end in ${SUFFIX}` });
  const order = readModels(path);
  if (!order.ok) return order;
  const named = models === undefined ? namedPool(path) : ok(models);
  if (!named.ok) return named;
  const text = readGzip(path);
  if (!text.ok) return text;
  const pool = { models: named.value ?? order.value, strict: models !== undefined };
  return parseOutcomes(path, text.value, order.value, pool);
}

export interface Pool {
  readonly models: readonly string[];
  /** Whether an unusable model is an error instead of being left out. */
  readonly strict: boolean;
}

export function parseOutcomes(
  path: string,
  text: string,
  order: readonly string[],
  pool: Pool,
): Result<OutcomeMatrix, OutcomeError> {
  const dropped = { ...NOTHING_DROPPED };
  const raw: RawRow[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const row = parseRow(line, order.length);
    if (typeof row === 'string') dropped[row]++;
    else raw.push(row);
  }
  if (raw.length === 0) return fail({ kind: 'no-rows', path, dropped });
  const { models, leftOut } = usable([...new Set(pool.models)], order, raw);
  if (models.length === 0 || (pool.strict && leftOut.length > 0)) {
    return fail({ kind: 'unusable-models', path, models: leftOut });
  }
  const columns = models.map((model) => order.indexOf(model));
  const rows: OutcomeRow[] = [];
  for (const each of raw) {
    const row = rowOf(each, columns);
    if (typeof row === 'string') dropped[row]++;
    else rows.push(row);
  }
  if (rows.length === 0) return fail({ kind: 'no-rows', path, dropped });
  return ok({ dataset: datasetName(path), models, rows, dropped, leftOut });
}

export const NOTHING_DROPPED: OutcomeMatrix['dropped'] = {
  'not-json': 0,
  'no-prompt': 0,
  'wrong-shape': 0,
  'null-quality': 0,
  'null-cost': 0,
  'out-of-range': 0,
};

const SUFFIX = '.jsonl.gz';
export const datasetName = (path: string): string => basename(path, SUFFIX);

/** One sentence for the user of the benchmark. */
export function sentence(error: OutcomeError): string {
  const { path } = error;
  switch (error.kind) {
    case 'unreadable':
      return `${path} cannot be read: ${error.reason}.`;
    case 'truncated':
      return `${path} is not a whole gzip file: ${error.reason}.`;
    case 'no-models':
      return `${path} does not list its models: expected {"models": ["...", ...]}.`;
    case 'unusable-models':
      return `${path} has no use for these models: ${error.models.map(({ model, why }) => `${model} (${why})`).join(', ')}.`;
    case 'no-rows': {
      const counts = Object.entries(error.dropped).filter(([, count]) => count > 0);
      const why =
        counts.length === 0 ? 'it is empty' : counts.map(([reason, n]) => `${n} ${reason}`).join(', ');
      return `${path} has no row that can be used: ${why}.`;
    }
  }
}

interface RawRow extends Pick<OutcomeRow, 'id' | 'task' | 'prompt'> {
  /** One for each model of the file. */
  readonly q: readonly unknown[];
  readonly c: readonly unknown[] | undefined;
}

function parseRow(line: string, width: number): RawRow | DropReason {
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
  if (c !== undefined && c !== null && (!Array.isArray(c) || c.length !== width)) return 'wrong-shape';
  return { id, task, prompt, q, c: Array.isArray(c) ? c : undefined };
}

function rowOf({ id, task, prompt, q, c }: RawRow, columns: readonly number[]): OutcomeRow | DropReason {
  const qualities = columns.map((column) => q[column]);
  const costs = columns.map((column) => c?.[column]);
  if (!qualities.every(isNumber)) return 'null-quality';
  if (!costs.every(isNumber)) return 'null-cost';
  if (!qualities.every((value) => value >= 0 && value <= 1) || !costs.every((value) => value >= 0)) {
    return 'out-of-range';
  }
  return { id, task, prompt, quality: Float64Array.from(qualities), cost: Float64Array.from(costs) };
}

function usable(
  pool: readonly string[],
  order: readonly string[],
  rows: readonly RawRow[],
): { readonly models: readonly string[]; readonly leftOut: readonly LeftOut[] } {
  const leftOut = pool.flatMap((model): LeftOut[] => {
    const column = order.indexOf(model);
    if (column < 0) return [{ model, why: 'not in the file' }];
    if (!rows.some(({ c }) => isNumber(c?.[column]))) return [{ model, why: 'no cost anywhere' }];
    if (!rows.some(({ q }) => isNumber(q[column]))) return [{ model, why: 'no quality anywhere' }];
    return [];
  });
  const out = new Set(leftOut.map(({ model }) => model));
  return { models: pool.filter((model) => !out.has(model)), leftOut };
}

/** Undefined = all of the file's. */
function namedPool(path: string): Result<readonly string[] | undefined, OutcomeError> {
  const pools = join(dirname(path), '..', 'pools.json');
  if (!existsSync(pools)) return ok(undefined);
  const read = readJson(pools);
  if (!read.ok) return read;
  const named = isRecord(read.value) ? read.value[datasetName(path)] : undefined;
  return ok(Array.isArray(named) ? named.map(String) : undefined);
}

function readModels(path: string): Result<readonly string[], OutcomeError> {
  const meta = join(dirname(path), `${datasetName(path)}.meta.json`);
  const read = readJson(meta);
  if (!read.ok) return read;
  const models = isRecord(read.value) ? read.value['models'] : undefined;
  if (!Array.isArray(models) || models.length === 0) return fail({ kind: 'no-models', path: meta });
  return ok(models.map(String));
}

function readJson(path: string): Result<unknown, OutcomeError> {
  try {
    return ok(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return fail({ kind: 'unreadable', path, reason: reasonOf(error) });
  }
}

function readGzip(path: string): Result<string, OutcomeError> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fail({ kind: 'unreadable', path, reason: reasonOf(error) });
  }
  try {
    return ok(gunzipSync(bytes).toString('utf8'));
  } catch (error) {
    return fail({ kind: 'truncated', path, reason: reasonOf(error) });
  }
}

/** `ENOENT: no such file or directory, open '...'` without the path, which the sentence already has. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/, \w+ '.*'$/, '');

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
