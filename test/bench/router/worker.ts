/** One job in a worker thread: a seed of a dataset, its scenarios, or the tuning of cold LinUCB's grid. */
import { existsSync, readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { decodeSpace, type Space } from '../../../src/core/space.ts';
import { poolOf, readOutcomes, type OutcomeMatrix } from '../outcomes.ts';
import { datasetOf, transferOf, trialOf, type Dataset, type Trial } from './dataset.ts';
import { GRID, linucb } from './policies.ts';
import { runScenarios, type Scenarios } from './scenarios.ts';
import { runSeed, tuningScore, type SeedResult } from './seed.ts';
import { bareSpaces } from './spaces.ts';
import { synthetic } from './synthetic.ts';

export interface Source {
  /** 'synthetic' = the small matrix that the project makes itself. */
  readonly outcomes: string;
  readonly deploy: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly space: string;
  readonly evaluationSpace: string;
  readonly evaluateOn: 'deployment' | 'tuning';
}

export type Job =
  | { readonly kind: 'describe'; readonly source: Source }
  | { readonly kind: 'grid'; readonly source: Source; readonly seeds: readonly number[] }
  | {
      readonly kind: 'seed';
      readonly source: Source;
      readonly seed: number;
      readonly fractions: readonly number[];
      readonly policies: readonly string[];
      readonly tuned: { readonly alpha: number; readonly lambda: number };
    }
  | { readonly kind: 'scenarios'; readonly source: Source; readonly seed: number }
  | { readonly kind: 'ablation'; readonly source: Source; readonly seed: number };

export interface Description {
  readonly dataset: string;
  readonly models: readonly string[];
  readonly rows: number;
  readonly dropped: OutcomeMatrix['dropped'];
  /** How each model's prior was come by. */
  readonly priors: readonly string[];
}

export interface GridResult {
  readonly alpha: number;
  readonly lambda: number;
  readonly score: number;
}

export type Answer =
  | { readonly kind: 'describe'; readonly value: Description }
  | { readonly kind: 'grid'; readonly value: readonly GridResult[] }
  | { readonly kind: 'seed'; readonly value: SeedResult }
  | { readonly kind: 'scenarios'; readonly value: Scenarios }
  | { readonly kind: 'ablation'; readonly value: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly reason: string };

parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(answer(job));
});

export function answer(job: Job): Answer {
  try {
    return run(job);
  } catch (error) {
    return {
      kind: 'failed',
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function run(job: Job): Answer {
  const { source } = job;
  const loaded = load(source, source.space);
  const trial = (seed: number, from: Loaded = loaded): Trial =>
    from.transfer === undefined
      ? trialOf(from.data, seed, source.evaluateOn)
      : transferOf(from.data, from.transfer, seed);
  switch (job.kind) {
    case 'describe':
      return { kind: 'describe', value: describe(loaded) };
    case 'grid': {
      const trials = job.seeds.map((seed) => trialOf(loaded.data, seed, 'tuning'));
      const score = (alpha: number, lambda: number): number =>
        tuningScore(loaded.data, linucb(alpha, lambda), trials);
      return {
        kind: 'grid',
        value: GRID.map(({ alpha, lambda }) => ({ alpha, lambda, score: score(alpha, lambda) })),
      };
    }
    case 'seed': {
      const evaluation = existsSync(source.evaluationSpace)
        ? trial(job.seed, load(source, source.evaluationSpace))
        : undefined;
      return { kind: 'seed', value: runSeed(trial(job.seed), { ...job, evaluation }) };
    }
    case 'scenarios':
      return { kind: 'scenarios', value: runScenarios(trial(job.seed)) };
    case 'ablation':
      return { kind: 'ablation', value: ablation(loaded, job.seed, source) };
  }
}

/** The product's final quality at the learning fraction in other spaces. */
function ablation(loaded: Loaded, seed: number, source: Source): Record<string, number> {
  const out: Record<string, number> = {};
  for (const space of [loaded.data.space, ...bareSpaces(loaded.data.space)]) {
    const data = space === loaded.data.space ? loaded.data : datasetOf(loaded.matrix, space);
    const trial = trialOf(data, seed, source.evaluateOn);
    const result = runSeed(trial, {
      fractions: [0.25],
      policies: ['pilot', 'full-info'],
      tuned: { alpha: 1, lambda: 1 },
      evaluation: undefined,
    });
    const [pilot, ceiling] = ['pilot', 'full-info'].map((policy) => result.curves[policy]![0]!.quality);
    out[`${space.id}: pilot`] = pilot! / result.best.quality;
    out[`${space.id}: full information`] = ceiling! / result.best.quality;
  }
  return out;
}

interface Loaded {
  readonly matrix: OutcomeMatrix;
  readonly data: Dataset;
  /** Rows from here on are the deployment file's. */
  readonly transfer: number | undefined;
}

const cache = new Map<string, Loaded>();

function load(source: Source, spacePath: string): Loaded {
  const key = JSON.stringify([source.outcomes, source.deploy, source.models, spacePath]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const space = readSpace(spacePath);
  const { matrix, transfer } = readMatrix(source);
  const loaded = { matrix, data: datasetOf(matrix, space), transfer };
  cache.set(key, loaded);
  return loaded;
}

function readMatrix({ outcomes, deploy, models }: Source): {
  matrix: OutcomeMatrix;
  transfer: number | undefined;
} {
  if (outcomes === 'synthetic') return { matrix: synthetic(), transfer: undefined };
  const read = (path: string, pool: readonly string[] | undefined): OutcomeMatrix => {
    const matrix = readOutcomes(path, pool);
    if (!matrix.ok) throw new Error(`${path}: ${JSON.stringify(matrix.error)}`);
    return matrix.value;
  };
  const learnt = read(outcomes, models ?? poolOf(outcomes));
  if (deploy === undefined) return { matrix: learnt, transfer: undefined };
  const deployed = read(deploy, learnt.models);
  return {
    matrix: {
      ...learnt,
      dataset: `${learnt.dataset} to ${deployed.dataset}`,
      rows: [...learnt.rows, ...deployed.rows],
    },
    transfer: learnt.rows.length,
  };
}

function readSpace(path: string): Space {
  const space = decodeSpace(JSON.parse(readFileSync(path, 'utf8')));
  if (!space.ok) throw new Error(`${path}: ${JSON.stringify(space.error)}`);
  return space.value;
}

const describe = ({ data, matrix }: Loaded): Description => ({
  dataset: data.name,
  models: data.models,
  rows: data.rows.length,
  dropped: matrix.dropped,
  priors: data.priors.map(({ origin }, i) => {
    const from = origin.kind === 'size-and-price' ? origin.kind : `${origin.kind}: ${origin.model}`;
    return `${data.models[i]!} = ${Math.round(origin.rating)} (${from})`;
  }),
});
