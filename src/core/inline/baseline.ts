/**
 * Estimates how often this user accepts a completion, whichever model made it. Acceptance depends on language, position
 * and length far more than on the model; without a correction, an arm that is mostly asked at easy places looks good.
 * The baseline b is the mean reward of a cell (language, position, length), shrunk to its position and length, and then
 * to the overall mean m:
 *
 *     corrected = m + s (reward - b),   s = min(1, m / b, (1 - m) / (1 - b)).
 *
 * An arm as good as the others averages m at any place, so the level stays the user's mean acceptance, which the cost
 * policy reads. s is the largest scale that keeps every reward in [0, 1], so that no reward is clamped, which would add
 * bias: s is 1 at an average place and shrinks differences between arms at extreme places.
 */
import { mapOf, number, object, parse, where } from '../shape.ts';
export type PositionClass = 'empty-line' | 'line-start' | 'line-end' | 'before-closers';

export interface Situation {
  readonly languageId: string;
  readonly position: PositionClass;
  /** Length of the suggestion in characters. */
  readonly length: number;
}

interface BaselineCell {
  readonly sum: number;
  readonly weight: number;
}

export interface Baseline {
  readonly cells: Readonly<Record<string, BaselineCell>>;
}

export const initialBaseline: Baseline = { cells: {} };

/** Published acceptance of ghost text is 20 to 35 %; the prior counts as ten observations. */
const PRIOR: BaselineCell = { sum: 3, weight: 10 };
/** Number of observations that a parent contributes to its child. */
const SHRINKAGE = 15;
/** Upper bound on a cell's weight, so that the baseline follows a change of habits. */
const MAX_WEIGHT = 400;
const MAX_CELLS = 300;

export function positionClass(linePrefix: string, lineSuffix: string): PositionClass {
  if (lineSuffix.trim() !== '') return 'before-closers';
  const before = linePrefix.trim();
  if (before === '') return 'empty-line';
  return before.length <= 3 ? 'line-start' : 'line-end';
}

/** The values that correct a reward; fixed at the decision's first verdict and kept for its revisions. */
export interface Correction {
  readonly mean: number;
  readonly baseline: number;
}

export function correctionFor(state: Baseline, situation: Situation): Correction {
  const mean = shrunkMean(state.cells['*'], PRIOR.sum / PRIOR.weight, PRIOR.weight);
  const [, shape, full] = keys(situation);
  const shaped = shrunkMean(state.cells[shape], mean, SHRINKAGE);
  const baseline = shrunkMean(state.cells[full], shaped, SHRINKAGE);
  return { mean, baseline };
}

export function corrected(reward: number, { mean, baseline }: Correction): number {
  const scale = Math.min(1, mean / Math.max(baseline, 1e-9), (1 - mean) / Math.max(1 - baseline, 1e-9));
  return Math.min(1, Math.max(0, mean + scale * (reward - baseline)));
}

/** `former`: the reward learned earlier for the same decision, which is subtracted; undefined = none. */
export function learnBaseline(
  state: Baseline,
  situation: Situation,
  observed: { readonly reward: number | undefined; readonly weight: number },
  former?: { readonly reward: number | undefined; readonly weight: number },
): Baseline {
  const cells = { ...state.cells };
  for (const key of keys(situation)) {
    let cell = cells[key] ?? { sum: 0, weight: 0 };
    if (former?.reward !== undefined) cell = add(cell, -former.weight * former.reward, -former.weight);
    if (observed.reward !== undefined) cell = add(cell, observed.weight * observed.reward, observed.weight);
    cells[key] = forgetting(cell);
  }
  return { cells: limited(cells) };
}

const amount = number(0, MAX_WEIGHT);
const cellsShape = object({
  cells: mapOf(where(object({ sum: amount, weight: amount }), ({ sum, weight }) => sum <= weight)),
});

/** Total: an invalid baseline gives an empty one. */
export function decodeBaseline(stored: unknown): Baseline {
  const { cells } = parse(cellsShape, stored) ?? initialBaseline;
  return { cells: limited(cells) };
}

const keys = ({ languageId, position, length }: Situation): readonly [string, string, string] => {
  const shape = `${position}/${lengthClass(length)}`;
  return ['*', shape, `${languageId}/${shape}`];
};

/** 0 to 7, 8 to 31, 32 to 127 characters, longer. */
const lengthClass = (length: number): number =>
  Math.min(3, Math.max(0, Math.floor((Math.log2(Math.max(1, length)) - 1) / 2)));

const add = (cell: BaselineCell, sum: number, weight: number): BaselineCell => ({
  sum: Math.max(0, cell.sum + sum),
  weight: Math.max(0, cell.weight + weight),
});

const forgetting = (cell: BaselineCell): BaselineCell =>
  cell.weight <= MAX_WEIGHT ? cell : { sum: (cell.sum * MAX_WEIGHT) / cell.weight, weight: MAX_WEIGHT };

const shrunkMean = (cell: BaselineCell | undefined, parent: number, strength: number): number =>
  Math.min(1, ((cell?.sum ?? 0) + strength * parent) / ((cell?.weight ?? 0) + strength));

/** Drops the cells with the least evidence beyond the limit. */
function limited(cells: Record<string, BaselineCell>): Record<string, BaselineCell> {
  const entries = Object.entries(cells);
  if (entries.length <= MAX_CELLS) return cells;
  return Object.fromEntries(entries.sort(([, a], [, b]) => b.weight - a.weight).slice(0, MAX_CELLS));
}
