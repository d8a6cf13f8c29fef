/** The benchmark's JSON for each dataset; means over seeds. */
import type { EffortRow } from './efforts.ts';
import type { DatasetRun } from './report.ts';
import { mean } from './references.ts';
import type { Paired } from './seed.ts';

export interface CurvePoint {
  readonly fraction: number;
  /** USD for the deployment set: the fraction of the best fixed model's cost. */
  readonly budget: number;
  readonly spend: number;
  /** The largest spending of any seed as a share of its own budget, times `budget`: never above `budget`. */
  readonly worstSpend: number;
  readonly quality: number;
  /** Over seeds. */
  readonly qualityStd: number;
  /** Number of prompts for which no arm fitted the rest of the budget, mean over seeds. */
  readonly refused: number;
}

/** Over seeds. */
export interface Spread {
  readonly quality: number;
  readonly qualityStd: number;
}

export interface DatasetJson {
  /** The file's name without `.jsonl.gz`; with `--deploy`, the name of the learning file. */
  readonly dataset: string;
  /** With `--deploy`, the deployment file; otherwise null. */
  readonly deployedOn: string | null;
  readonly models: readonly string[];
  readonly rows: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly droppedThere: Readonly<Record<string, number>> | null;
  readonly leftOut: readonly { readonly model: string; readonly why: string }[];
  readonly priors: readonly string[];
  readonly bestFixed: { readonly model: string; readonly quality: number; readonly cost: number };
  readonly oracle: { readonly quality: number; readonly cost: number };
  readonly curves: readonly { readonly policy: string; readonly points: readonly CurvePoint[] }[];
  readonly learning: readonly {
    readonly policy: string;
    readonly points: readonly {
      readonly feedbacks: number;
      readonly quality: number;
      readonly qualityStd: number;
    }[];
  }[];
  readonly regret: readonly {
    readonly policy: string;
    readonly points: readonly {
      readonly prompts: number;
      readonly regret: number;
      readonly regretStd: number;
    }[];
  }[];
  /** O1, O3-Mini and O4-Mini at the efforts in `pool`; absent where the file has none. */
  readonly efforts?: readonly EffortRow[];
  readonly paired: readonly {
    readonly fraction: number;
    readonly against: string;
    readonly difference: number;
    readonly standardError: number;
  }[];
  /** By task, in the order of `models`. */
  readonly shares: Readonly<
    Record<string, { readonly share: readonly number[]; readonly shareStd: readonly number[] }>
  >;
  /** For a number of feedbacks: a policy's quality minus that of tuned cold LinUCB after as many. */
  readonly againstCold: readonly {
    readonly policy: string;
    readonly feedbacks: number;
    readonly difference: number;
    readonly standardError: number;
  }[];
  readonly tunedCold: DatasetRun['tuned'];
  /** Cold LinUCB by setting: its score on the tuning folds, and its start on the deployment prompts. */
  readonly coldGrid: readonly {
    readonly alpha: number;
    readonly lambda: number;
    readonly tuningScore: number;
    readonly points: readonly { readonly feedbacks: number; readonly quality: number }[];
  }[];
  readonly scenarios: Readonly<Record<string, Spread>>;
  readonly reactions: Readonly<Record<string, Reaction>>;
  readonly ablation: Readonly<Record<string, Spread>>;
}

/** Prompts after a change until the router has followed it; null = never. */
export interface Reaction {
  readonly median: number | null;
  readonly fastest: number | null;
  readonly slowest: number | null;
  /** Number of seeds in which it never did. */
  readonly never: number;
}

export const toJson = (runs: readonly DatasetRun[]): DatasetJson[] => runs.map(datasetJson);

export function datasetJson(run: DatasetRun): DatasetJson {
  const { description, results, scenarios, ablation } = run;
  const { dataset, deployedOn, models, rows, dropped, droppedThere, leftOut, priors } = description;
  const policies = Object.keys(results[0]?.curves ?? {});
  return {
    dataset,
    deployedOn: deployedOn ?? null,
    models,
    rows,
    dropped,
    droppedThere: droppedThere ?? null,
    leftOut,
    priors,
    bestFixed: {
      model: mostOften(results.map(({ best }) => models[best.arm]!)),
      quality: mean(results.map(({ best }) => best.quality)),
      cost: mean(results.map(({ best }) => best.cost)),
    },
    oracle: {
      quality: mean(results.map(({ oracle }) => oracle.quality)),
      cost: mean(results.map(({ oracle }) => oracle.spend)),
    },
    curves: policies.map((policy) => ({ policy, points: curveOf(results, policy) })),
    learning: learningOf(results),
    regret: regretOf(results),
    ...(run.efforts && { efforts: run.efforts.rows }),
    paired: pairedOf(results),
    shares: sharesOf(results, models.length),
    againstCold: againstColdOf(results),
    tunedCold: run.tuned,
    coldGrid: coldGridOf(run),
    scenarios: spreadsOf(scenarios.map(({ quality }) => quality)),
    reactions: reactionsOf(scenarios),
    ablation: spreadsOf(ablation),
  };
}

function curveOf(results: DatasetRun['results'], policy: string): CurvePoint[] {
  const curves = results.map(({ curves: all }) => all[policy] ?? []);
  return (curves[0] ?? []).map(({ fraction }, i) => {
    const points = curves.map((curve) => curve[i]!);
    const budget = mean(points.map((point) => point.budget));
    return {
      fraction,
      budget,
      spend: mean(points.map(({ spend }) => spend)),
      worstSpend:
        budget * Math.max(...points.map((point) => (point.budget > 0 ? point.spend / point.budget : 0))),
      quality: mean(points.map(({ quality }) => quality)),
      qualityStd: deviation(points.map(({ quality }) => quality)),
      refused: mean(points.map(({ refused }) => refused)),
    };
  });
}

const learningOf = (results: DatasetRun['results']): DatasetJson['learning'] =>
  Object.keys(results[0]?.learning ?? {}).map((policy) => ({
    policy,
    points: series(
      results.map(({ learning }) => (learning[policy] ?? []).map(({ n, quality }) => [n, quality] as const)),
    ).map(([feedbacks, quality, qualityStd]) => ({ feedbacks, quality, qualityStd })),
  }));

const regretOf = (results: DatasetRun['results']): DatasetJson['regret'] =>
  Object.keys(results[0]?.regret ?? {}).map((policy) => ({
    policy,
    points: series(
      results.map(({ regret }) => (regret[policy] ?? []).map((point) => [point.n, point.regret] as const)),
    ).map(([prompts, regret, regretStd]) => ({ prompts, regret, regretStd })),
  }));

const coldGridOf = ({ grid, results }: DatasetRun): DatasetJson['coldGrid'] =>
  grid.map(({ alpha, lambda, score }, i) => ({
    alpha,
    lambda,
    tuningScore: score,
    points: series(
      results.map(({ coldStarts }) => (coldStarts[i] ?? []).map(({ n, quality }) => [n, quality] as const)),
    ).map(([feedbacks, quality]) => ({ feedbacks, quality })),
  }));

/** Mean and deviation by the first number of each pair. */
function series(
  runs: readonly (readonly (readonly [number, number])[])[],
): [at: number, mean: number, deviation: number][] {
  const byAt = new Map<number, number[]>();
  for (const run of runs) for (const [at, value] of run) byAt.set(at, [...(byAt.get(at) ?? []), value]);
  return [...byAt].map(([at, values]) => [at, mean(values), deviation(values)]);
}

/**
 * Pooled: the mean of the differences, and the root mean square of the seeds' standard errors (their prompts overlap).
 */
function pairedOf(results: DatasetRun['results']): DatasetJson['paired'] {
  return (results[0]?.paired ?? []).flatMap(({ fraction, against }, i) =>
    Object.keys(against).map((other) => ({
      fraction,
      against: other,
      ...pooled(results.map(({ paired }) => paired[i]!.against[other]!)),
    })),
  );
}

const againstColdOf = (results: DatasetRun['results']): DatasetJson['againstCold'] =>
  Object.entries(results[0]?.againstCold ?? {}).flatMap(([policy, points]) =>
    points.map(({ n }, i) => ({
      policy,
      feedbacks: n,
      ...pooled(results.map(({ againstCold }) => againstCold[policy]![i]!)),
    })),
  );

const pooled = (
  pairs: readonly Paired[],
): { readonly difference: number; readonly standardError: number } => ({
  difference: mean(pairs.map(({ difference }) => difference)),
  standardError: Math.sqrt(mean(pairs.map(({ error }) => error * error))),
});

/** A task's row comes from the seeds whose deployment prompts contain it. */
function sharesOf(results: DatasetRun['results'], nModels: number): DatasetJson['shares'] {
  const tasks = new Set(results.flatMap(({ shares }) => Object.keys(shares)));
  return Object.fromEntries(
    [...tasks].map((task) => {
      const seeds = results.flatMap(({ shares }) => (shares[task] === undefined ? [] : [shares[task]]));
      const over = (of: (values: readonly number[]) => number): number[] =>
        Array.from({ length: nModels }, (_, arm) => thousandths(of(seeds.map((seed) => seed[arm]!))));
      return [task, { share: over(mean), shareStd: over(deviation) }];
    }),
  );
}

const thousandths = (value: number): number => Math.round(1000 * value) / 1000;

const spreadsOf = (runs: readonly Readonly<Record<string, number>>[]): Record<string, Spread> =>
  Object.fromEntries(
    Object.keys(runs[0] ?? {}).map((key) => {
      const values = runs.map((run) => run[key]!);
      return [key, { quality: mean(values), qualityStd: deviation(values) }];
    }),
  );

function reactionsOf(scenarios: DatasetRun['scenarios']): DatasetJson['reactions'] {
  return Object.fromEntries(
    Object.keys(scenarios[0]?.reaction ?? {}).map((key) => {
      const seen = scenarios
        .flatMap(({ reaction }) => (reaction[key] === undefined ? [] : [reaction[key]]))
        .sort((a, b) => a - b);
      const never = scenarios.length - seen.length;
      // Over all seeds: those without a reaction are the slowest.
      const at = (place: number): number | null => seen[place] ?? null;
      const last = scenarios.length - 1;
      return [key, { median: at(Math.floor(last / 2)), fastest: at(0), slowest: at(last), never }];
    }),
  );
}

export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(
    mean(values.map((value) => (value - middle) ** 2)) * (values.length / Math.max(1, values.length - 1)),
  );
}

function mostOften(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
