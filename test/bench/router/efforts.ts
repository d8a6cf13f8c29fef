/**
 * The value of several efforts of one model as separate arms: O1, O3-Mini and O4-Mini of LiveCodeBench, each at three
 * efforts, against the same three models at one effort each, under the same budgets, through the product's learner,
 * router and cost policy. The numbers of `core/models/efforts.ts` come from this file, so each arm's prior takes them
 * from the other two models and the tuning prompts instead.
 */
import { priorOf, type ModelPrior } from '../../../src/core/learning/prior.ts';
import type { Space } from '../../../src/core/learning/space.ts';
import { outputFactor, qualityShift } from '../../../src/core/models/efforts.ts';
import { seeded } from '../../../scripts/train/random.ts';
import type { OutcomeMatrix } from '../outcomes.ts';
import { learn } from './bandit.ts';
import {
  bestFixed,
  datasetOf,
  leftOutSources,
  qualityOf,
  spendOf,
  trialOf,
  type Dataset,
  type Trial,
} from './dataset.ts';
import { deploy } from './deploy.ts';
import { pilot } from './policies.ts';
import { mean } from './references.ts';

const BASES = ['O1-2024-12-17 (N=1)', 'O3-Mini-2025-01-31', 'O4-Mini'] as const;
const LOW = BASES.map((base) => `${base} (Low)`);
const MEDIUM = ['O1-2024-12-17 (N=1) (Med)', 'O3-Mini-2025-01-31 (Med)', 'O4-Mini (Medium)'];
const HIGH = BASES.map((base) => `${base} (High)`);

export const EFFORT_MODELS: readonly string[] = [...LOW, ...MEDIUM, ...HIGH];
export const isEffortFile = (outcomes: string): boolean => /livecodebench_gen\.jsonl\.gz$/.test(outcomes);

/** By name; the pools with one effort for each model come first. */
export const EFFORT_POOLS = {
  low: LOW,
  medium: MEDIUM,
  high: HIGH,
  'low and high': [...LOW, ...HIGH],
  'low and medium': [...LOW, ...MEDIUM],
  'medium and high': [...MEDIUM, ...HIGH],
  'all three': EFFORT_MODELS,
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type EffortPool = keyof typeof EFFORT_POOLS;
export const SINGLE: readonly EffortPool[] = ['low', 'medium', 'high'];
/** As set-up proposes them. */
export const PROPOSED: EffortPool = 'low and medium';

export interface EffortPoint {
  readonly pool: EffortPool;
  /** Share of the cost of the best of the three models at high effort. */
  readonly fraction: number;
  /** Ratio to that model at high effort, on the same prompts. */
  readonly quality: number;
  readonly spend: number;
  readonly budget: number;
}

const FRACTIONS = [0.1, 0.25, 0.5, 1];

export function runEfforts(matrix: OutcomeMatrix, space: Space, seed: number): EffortPoint[] {
  const whole = datasetOf(matrix, space);
  const { deployment } = trialOf(whole, seed, 'deployment');
  // The usual effort for such a model is the highest; the router is to find the best effort for each prompt.
  const high = restricted(matrix, whole, HIGH);
  const best = bestFixed(high, deployment);
  const quality = qualityOf(high, deployment, best);
  const cost = spendOf(high, deployment, best);
  return Object.entries(EFFORT_POOLS).flatMap(([pool, models]) => {
    const own = restricted(matrix, whole, models);
    const trial = trialOf(own, seed, 'deployment');
    const priors = own.models.map((model) =>
      priorFor(own, model, shiftsWithout(baseOf(model), whole, trial.tuning)),
    );
    return FRACTIONS.map((fraction) => {
      const deployed = atBudget({ ...trial, data: { ...own, priors } }, fraction * cost);
      const { spend, budget } = deployed;
      return { pool: pool as EffortPool, fraction, quality: deployed.quality / quality, spend, budget };
    });
  });
}

const LEVELS = { Low: 'low', Med: 'medium', Medium: 'medium', High: 'high' } as const;
const levelOf = (model: string): 'low' | 'medium' | 'high' =>
  LEVELS[/\((\w+)\)$/.exec(model)?.[1] as keyof typeof LEVELS];
const baseOf = (model: string): string => BASES.find((base) => model.startsWith(base))!;

type Shifts = Readonly<Record<'low' | 'medium' | 'high', number>>;

/**
 * The effect of effort on quality in the form of `core/models/efforts.ts`, but only from the other two models and the
 * tuning prompts: no model is routed by its own outcomes, and none by outcomes on its learning or evaluation prompts.
 */
function shiftsWithout(base: string, { models, rows }: Dataset, tuning: readonly number[]): Shifts {
  const at = (level: 'low' | 'medium' | 'high'): number =>
    mean(
      models.flatMap((model, column) =>
        baseOf(model) === base || levelOf(model) !== level
          ? []
          : tuning.map((row) => rows[row]!.quality[column]!),
      ),
    );
  const medium = at('medium');
  return { low: at('low') - medium, medium: 0, high: at('high') - medium };
}

/** The model's published rating without its effort, and the shift, as in the product. */
function priorFor({ space, name }: Dataset, model: string, shifts: Shifts): ModelPrior {
  const without = leftOutSources([name], space.models);
  const prior = priorOf(space.models, baseOf(model).replace(' (N=1)', ''), undefined, { without });
  const theta = prior.theta.slice();
  theta[0] = theta[0]! + shifts[levelOf(model)];
  return { ...prior, theta };
}

function atBudget(trial: Trial, budget: number): ReturnType<typeof deploy> {
  const bandit = pilot();
  const rate = budget / trial.deployment.length;
  const estimates = learn(bandit, trial, rate, seeded(trial.seed * 31 + 7));
  return deploy(trial, estimates, bandit.deployUnder, budget);
}

function restricted(matrix: OutcomeMatrix, { features, space }: Dataset, models: readonly string[]): Dataset {
  const columns = models.map((model) => matrix.models.indexOf(model));
  const rows = matrix.rows.map((row) => ({
    ...row,
    quality: Float64Array.from(columns, (column) => row.quality[column]!),
    cost: Float64Array.from(columns, (column) => row.cost[column]!),
  }));
  return datasetOf({ ...matrix, models, rows }, space, { features });
}

export interface EffortRow {
  readonly pool: EffortPool;
  readonly fraction: number;
  readonly quality: number;
  readonly qualityStd: number;
}

/** Means over seeds. */
export function effortRows(seeds: readonly (readonly EffortPoint[])[]): EffortRow[] {
  return Object.keys(EFFORT_POOLS).flatMap((pool) =>
    FRACTIONS.map((fraction) => {
      const values = seeds.flatMap((points) =>
        points.flatMap((point) =>
          point.pool === pool && point.fraction === fraction ? [point.quality] : [],
        ),
      );
      const centre = mean(values);
      const variance = mean(values.map((value) => (value - centre) ** 2));
      return { pool: pool as EffortPool, fraction, quality: centre, qualityStd: Math.sqrt(variance) };
    }),
  );
}

/** The gain at a fraction over the best of the pools with one effort each. */
export function effortGain(rows: readonly EffortRow[], pool: EffortPool, fraction: number): number {
  const at = (name: EffortPool): number =>
    rows.find((row) => row.pool === name && row.fraction === fraction)?.quality ?? NaN;
  return at(pool) - Math.max(...SINGLE.map(at));
}

/** The file's own effect of effort, beside the shipped one. */
export function effortFacts(matrix: OutcomeMatrix): string {
  const meanOf = (models: readonly string[], what: 'quality' | 'cost'): number =>
    mean(models.flatMap((model) => matrix.rows.map((row) => row[what][matrix.models.indexOf(model)] ?? NaN)));
  const told = (['low', 'high'] as const).map((level) => {
    const apart = meanOf(EFFORT_POOLS[level], 'quality') - meanOf(MEDIUM, 'quality');
    const times = meanOf(EFFORT_POOLS[level], 'cost') / meanOf(MEDIUM, 'cost');
    return `${level}: quality ${apart.toFixed(3)} (ships ${qualityShift(level)}), cost x ${times.toFixed(2)} (output ships x ${outputFactor(level)})`;
  });
  return `Against medium effort, ${told.join('; ')}.`;
}
