/** Runs every policy on every dataset, horizon, kind of month and budget, over seeds. */
import type { NanoUsd } from '../../../src/core/brand.ts';
import type { AnyPolicy } from '../../../src/core/money/policies/index.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { trialOf, type Dataset, type Trial } from '../router/dataset.ts';
import { cachedByRow, fullInformation } from '../router/references.ts';
import { arrivalKinds, monthOf, type ArrivalKind } from './arrivals.ts';
import { atHindsightPrice, mean, promptOf, runMonth, type Outcome, type Prompt } from './simulate.ts';

/** Share of the month: one that runs out of money earlier counts as dry. */
export const LAST_TENTH = 0.9;
export const fractions = [0.02, 0.05, 0.1, 0.25, 0.5, 1] as const;

/** One policy in one situation, over the seeds. */
export interface Cell {
  readonly dataset: string;
  readonly horizon: number;
  readonly arrivals: ArrivalKind;
  /** Budget over the cost of the best fixed model. */
  readonly fraction: number;
  readonly policy: string;
  readonly quality: number;
  readonly bestFixedQuality: number;
  /**
   * Quality at the lowest single price that stays within the budget, known only afterwards; same estimates, no gate.
   */
  readonly hindsightQuality: number;
  readonly hindsightSpend: number;
  /** Spend over budget. */
  readonly spend: number;
  readonly worstSpend: number;
  readonly refusedShare: number;
  /** Elapsed share of the month when the money was used up; 1 = it lasted. Earliest over seeds. */
  readonly driedAt: number;
  /** Number of months, one for each seed, that ran dry before their last tenth. */
  readonly dryMonths: number;
  /** Whether the cheapest model alone fits the budget in every seed; otherwise no policy can answer everything. */
  readonly feasible: boolean;
  /** Quality minus that of the hindsight price, by seed. */
  readonly paired: readonly number[];
}

export interface CellOptions {
  readonly horizons: readonly number[];
  readonly seeds: number;
  readonly policies: readonly AnyPolicy[];
  readonly fold: 'tuning' | 'deployment';
  readonly onProgress: (share: number) => void;
}

export function runCells(data: Dataset, options: CellOptions): Cell[] {
  const worlds = Array.from({ length: options.seeds }, (_, i) => trialOf(data, i + 1, options.fold)).map(
    (trial) => ({
      trial,
      estimates: cachedByRow(fullInformation(trial)),
    }),
  );
  const cells: Cell[] = [];
  const total = options.horizons.reduce((sum, n) => sum + n, 0);
  let done = 0;
  for (const horizon of options.horizons) {
    const samples = worlds.map(({ trial, estimates }) => sampleOf(trial, estimates, horizon));
    for (const fraction of fractions) {
      const funded = samples.map((sample) => fund(sample, fraction));
      for (const arrivals of arrivalKinds)
        cells.push(...situation(data.name, funded, arrivals, fraction, options.policies));
      done += horizon / fractions.length;
      options.onProgress(done / total);
    }
  }
  return cells;
}

export function samplesOf(
  data: Dataset,
  { seeds, fold, horizon }: Pick<CellOptions, 'seeds' | 'fold'> & { readonly horizon: number },
): readonly Sample[] {
  return Array.from({ length: seeds }, (_, i) => {
    const trial = trialOf(data, i + 1, fold);
    return sampleOf(trial, cachedByRow(fullInformation(trial)), horizon);
  });
}

/** A month's prompts, drawn with replacement, and those of the months before, which the policy has seen. */
interface Sample {
  readonly seed: number;
  readonly prompts: readonly Prompt[];
  readonly before: readonly Prompt[];
  readonly bestQuality: number;
  readonly bestCost: number;
  readonly cheapestCost: number;
}

const SEEN_BEFORE = 300;

function sampleOf(trial: Trial, estimates: (row: number) => Float64Array, horizon: number): Sample {
  const random = seeded(1000 * trial.seed + horizon);
  const draw = (rows: readonly number[], n: number): Prompt[] =>
    Array.from({ length: n }, () => {
      const row = rows[Math.floor(random() * rows.length)]!;
      return promptOf(trial, row, estimates(row));
    });
  const prompts = draw(trial.deployment, horizon);
  const models = trial.data.models.map((_, arm) => ({
    quality: mean(prompts.map(({ quality }) => quality[arm]!)),
    cost: mean(prompts.map(({ cost }) => cost[arm]!)),
  }));
  const best = models.reduce((a, b) => (b.quality > a.quality ? b : a));
  return {
    seed: trial.seed,
    prompts,
    before: draw(trial.learning, Math.min(SEEN_BEFORE, 2 * horizon)),
    bestQuality: best.quality,
    bestCost: best.cost,
    cheapestCost: Math.min(...models.map(({ cost }) => cost)),
  };
}

/** A month's prompts with a budget and the result of the hindsight price, for any arrival times. */
interface Funded {
  readonly sample: Sample;
  readonly budget: NanoUsd;
  readonly hindsight: Outcome;
}

function fund(sample: Sample, fraction: number): Funded {
  const budget = Math.floor(fraction * sample.prompts.length * sample.bestCost) as NanoUsd;
  return { sample, budget, hindsight: atHindsightPrice(sample.prompts, budget) };
}

function situation(
  dataset: string,
  funded: readonly Funded[],
  arrivals: ArrivalKind,
  fraction: number,
  policies: readonly AnyPolicy[],
): Cell[] {
  const runs = funded.map((one) => {
    const n = one.sample.prompts.length;
    return { ...one, month: monthOf(arrivals, n, seeded(77 * one.sample.seed + n)) };
  });
  const common = {
    dataset,
    horizon: runs[0]!.sample.prompts.length,
    arrivals,
    fraction,
    bestFixedQuality: mean(runs.map(({ sample }) => sample.bestQuality)),
    hindsightQuality: mean(runs.map(({ hindsight }) => hindsight.quality)),
    hindsightSpend: mean(runs.map(({ hindsight, budget }) => hindsight.spend / budget)),
    feasible: runs.every(({ hindsight, budget }) => hindsight.spend <= budget),
  };
  return policies.map((policy) => {
    const outcomes: Outcome[] = runs.map(({ sample, month, budget }) =>
      runMonth(policy, sample.prompts, month, budget, arrivals === 'new-user' ? [] : sample.before),
    );
    const spends = outcomes.map(({ spend }, i) => spend / runs[i]!.budget);
    return {
      ...common,
      policy: policy.name,
      quality: mean(outcomes.map(({ quality }) => quality)),
      spend: mean(spends),
      worstSpend: Math.max(...spends),
      refusedShare: mean(outcomes.map(({ refused, scores }) => refused / scores.length)),
      driedAt: Math.min(...outcomes.map(({ driedAt }) => driedAt)),
      dryMonths: outcomes.filter(({ driedAt }) => driedAt < LAST_TENTH).length,
      paired: outcomes.map(({ quality }, i) => quality - runs[i]!.hindsight.quality),
    };
  });
}
