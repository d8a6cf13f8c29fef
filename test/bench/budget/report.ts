/** The tables a person reads, and the bars the default policy has to pass. */
import { defaultPolicy } from '../../../src/core/policies/index.ts';
import type { Cell } from './cells.ts';
import { mean } from './simulate.ts';

/** By horizon and policy: quality over hindsight's, over all situations that the cheapest model's cost allows. */
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
          `${percent(mean(own.map(({ driedAt }) => (driedAt < 0.9 ? 1 : 0))))} |`,
      );
    }
  }
  return lines.join('\n');
}

/**
 * The bars of the default policy, at each budget of each dataset, the kinds of month pooled. A month that ends early
 * without notice is in the tables, not in the bars: money kept for requests that do not come is kept rightly.
 */
export function verdictsOf(cells: readonly Cell[]): string {
  const budgets = pooled(cells.filter(({ arrivals, feasible }) => arrivals !== 'ends-early' && feasible));
  const own = budgets.filter(({ policy }) => policy === defaultPolicy);
  const long = own.filter(({ horizon }) => horizon >= 600);
  const exhausting = own.filter(({ hindsightSpend }) => hindsightSpend >= 0.99);
  const behind = own.filter(({ horizon }) => horizon === 60).filter((budget) => isBehind(budget, budgets));
  return [
    `Default policy ${defaultPolicy}; spend above the budget: ${own.filter(({ worstSpend }) => worstSpend > 1).length} budgets.`,
    bar('quality >= 0.98 of the hindsight price, 600 and more prompts', long, (b) => b.relative, 0.98),
    bar('spend >= 0.9 where the hindsight price spends 0.99', exhausting, (b) => b.spend, 0.9),
    bar('money lasts to the last tenth of the month', own, (b) => b.driedAt, 0.9),
    `60 prompts: ${behind.length} of ${own.filter(({ horizon }) => horizon === 60).length} budgets more than one standard ` +
      `error behind the better of ZCL and B/Q with spill-over${behind.map((b) => `\n    ${nameOf(b)}`).join('')}`,
  ].join('\n');
}

/** One policy at one budget of one dataset: the kinds of month and the seeds taken together. */
interface Budget {
  readonly dataset: string;
  readonly horizon: number;
  readonly fraction: number;
  readonly policy: string;
  /** Quality over hindsight's. */
  readonly relative: number;
  readonly spend: number;
  readonly worstSpend: number;
  readonly hindsightSpend: number;
  readonly driedAt: number;
  /** Quality less hindsight's, by seed. */
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
      driedAt: Math.min(...group.map((c) => c.driedAt)),
      // The kinds of month share a seed's prompts, so they are one sample, not several.
      paired: first.paired.map((_, seed) => mean(group.map((c) => c.paired[seed]!))),
    };
  });
}

/** Against the better of the two rivals, paired by seed. */
function isBehind(budget: Budget, all: readonly Budget[]): boolean {
  const rivals = all.filter(
    (other) =>
      (other.policy === 'zcl' || other.policy === 'fixed-rate-spill') &&
      other.dataset === budget.dataset &&
      other.horizon === budget.horizon &&
      other.fraction === budget.fraction,
  );
  if (rivals.length === 0) return false;
  const rival = rivals.reduce((a, b) => (b.relative > a.relative ? b : a));
  const differences = budget.paired.map((value, i) => value - rival.paired[i]!);
  const average = mean(differences);
  const variance = mean(differences.map((value) => (value - average) ** 2));
  return average < -Math.sqrt(variance / Math.max(1, differences.length - 1));
}

function bar(
  what: string,
  budgets: readonly Budget[],
  of: (budget: Budget) => number,
  least: number,
): string {
  const below = budgets.filter((budget) => of(budget) < least).sort((a, b) => of(a) - of(b));
  const list = below.map((budget) => `\n    ${three(of(budget))} ${nameOf(budget)}`);
  return `${what}: ${budgets.length - below.length} of ${budgets.length} budgets${list.join('')}`;
}

const nameOf = ({ dataset, horizon, fraction }: Budget): string =>
  `${dataset}, ${horizon} prompts, ${100 * fraction} % of the best model's cost`;

const full = (cells: readonly Cell[]): readonly Cell[] =>
  cells.filter(({ hindsightSpend }) => hindsightSpend >= 0.99);

const ratio = (cells: readonly Cell[], by: 'bestFixedQuality' | 'hindsightQuality'): number =>
  mean(cells.map((cell) => cell.quality / cell[by]));

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
