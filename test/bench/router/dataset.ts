/** An outcome matrix in the bandits' form: contexts, rewards, costs, and for each seed a split with quotes. */
import { Matrix, solve } from 'ml-matrix';
import type { ArmId, NanoUsd } from '../../../src/core/brand.ts';
import type { Context, Quote } from '../../../src/core/decision.ts';
import { extractFeatures, type Features, type PromptView } from '../../../src/core/features/features.ts';
import { priorOf, type ModelPrior } from '../../../src/core/learning/prior.ts';
import type { Space } from '../../../src/core/learning/space.ts';
import { seeded, shuffled } from '../../../scripts/train/random.ts';
import type { OutcomeMatrix, OutcomeRow } from '../outcomes.ts';

export interface Dataset {
  readonly name: string;
  readonly models: readonly string[];
  readonly arms: readonly ArmId[];
  readonly rows: readonly OutcomeRow[];
  /** Rows from here on belong to another file, for deployment; undefined = all rows are from one file. */
  readonly deployFrom: number | undefined;
  readonly features: readonly Features[];
  readonly contexts: readonly Context[];
  readonly priors: readonly ModelPrior[];
  /** The largest cost of each arm in the deployment file, rounded up: its worst case. */
  readonly worst: readonly NanoUsd[];
  readonly space: Space;
}

/**
 * Leave-source-out: a router must not be judged on a benchmark whose published scores rate its models. For each file,
 * the names of such sources; a file made of several benchmarks has several.
 */
const SAME_BENCHMARK: readonly (readonly [file: RegExp, source: RegExp])[] = [
  [/^routerbench/, /router-?bench|mbpp|\barc\b|wino-?grande|mmlu|hella-?swag|gsm-?8k/i],
  [/^cascade/, /mmlu|med-?mcqa|trivia-?qa|truthful-?qa|gsm-?8k/i],
  [/^openhands/, /open-?hands|swe-?bench|swt-?bench|commit-?0/i],
  [/^livecodebench/, /live-?code-?bench/i],
  [/^bfcl/, /bfcl|berkeley|function.calling/i],
];

/** The rating sources that the priors for these files must not use. */
export function leftOutSources(files: readonly string[], { sources }: Space['models']): string[] {
  const same = SAME_BENCHMARK.filter(([file]) => files.some((name) => file.test(name)));
  return sources.map(({ name }) => name).filter((name) => same.some(([, source]) => source.test(name)));
}

export interface DatasetOptions {
  /** Another file with the same models, to deploy on. */
  readonly deployed?: OutcomeMatrix | undefined;
  /** Features of the same rows from another space's dataset; they do not depend on the space. */
  readonly features?: readonly Features[] | undefined;
}

export function datasetOf(matrix: OutcomeMatrix, space: Space, options: DatasetOptions = {}): Dataset {
  const { deployed } = options;
  const rows = deployed === undefined ? matrix.rows : [...matrix.rows, ...deployed.rows];
  const features = options.features ?? rows.map(({ prompt }) => extractFeatures(asAsked(prompt)));
  const files = deployed === undefined ? [matrix.dataset] : [matrix.dataset, deployed.dataset];
  const without = leftOutSources(files, space.models);
  return {
    name: matrix.dataset,
    models: matrix.models,
    arms: matrix.models.map((model) => `bench/${model}` as ArmId),
    rows,
    deployFrom: deployed === undefined ? undefined : matrix.rows.length,
    features,
    contexts: features.map((row) => space.project(row)),
    priors: matrix.models.map((model) => priorOf(space.models, model, undefined, { without })),
    worst: matrix.models.map((_, i) => nano(largest((deployed ?? matrix).rows.map(({ cost }) => cost[i]!)))),
    space,
  };
}

const asAsked = (text: string): PromptView => ({
  text,
  languageId: '',
  surface: 'ask',
  contextChars: 0,
  turn: 0,
  referenceCount: 0,
});

const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value));

/** Rounded up, so a quote is never below its cost. */
export const nano = (usd: number): NanoUsd => Math.ceil(usd * 1e9) as NanoUsd;

/** One seed's fold of a dataset, with each arm's expected cost for each prompt. */
export interface Trial {
  readonly data: Dataset;
  readonly seed: number;
  readonly tuning: readonly number[];
  readonly learning: readonly number[];
  readonly deployment: readonly number[];
  /** One for each row and arm. */
  readonly quotes: readonly (readonly Quote[])[];
}

/**
 * 20 % tuning, 50 % learning, 30 % deployment, by prompt. With a second file, all of the first is for learning and all
 * of the second for deployment, and seeds permute the order. With `evaluateOn: 'tuning'` the tuning fold replaces the
 * deployment fold, which stays untouched: this way the presets' numbers and cold LinUCB's were chosen.
 */
export function trialOf(data: Dataset, seed: number, evaluateOn: 'deployment' | 'tuning'): Trial {
  const random = seeded(seed * 7919 + 17);
  const own = data.rows.slice(0, data.deployFrom).map((_, i) => i);
  const order = shuffled(own, random);
  const [a, b] = [Math.round(0.2 * order.length), Math.round(0.7 * order.length)];
  const tuning = order.slice(0, a);
  const folds =
    evaluateOn === 'tuning'
      ? { learning: order.slice(a, b), deployment: tuning }
      : data.deployFrom === undefined
        ? { learning: order.slice(a, b), deployment: order.slice(b) }
        : { learning: order, deployment: shuffled(others(data, data.deployFrom), random) };
  return { data, seed, tuning, ...folds, quotes: quotesOf(data, tuning) };
}

const others = ({ rows }: Dataset, from: number): number[] => rows.map((_, i) => i).slice(from);

/**
 * A file's costs are deterministic functions of the lengths of prompt and answer; the tuning fold teaches the answer's
 * length.
 */
const COST_RIDGE = 1;

function quotesOf(data: Dataset, tuning: readonly number[]): Quote[][] {
  const expected = data.models.map((_, arm) => expectedCosts(data, tuning, arm));
  return data.rows.map((_, row) =>
    data.arms.map((armId, arm) => ({
      armId,
      expected: nano(expected[arm]![row]!),
      worstCase: data.worst[arm]!,
      inputTokens: 0,
      outputTokens: 0,
      outputCap: 0,
    })),
  );
}

/** Ridge regression of the arm's cost on context and prompt length; at least the arm's lowest cost. */
function expectedCosts(data: Dataset, tuning: readonly number[], arm: number): Float64Array {
  const costs = tuning.map((row) => data.rows[row]!.cost[arm]!);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const least = Math.min(...costs);
  if (mean === 0) return new Float64Array(data.rows.length);
  const inputs = data.rows.map((row, i) => [...data.contexts[i]!.x, row.prompt.length / 1000]);
  const design = new Matrix(tuning.map((row) => inputs[row]!));
  const target = Matrix.columnVector(costs.map((cost) => cost / mean));
  const gram = design.transpose().mmul(design);
  for (let i = 0; i < gram.rows; i++) gram.set(i, i, gram.get(i, i) + (i === 0 ? 0.1 : COST_RIDGE));
  const weights = solve(gram, design.transpose().mmul(target)).getColumn(0);
  return Float64Array.from(inputs, (input) => {
    const predicted = mean * input.reduce((sum, value, k) => sum + value * weights[k]!, 0);
    return Math.max(least, predicted);
  });
}

/** Sum of one arm's actual costs over rows, in USD. */
export const spendOf = (data: Dataset, rows: readonly number[], arm: number): number =>
  rows.reduce((sum, row) => sum + data.rows[row]!.cost[arm]!, 0);

export const qualityOf = (data: Dataset, rows: readonly number[], arm: number): number =>
  rows.reduce((sum, row) => sum + data.rows[row]!.quality[arm]!, 0) / rows.length;

/** The highest mean quality on these rows; the cheaper among equals. */
export function bestFixed(data: Dataset, rows: readonly number[]): number {
  let best = 0;
  data.models.forEach((_, arm) => {
    const gain = qualityOf(data, rows, arm) - qualityOf(data, rows, best);
    if (gain > 0 || (gain === 0 && spendOf(data, rows, arm) < spendOf(data, rows, best))) best = arm;
  });
  return best;
}
