/** The tables for readers, and the bars that the default policy must reach. */
import { defaultPolicy } from '../../../src/core/money/policies/index.ts';
import type { Cell } from './cells.ts';
import { mean } from './simulate.ts';

/**
 * By horizon and policy: quality over that of the hindsight price, over all situations that the cheapest model's cost
 * allows.
 */
export function tablesOf(cells: readonly Cell[]): string {
  const lines = [
    '| prompts | policy | quality / best fixed | quality / hindsight price | spend where hindsight spends 99 % | refused | dry before the last tenth |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const horizon of distinct(cells.map((cell) => cell.horizon))) {
    for (const policy of distinct(cells.map((cell) => cell.policy))) {
      const own = cells.filter((cell) => cell.horizon === horizon && cell.policy === policy && cell.feasible);
      lines.push(
        `| ${horizon} | ${policy} | ${three(ratio(own, 'bestFixedQuality'))} | ${three(ratio(own, 'hindsightQuality'))} | ` +
          `${three(mean(full(own).map(({ spend }) => spend)))} | ${percent(mean(own.map((cell) => cell.refusedShare)))} | ` +
          `${percent(mean(own.map(({ dryMonths, paired }) => dryMonths / paired.length)))} |`,
      );
    }
  }
  return lines.join('\n');
}

/** A bar for the default policy, with the budgets that miss it. */
export interface Bar {
  readonly what: string;
  /** Undefined = a policy for the comparison was not run. */
  readonly reached: boolean | undefined;
  /** Number of budgets (of months, for the money that must last) that reach the bar. */
  readonly at: number;
  readonly of: number;
  /** Worst first. */
  readonly short: readonly { readonly budget: string; readonly value: number }[];
}

/**
 * The bars of the default policy at each budget of each dataset, the kinds of month pooled. A month that ends early
 * without notice is in the tables and must last, but does not count for quality and spending, since keeping money for
 * expected requests is right.
 */
export function barsOf(cells: readonly Cell[]): readonly Bar[] {
  const feasible = cells.filter((cell) => cell.feasible);
  const budgets = pooled(feasible.filter(({ arrivals }) => arrivals !== 'ends-early'));
  const own = budgets.filter(({ policy }) => policy === defaultPolicy);
  const horizons = distinct(own.map(({ horizon }) => horizon));
  const of = (horizon: number): readonly Budget[] => own.filter((budget) => budget.horizon === horizon);
  const exhausting = (horizon: number): readonly Budget[] =>
    of(horizon).filter(({ hindsightSpend }) => hindsightSpend >= 0.99);
  return [
    bar(
      'never spends more than the budget',
      own,
      ({ worstSpend }) => worstSpend <= 1,
      (b) => b.worstSpend,
    ),
    ...horizons
      .filter((horizon) => horizon >= 600)
      .map(
        (horizon) =>
        bar(`${horizon} prompts: quality >= 0.98 of the hindsight price`, of(horizon), (b) => b.relative >= 0.98, (b) => b.relative), // prettier-ignore
      ),
    ...horizons.map(
      (horizon) =>
      bar(`${horizon} prompts: spend >= 0.9 where the hindsight price spends 0.99`, exhausting(horizon), (b) => b.spend >= 0.9, (b) => b.spend), // prettier-ignore
    ),
    ...horizons.map((horizon) => lasting(horizon, feasible)),
    ...horizons
      .filter((horizon) => horizon === 60)
      .map((horizon) => besideRivals(horizon, of(horizon), budgets)),
  ];
}

export const said = ({ what, reached, at, of, short }: Bar): string =>
  (reached === undefined
    ? `not run     ${what}`
    : `${reached ? 'reached    ' : 'NOT REACHED'} ${what}: ${at} of ${of}`) +
  short.map(({ budget, value }) => `\n              ${three(value)} ${budget}`).join('');

function besideRivals(horizon: number, own: readonly Budget[], all: readonly Budget[]): Bar {
  const what = `${horizon} prompts: not more than one standard error below the better of ZCL and B/Q with spill-over`;
  const compared = own.flatMap((budget) => {
    const value = behind(budget, all);
    return value === undefined ? [] : [{ ...budget, value }];
  });
  // An incomplete comparison would look complete.
  if (compared.length === 0 || compared.length < own.length)
    return { what, reached: undefined, at: 0, of: 0, short: [] };
  return bar(what, compared, ({ value }) => value >= -1, ({ value }) => value); // prettier-ignore
}

/** Months with money until their last tenth. */
function lasting(horizon: number, feasible: readonly Cell[]): Bar {
  const own = feasible.filter((cell) => cell.policy === defaultPolicy && cell.horizon === horizon);
  const months = own.reduce((sum, cell) => sum + cell.paired.length, 0);
  const dry = own.filter(({ dryMonths }) => dryMonths > 0).sort((a, b) => a.driedAt - b.driedAt);
  const nDry = dry.reduce((sum, cell) => sum + cell.dryMonths, 0);
  return {
    what: `${horizon} prompts: months with money until their last tenth`,
    reached: nDry === 0,
    at: months - nDry,
    of: months,
    short: dry.map((cell) => ({ budget: `${nameOf(cell)}, ${cell.arrivals}`, value: cell.driedAt })),
  };
}

/** One policy at one budget of one dataset: the kinds of month and the seeds taken together. */
interface Budget {
  readonly dataset: string;
  readonly horizon: number;
  readonly fraction: number;
  readonly policy: string;
  /** Quality over that of the hindsight price. */
  readonly relative: number;
  readonly spend: number;
  readonly worstSpend: number;
  readonly hindsightSpend: number;
  /** Quality minus that of the hindsight price, by seed. */
  readonly paired: readonly number[];
}

function pooled(cells: readonly Cell[]): readonly Budget[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = [cell.dataset, cell.horizon, cell.fraction, cell.policy].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Cell, ...Cell[]];
    const { dataset, horizon, fraction, policy } = first;
    return {
      ...{ dataset, horizon, fraction, policy },
      relative: mean(group.map((c) => c.quality)) / mean(group.map((c) => c.hindsightQuality)),
      spend: mean(group.map((c) => c.spend)),
      worstSpend: Math.max(...group.map((c) => c.worstSpend)),
      hindsightSpend: mean(group.map((c) => c.hindsightSpend)),
      // The kinds of month share a seed's prompts, so they are one sample.
      paired: first.paired.map((_, seed) => mean(group.map((c) => c.paired[seed]!))),
    };
  });
}

/** Standard errors above the better of the two rivals, paired by seed; negative = below it; undefined without both. */
function behind(budget: Budget, all: readonly Budget[]): number | undefined {
  const rivals = all.filter(
    (other) =>
      (other.policy === 'zcl' || other.policy === 'fixed-rate-spill') &&
      other.dataset === budget.dataset &&
      other.horizon === budget.horizon &&
      other.fraction === budget.fraction,
  );
  if (rivals.length < 2) return undefined;
  const rival = rivals.reduce((a, b) => (b.relative > a.relative ? b : a));
  const differences = budget.paired.map((value, i) => value - rival.paired[i]!);
  const average = mean(differences);
  const variance = mean(differences.map((value) => (value - average) ** 2));
  const error = Math.sqrt(variance / Math.max(1, differences.length - 1));
  if (error === 0) return average >= 0 ? 0 : -Infinity;
  return average / error;
}

function bar<B extends Budget>(
  what: string,
  budgets: readonly B[],
  reaches: (budget: B) => boolean,
  value: (budget: B) => number,
): Bar {
  const short = budgets
    .filter((budget) => !reaches(budget))
    .map((budget) => ({ budget: nameOf(budget), value: value(budget) }))
    .sort((a, b) => a.value - b.value);
  return { what, reached: short.length === 0, at: budgets.length - short.length, of: budgets.length, short };
}

const nameOf = ({ dataset, horizon, fraction }: Pick<Budget, 'dataset' | 'horizon' | 'fraction'>): string =>
  `${dataset}, ${horizon} prompts, ${100 * fraction} % of the best model's cost`;

const full = (cells: readonly Cell[]): readonly Cell[] =>
  cells.filter(({ hindsightSpend }) => hindsightSpend >= 0.99);

const ratio = (cells: readonly Cell[], by: 'bestFixedQuality' | 'hindsightQuality'): number =>
  mean(cells.map((cell) => cell.quality / cell[by]));

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
