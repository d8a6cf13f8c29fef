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

/** The bars of the default policy, each with its worst case. A month that ends early is nobody's to foresee. */
export function verdictsOf(cells: readonly Cell[]): string {
  const own = cells.filter((cell) => cell.policy === defaultPolicy && cell.feasible);
  const long = own.filter(({ horizon }) => horizon >= 600);
  const foreseeable = own.filter(({ arrivals }) => arrivals !== 'ends-early');
  const lowestQuality = least(long, (cell) => cell.quality / cell.hindsightQuality);
  const lowestSpend = least(full(foreseeable), (cell) => cell.spend);
  const driest = least(own, (cell) => cell.driedAt);
  const short = own
    .filter(({ horizon }) => horizon === 60)
    .map((cell) => ({ cell, gap: gapToRival(cell, cells) }));
  const behind = short.filter(({ gap }) => gap.difference < -gap.error);
  return [
    `default policy: ${defaultPolicy}; spend never above the budget: ${String(own.every((cell) => cell.worstSpend <= 1))}`,
    `quality / hindsight at 600 and more, lowest: ${say(lowestQuality)} (bar 0.98), ` +
      `below the bar: ${long.filter((cell) => cell.quality < 0.98 * cell.hindsightQuality).length} of ${long.length}`,
    `spend where hindsight spends 99 %, lowest, months that end early left out: ${say(lowestSpend)} (bar 0.9)`,
    `dry at, earliest: ${say(driest)} (bar 0.9), before it: ${own.filter((cell) => cell.driedAt < 0.9).length} of ${own.length}`,
    `60 prompts, more than one standard error behind the better of ZCL and B/Q with spill-over: ` +
      `${behind.length} of ${short.length}`,
  ].join('\n');
}

/** Against the better of the two rivals in the same situation, paired by seed. */
function gapToRival(
  cell: Cell,
  cells: readonly Cell[],
): { readonly difference: number; readonly error: number } {
  const rivals = cells.filter(
    (other) =>
      ['zcl', 'fixed-rate-spill'].includes(other.policy) &&
      other.dataset === cell.dataset &&
      other.horizon === cell.horizon &&
      other.arrivals === cell.arrivals &&
      other.fraction === cell.fraction,
  );
  if (rivals.length === 0) return { difference: 0, error: 0 };
  const rival = rivals.reduce((a, b) => (b.quality > a.quality ? b : a));
  const differences = cell.paired.map((value, i) => value - rival.paired[i]!);
  const average = mean(differences);
  const variance = mean(differences.map((value) => (value - average) ** 2));
  return { difference: average, error: Math.sqrt(variance / Math.max(1, differences.length - 1)) };
}

const full = (cells: readonly Cell[]): readonly Cell[] =>
  cells.filter(({ hindsightSpend }) => hindsightSpend >= 0.99);

const ratio = (cells: readonly Cell[], by: 'bestFixedQuality' | 'hindsightQuality'): number =>
  mean(cells.map((cell) => cell.quality / cell[by]));

function least(
  cells: readonly Cell[],
  of: (cell: Cell) => number,
): { readonly value: number; readonly cell: Cell } | undefined {
  return cells.map((cell) => ({ value: of(cell), cell })).sort((a, b) => a.value - b.value)[0];
}

const say = (found: ReturnType<typeof least>): string =>
  found
    ? `${three(found.value)} (${found.cell.dataset}, ${found.cell.horizon} prompts, ${found.cell.arrivals}, budget ${found.cell.fraction})`
    : 'none';

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
