/** One job in a worker thread: a seed of a dataset, its scenarios, or the tuning of cold LinUCB's grid. */
import { existsSync, readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { fail, ok, type Result } from '../../../src/core/result.ts';
import { decodeSpace, type Space } from '../../../src/core/learning/space.ts';
import type { OutcomeMatrix } from '../outcomes.ts';
import { datasetOf, trialOf, type Dataset, type Trial } from './dataset.ts';
import { effortFacts, runEfforts, type EffortPoint } from './efforts.ts';
import { GRID, linucb } from './policies.ts';
import { runScenarios, type Scenarios } from './scenarios.ts';
import { LEARNING_FRACTION, runSeed, tuningScore, type SeedResult } from './seed.ts';
import { readSource, type Matrices, type Source } from './source.ts';
import { bareSpaces } from './spaces.ts';

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
  | { readonly kind: 'efforts'; readonly source: Source; readonly seed: number }
  | { readonly kind: 'ablation'; readonly source: Source; readonly seed: number };

export interface Description {
  /** The learning file. */
  readonly dataset: string;
  /** The deployment file, if it is another. */
  readonly deployedOn: string | undefined;
  readonly models: readonly string[];
  readonly rows: number;
  readonly dropped: OutcomeMatrix['dropped'];
  /** Rows dropped from the deployment file. */
  readonly droppedThere: OutcomeMatrix['dropped'] | undefined;
  readonly leftOut: OutcomeMatrix['leftOut'];
  /** The explanation of each model's prior. */
  readonly priors: readonly string[];
  /** Why the evaluation artifact was not measured; undefined = it was. */
  readonly evaluationMissing: string | undefined;
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
  | {
      readonly kind: 'efforts';
      readonly value: { readonly points: readonly EffortPoint[]; readonly facts: string };
    }
  | { readonly kind: 'ablation'; readonly value: Readonly<Record<string, number>> }
  /** `expected`: the reason is a sentence for the caller; otherwise a fault of the benchmark, with its stack. */
  | { readonly kind: 'failed'; readonly reason: string; readonly expected: boolean };

parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(answer(job));
});

export function answer(job: Job): Answer {
  try {
    const loaded = load(job.source);
    return loaded.ok ? run(job, loaded.value) : { kind: 'failed', reason: loaded.error, expected: true };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'failed', reason, expected: false };
  }
}

function run(job: Job, loaded: Loaded): Answer {
  const { source } = job;
  switch (job.kind) {
    case 'describe':
      return { kind: 'describe', value: describe(loaded) };
    case 'grid': {
      const trials = job.seeds.map((seed) => trialOf(loaded.data, seed, 'tuning'));
      return {
        kind: 'grid',
        value: GRID.map(({ alpha, lambda }) => {
          return { alpha, lambda, score: tuningScore(linucb(alpha, lambda), trials) };
        }),
      };
    }
    case 'seed': {
      const trial = (data: Dataset): Trial => trialOf(data, job.seed, source.evaluateOn);
      const evaluation = loaded.evaluation === undefined ? undefined : trial(loaded.evaluation);
      return { kind: 'seed', value: runSeed(trial(loaded.data), { ...job, evaluation }) };
    }
    case 'scenarios':
      return {
        kind: 'scenarios',
        value: runScenarios(trialOf(loaded.data, job.seed, source.evaluateOn)),
      };
    case 'efforts': {
      const { learnt } = loaded.matrices;
      const points = runEfforts(learnt, loaded.data.space, job.seed);
      return { kind: 'efforts', value: { points, facts: effortFacts(learnt) } };
    }
    case 'ablation':
      return { kind: 'ablation', value: ablation(loaded, job.seed, source) };
  }
}

/** Without the learned projection: the product and the full-information router, as shares of the best fixed model. */
function ablation({ data, bare }: Loaded, seed: number, source: Source): Record<string, number> {
  const out: Record<string, number> = {};
  for (const each of [data, ...bare()]) {
    const result = runSeed(trialOf(each, seed, source.evaluateOn), {
      fractions: [LEARNING_FRACTION],
      policies: ['pilot', 'full-info'],
      tuned: { alpha: 1, lambda: 1 },
      evaluation: undefined,
      curvesOnly: true,
    });
    const name = each === data ? 'with the learnt projection' : each.space.id;
    for (const policy of ['pilot', 'full-info']) {
      out[`${name}: ${policy}`] = result.curves[policy]![0]!.quality / result.best.quality;
    }
  }
  return out;
}

interface Loaded {
  readonly matrices: Matrices;
  readonly data: Dataset;
  /** In the space of the evaluation artifact, where there is one. */
  readonly evaluation: Dataset | undefined;
  readonly evaluationMissing: string | undefined;
  /** The dataset in the spaces of the ablation; built at the first call. */
  readonly bare: () => readonly Dataset[];
}

/** A worker reads each dataset once, and computes its features once for all spaces. */
const cache = new Map<string, Loaded>();

function load(source: Source): Result<Loaded, string> {
  const key = JSON.stringify(source);
  const known = cache.get(key);
  if (known !== undefined) return ok(known);
  const space = readSpace(source.space);
  if (!space.ok) return space;
  const other = readEvaluation(source.evaluationSpace);
  const matrices = readSource(source);
  if (!matrices.ok) return matrices;
  const { learnt, deployed } = matrices.value;
  const data = datasetOf(learnt, space.value, { deployed });
  const inSpace = (each: Space): Dataset => datasetOf(learnt, each, { deployed, features: data.features });
  let bare: readonly Dataset[] | undefined;
  const loaded: Loaded = {
    matrices: matrices.value,
    data,
    evaluation: other.ok ? inSpace(other.value) : undefined,
    evaluationMissing: other.ok ? undefined : other.error,
    bare: () => (bare ??= bareSpaces(space.value).map(inSpace)),
  };
  cache.set(key, loaded);
  return ok(loaded);
}

/**
 * It does not ship, so it may be absent or from another version: the report then leaves its figures out and says so.
 */
const readEvaluation = (path: string): Result<Space, string> =>
  existsSync(path) ? readSpace(path) : fail('it is not there; npm run train makes it.');

function readSpace(path: string): Result<Space, string> {
  let artefact: unknown;
  try {
    artefact = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const space = decodeSpace(artefact);
  return space.ok ? space : fail(`${path} is no space that this version can use: ${space.error.kind}.`);
}

const describe = ({ data, evaluationMissing, matrices: { learnt, deployed } }: Loaded): Description => ({
  dataset: learnt.dataset,
  deployedOn: deployed?.dataset,
  models: data.models,
  rows: data.rows.length,
  dropped: learnt.dropped,
  droppedThere: deployed?.dropped,
  leftOut: [...learnt.leftOut, ...(deployed?.leftOut ?? [])],
  priors: data.priors.map(({ origin }, i) => {
    const from = origin.kind === 'size-and-price' ? origin.kind : `${origin.kind}: ${origin.model}`;
    return `${data.models[i]!} = ${Math.round(origin.rating)} (${from})`;
  }),
  evaluationMissing,
});
