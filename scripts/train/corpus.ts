/**
 * The training data in memory: prompts as features, with outcome matrices and preference pairs over them. Reading is
 * strict: a line that contradicts the data's README stops the run with its file and line number.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extractFeatures, type Features } from '../../src/core/features/features.ts';

export interface Prompt {
  readonly id: string;
  readonly source: string;
  /** The data's own fold, a hash of the text: folds in HELD_BACK measure, the others train. */
  readonly fold: number;
  readonly features: Features;
}

/** Quality in [0, 1] of some models on some prompts; NaN = not run. */
export interface Outcomes {
  readonly source: string;
  readonly models: readonly string[];
  /** Index into `prompts`, and one quality for each model. */
  readonly rows: readonly { readonly prompt: number; readonly quality: Float64Array }[];
}

/** `winner` was preferred to `loser` with this probability; lengths of their answers in characters, 0 = unknown. */
export interface Pair {
  readonly prompt: number;
  readonly a: string;
  readonly b: string;
  readonly probabilityB: number;
  readonly lengthA: number;
  readonly lengthB: number;
}

export interface Corpus {
  readonly prompts: readonly Prompt[];
  readonly outcomes: readonly Outcomes[];
  readonly pairs: readonly Pair[];
  readonly manifest: readonly { name: string; licence: string; date: string; use: string }[];
}

export const HELD_BACK: readonly number[] = [8, 9];

export interface SourceFile {
  readonly name: string;
  readonly licence: string;
  readonly date: string;
  /** Whether weights trained from it may ship. */
  readonly ships: boolean;
}

export const OUTCOME_FILES: readonly SourceFile[] = [
  { name: 'routellm_pair', licence: 'Apache-2.0', date: '2024-07', ships: true },
  { name: 'llmrouter9', licence: 'MIT', date: '2025-12', ships: true },
  { name: 'arenabench_v1', licence: 'Apache-2.0', date: '2024-01', ships: true },
  { name: 'routerdc7', licence: 'no licence file', date: '2024-09', ships: false },
];

/** Preference sources by their names in the prompts file. */
export const PAIR_SOURCES: readonly SourceFile[] = [
  { name: 'arenabench_v1', licence: 'Apache-2.0', date: '2024-01', ships: true },
  { name: 'mt-bench', licence: 'Apache-2.0', date: '2023-06', ships: true },
  { name: 'pandalm', licence: 'Apache-2.0', date: '2023-04', ships: true },
  { name: 'alpacaeval', licence: 'CC BY-NC 4.0', date: '2024-08', ships: false },
  { name: 'copilot-arena', licence: 'no licence file', date: '2024-11', ships: false },
];

/** `everything`: also sources that may not ship, for the evaluation artifact. */
export function readCorpus(data: string, everything: boolean): Corpus {
  const prompts: Prompt[] = [];
  const files = OUTCOME_FILES.filter(({ ships }) => ships || everything);
  const sources = PAIR_SOURCES.filter(({ ships }) => ships || everything);
  const outcomes = files.map(({ name }) => readOutcomes(data, name, prompts));
  const pairs = readPairs(data, new Set(sources.map(({ name }) => name)), prompts);
  const manifest = [
    ...files.map((file) => ({ ...file, use: 'outcomes: projection, levels' })),
    ...sources.map((file) => ({ ...file, use: 'preference pairs: projection, model vectors' })),
  ].map(({ name, licence, date, use }) => ({ name, licence, date, use }));
  return { prompts, outcomes, pairs, manifest };
}

function readOutcomes(data: string, name: string, prompts: Prompt[]): Outcomes {
  const meta = JSON.parse(readFileSync(join(data, 'outcomes', `${name}.meta.json`), 'utf8')) as {
    models: string[];
  };
  const rows = lines(join(data, 'outcomes', `${name}.jsonl.gz`)).flatMap((line, at) => {
    const row = JSON.parse(line) as { id: string; fold: number; prompt: string | null; q: (number | null)[] };
    if (row.q.length !== meta.models.length)
      throw new Error(`${name} line ${at + 1}: ${row.q.length} qualities`);
    if (row.prompt === null) return [];
    const prompt = prompts.push(promptOf(row.id, name, row.fold, row.prompt)) - 1;
    return [{ prompt, quality: Float64Array.from(row.q, (quality) => quality ?? NaN) }];
  });
  return { source: name, models: meta.models, rows };
}

function readPairs(data: string, sources: ReadonlySet<string>, prompts: Prompt[]): Pair[] {
  const index = new Map<string, number>();
  for (const line of lines(join(data, 'preferences', 'prompts.jsonl.gz'))) {
    const row = JSON.parse(line) as { pid: string; source: string; fold: number; prompt: string };
    if (sources.has(row.source)) {
      index.set(row.pid, prompts.push(promptOf(row.pid, row.source, row.fold, row.prompt)) - 1);
    }
  }
  const [header, ...rest] = lines(join(data, 'preferences', 'pairs.csv.gz'));
  if (header !== 'pid,model_a,model_b,p_b,judge,len_a,len_b')
    throw new Error(`pairs.csv: header ${String(header)}`);
  return rest.flatMap((line) => {
    const [pid = '', a = '', b = '', p, , lengthA, lengthB] = line.split(',');
    const prompt = index.get(pid);
    const probabilityB = Number(p);
    if (prompt === undefined) return [];
    if (!(probabilityB >= 0 && probabilityB <= 1)) throw new Error(`pairs.csv: ${line}`);
    return [{ prompt, a, b, probabilityB, lengthA: Number(lengthA), lengthB: Number(lengthB) }];
  });
}

const promptOf = (id: string, source: string, fold: number, text: string): Prompt => ({
  id,
  source,
  fold,
  features: extractFeatures({
    text,
    languageId: '',
    surface: 'ask',
    contextChars: 0,
    turn: 0,
    referenceCount: 0,
  }),
});

const lines = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
