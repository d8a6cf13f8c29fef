/** An outcome matrix as the bandits see it: contexts, rewards, costs, and per seed a split with quotes. */
import { Matrix, solve } from 'ml-matrix';
import type { ArmId, NanoUsd } from '../../../src/core/brand.ts';
import type { Context, Quote } from '../../../src/core/decision.ts';
import { extractFeatures, type Features } from '../../../src/core/features.ts';
import { priorOf, type ModelPrior, type PriorOptions } from '../../../src/core/prior.ts';
import type { Space } from '../../../src/core/space.ts';
import { seeded, shuffled } from '../../../scripts/train/random.ts';
import type { OutcomeMatrix, OutcomeRow } from '../outcomes.ts';

export interface Dataset {
  readonly name: string;
  readonly models: readonly string[];
  readonly arms: readonly ArmId[];
  readonly rows: readonly OutcomeRow[];
  readonly features: readonly Features[];
  readonly contexts: readonly Context[];
  readonly priors: readonly ModelPrior[];
  /** The largest cost of each arm in the file, rounded up: its worst case. */
  readonly worst: readonly NanoUsd[];
  readonly space: Space;
}

/** Published scores that come from the same benchmark as a file are left out of its prior (by rating source). */
export const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {};

export function datasetOf(matrix: OutcomeMatrix, space: Space, options: PriorOptions = {}): Dataset {
  const features = matrix.rows.map(({ prompt }) =>
    extractFeatures({
      text: prompt,
      languageId: '',
      surface: 'ask',
      contextChars: 0,
      turn: 0,
      referenceCount: 0,
    }),
  );
  return {
    name: matrix.dataset,
    models: matrix.models,
    arms: matrix.models.map((model) => `bench/${model}` as ArmId),
    rows: matrix.rows,
    features,
    contexts: features.map((row) => space.project(row)),
    priors: matrix.models.map((model) =>
      priorOf(space.models, model, undefined, { without: LEFT_OUT[matrix.dataset] ?? [], ...options }),
    ),
    worst: matrix.models.map((_, i) => nano(Math.max(...matrix.rows.map(({ cost }) => cost[i]!)))),
    space,
  };
}

/** Rounded up: a quote is never below the cost it stands for. */
export const nano = (usd: number): NanoUsd => Math.ceil(usd * 1e9) as NanoUsd;

/** One seed's fold of a dataset, with what an arm is expected to cost for each prompt. */
export interface Trial {
  readonly data: Dataset;
  readonly seed: number;
  readonly tuning: readonly number[];
  readonly learning: readonly number[];
  readonly deployment: readonly number[];
  /** One a row, one an arm. */
  readonly quotes: readonly (readonly Quote[])[];
}

/**
 * 20 % tuning, 50 % learning, 30 % deployment, by prompt. With `evaluateOn: 'tuning'` the tuning fold stands in for
 * deployment, which then nothing touches: how the presets' numbers were chosen.
 */
export function trialOf(data: Dataset, seed: number, evaluateOn: 'deployment' | 'tuning'): Trial {
  const order = shuffled(
    data.rows.map((_, i) => i),
    seeded(seed * 7919 + 17),
  );
  const [a, b] = [Math.round(0.2 * order.length), Math.round(0.7 * order.length)];
  const tuning = order.slice(0, a);
  const learning = order.slice(a, b);
  const deployment = evaluateOn === 'deployment' ? order.slice(b) : tuning;
  return { data, seed, tuning, learning, deployment, quotes: quotesOf(data, tuning) };
}

/** Learn on all of one file, deploy on all of another: rows from `from` on are the other's. Seeds permute the order. */
export function transferOf(data: Dataset, from: number, seed: number): Trial {
  const random = seeded(seed * 7919 + 17);
  const rows = data.rows.map((_, i) => i);
  const learning = shuffled(rows.slice(0, from), random);
  const deployment = shuffled(rows.slice(from), random);
  const tuning = learning.slice(0, Math.max(1, Math.round(0.2 * learning.length)));
  return { data, seed, tuning, learning, deployment, quotes: quotesOf(data, tuning) };
}

/** Costs of the file are deterministic functions of prompt and answer length; the tuning fold teaches the latter. */
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

/** Ridge regression of the arm's cost on context and prompt length; never below its least cost seen. */
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

/** Sum over rows of what one arm really cost, USD. */
export const spendOf = (data: Dataset, rows: readonly number[], arm: number): number =>
  rows.reduce((sum, row) => sum + data.rows[row]!.cost[arm]!, 0);

export const qualityOf = (data: Dataset, rows: readonly number[], arm: number): number =>
  rows.reduce((sum, row) => sum + data.rows[row]!.quality[arm]!, 0) / rows.length;

/** Highest mean quality on these rows; the cheaper of equals. */
export function bestFixed(data: Dataset, rows: readonly number[]): number {
  let best = 0;
  data.models.forEach((_, arm) => {
    const gain = qualityOf(data, rows, arm) - qualityOf(data, rows, best);
    if (gain > 0 || (gain === 0 && spendOf(data, rows, arm) < spendOf(data, rows, best))) best = arm;
  });
  return best;
}
