/**
 * When does this user accept, whatever the model? Acceptance depends on language, position and length far more than
 * on the model; uncorrected, an arm that happens to be asked at easy places looks good. The baseline b is the mean
 * reward of a cell (language, position, length), shrunk to its position-and-length, then to the whole, m; and
 *
 *     corrected = m + s (reward - b),   s = min(1, m / b, (1 - m) / (1 - b)).
 *
 * An arm that is as good as the others comes out at m wherever it is asked, so the level stays the user's mean
 * acceptance, which the cost policy reads. s is the largest scale that stays in [0, 1] for any reward, so nothing is
 * clamped, which would bias: it is 1 at an average place and shrinks differences between arms at extreme ones.
 */
import { mapOf, number, object, parse, where } from '../shape.ts';
export type PositionClass = 'empty-line' | 'line-start' | 'line-end' | 'before-closers';

export interface Situation {
  readonly languageId: string;
  readonly position: PositionClass;
  /** Length of the suggestion, characters. */
  readonly length: number;
}

interface Cell {
  readonly sum: number;
  readonly weight: number;
}

export interface Baseline {
  readonly cells: Readonly<Record<string, Cell>>;
}

export const initialBaseline: Baseline = { cells: {} };

/** Published acceptance of ghost text is 20 to 35 %; the prior counts as this many observations. */
const PRIOR: Cell = { sum: 3, weight: 10 };
/** Observations a parent counts for in its child. */
const SHRINKAGE = 15;
/** Everything has a limit; and so that habits may change. */
const MAX_WEIGHT = 400;
const MAX_CELLS = 300;

export function positionClass(linePrefix: string, lineSuffix: string): PositionClass {
  if (lineSuffix.trim() !== '') return 'before-closers';
  const before = linePrefix.trim();
  if (before === '') return 'empty-line';
  return before.length <= 3 ? 'line-start' : 'line-end';
}

/** What the router compares a reward with; taken at the decision's first verdict and kept for its revisions. */
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

/** `former`: the reward learnt for the same decision before, taken out again; undefined = none. */
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

/** Total: what is not a baseline is none, and the learning starts anew. */
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

const add = (cell: Cell, sum: number, weight: number): Cell => ({
  sum: Math.max(0, cell.sum + sum),
  weight: Math.max(0, cell.weight + weight),
});

const forgetting = (cell: Cell): Cell =>
  cell.weight <= MAX_WEIGHT ? cell : { sum: (cell.sum * MAX_WEIGHT) / cell.weight, weight: MAX_WEIGHT };

const shrunkMean = (cell: Cell | undefined, parent: number, strength: number): number =>
  Math.min(1, ((cell?.sum ?? 0) + strength * parent) / ((cell?.weight ?? 0) + strength));

/** The cells with the least evidence go first. */
function limited(cells: Record<string, Cell>): Record<string, Cell> {
  const entries = Object.entries(cells);
  if (entries.length <= MAX_CELLS) return cells;
  return Object.fromEntries(entries.sort(([, a], [, b]) => b.weight - a.weight).slice(0, MAX_CELLS));
}
