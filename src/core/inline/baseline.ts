/**
 * When does this user accept, whatever the model? Acceptance depends on language, position and length far more than
 * on the model; uncorrected, an arm that happens to be asked at easy places looks good. The baseline is the mean
 * reward of a cell (language, position, length), shrunk to its position-and-length, then to the whole; and
 *
 *     corrected = mean + (reward - baseline) / 2
 *
 * is affine in the reward, so differences between arms are kept (halved) without bias, the level stays the user's
 * mean acceptance, which the cost policy reads, and with the baseline held in [2 mean - 1, 2 mean] it never leaves
 * [0, 1], so nothing is clamped.
 */
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
  return { mean, baseline: Math.min(2 * mean, Math.max(2 * mean - 1, baseline)) };
}

export const corrected = (reward: number, { mean, baseline }: Correction): number =>
  mean + (reward - baseline) / 2;

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
