/**
 * Predicts the usage of a call from earlier calls of its kind: output tokens (mean and upper quantile) for each model,
 * surface and task; input tokens per byte and the cached share for each model and surface. It determines the
 * *expected* cost and the cap that is sent with a request (`fittedCap`); the reserved bound follows from that cap and
 * holds whatever was learned.
 *
 * Lengths are long-tailed, nearly log-normal within a task, so the spread is kept in logs and the upper quantile is
 * exp(mu + 1.28 sigma). A new cell starts at its parents' values: model and surface and task -> surface and task -> the
 * constants below, each with the weight of `PRIOR_WEIGHT` observations.
 */
import type { ArmId } from '../brand.ts';
import type { Surface, TaskType } from '../decision.ts';
import type { TokenCounts } from './pricing.ts';
import { isObject } from '../shape.ts';

export interface CallKind {
  readonly armId: ArmId;
  readonly surface: Surface;
  readonly task: TaskType;
  /** Length of an answer at the arm's effort as a multiple of the model's usual output; absent = 1. */
  readonly outputFactor?: number | undefined;
}

export interface CallForecast {
  readonly inputTokens: number;
  /** Share of the input served from the provider's cache, in [0, 1]. */
  readonly cachedShare: number;
  /** Billed output, including reasoning. */
  readonly outputTokens: number;
  /** 90 % of such calls use fewer tokens. */
  readonly upperOutputTokens: number;
}

export interface CallStatistics {
  /** Oldest first, at most `MAX_CELLS`. */
  readonly cells: ReadonlyMap<string, LengthCell>;
}

interface LengthCell {
  /** Number of observations; older ones are forgotten beyond `MEMORY`. */
  readonly weight: number;
  readonly mean: number;
  /** Mean and variance of the natural logarithm. */
  readonly logMean: number;
  readonly logVariance: number;
}

export const noStatistics: CallStatistics = { cells: new Map() };

const PRIOR_WEIGHT = 5;
const MEMORY = 100;
const MAX_CELLS = 400;
/** exp(mu + z sigma) is the 90 % quantile of a log-normal. */
const UPPER_Z = 1.2816;
/** Four bytes a token in English and code; providers' own counts correct it within a few calls. */
const TOKENS_PER_BYTE = 0.27;
const OUTPUT_PRIOR: Readonly<Record<Surface, number>> = { ask: 500, chat: 400, inline: 40 };
const LOG_VARIANCE_PRIOR = 0.8;

export function forecastCall(statistics: CallStatistics, kind: CallKind, inputBytes: number): CallForecast {
  const output = outputCell(statistics, kind);
  const bytes = Number.isFinite(inputBytes) ? Math.max(0, inputBytes) : 0;
  const perByte = pooled(statistics.cells.get(ratioKey('perByte', kind)), constantCell(TOKENS_PER_BYTE));
  const cached = pooled(statistics.cells.get(ratioKey('cached', kind)), constantCell(0));
  return {
    inputTokens: Math.ceil(bytes * perByte.mean),
    cachedShare: Math.min(1, cached.mean),
    outputTokens: Math.ceil(output.mean),
    upperOutputTokens: Math.ceil(
      Math.max(output.mean, Math.exp(output.logMean + UPPER_Z * Math.sqrt(output.logVariance))),
    ),
  };
}

/**
 * The purpose of a request's output cap. `answer`: one answer to a person. `turn`: an agent's turn, which writes whole
 * files. `rest`: the continuation of an answer that ended at its cap, which is therefore a long one.
 */
export type CapPurpose = 'answer' | 'turn' | 'rest';

export interface FittedCap {
  /** The cap that is sent, in tokens, including reasoning. */
  readonly outputCap: number;
  /** The part of the cap that reasoning may use; undefined = the arm is not known to reason. */
  readonly reasoningCap: number | undefined;
}

/** The most visible tokens of an answer where the user sets no other number; an agent's turn has twice as many. */
export const LONGEST_ANSWER = 4_096;
const TURN_FACTOR = 2;

/**
 * A cap that fits answers of this kind. The reservation for an answer grows with the cap, and a cap that cuts one
 * answer in a hundred costs a click on Continue there.
 *
 *   visible = 98 % quantile of this arm, surface and task, plus a quarter; at least 512 tokens (an agent's turn 1,024:
 *             some 100 lines of code), at most what the user sets
 *
 * It starts at 3,924 tokens, from `OUTPUT_PRIOR`. Where the arm may reason, reasoning tokens are added: as many as the
 * visible tokens, since OpenRouter documents medium effort, the usual default, as half of the cap; more where such
 * answers used more (98 % quantile and a quarter).
 *
 * @param longest the user's maximum of visible tokens
 * @param thinks undefined = unknown
 */
export function fittedCap(
  statistics: CallStatistics,
  kind: CallKind,
  purpose: CapPurpose,
  { longest, thinks }: { readonly longest: number; readonly thinks: boolean | undefined },
): FittedCap {
  const most = purpose === 'turn' ? TURN_FACTOR * longest : longest;
  const least = purpose === 'turn' ? LEAST_TURN : LEAST_ANSWER;
  const needed = purpose === 'rest' ? most : ROOM * highQuantile(visibleCell(statistics, kind));
  const visible = Math.ceil(Math.min(most, Math.max(least, needed)));
  const thoughts = statistics.cells.get(thoughtsKey(kind));
  const isKnown = thoughts !== undefined && thoughts.mean > IDLE_THOUGHT;
  if (thinks === false || (thinks === undefined && !isKnown && thoughts && thoughts.weight >= ENOUGH_CALLS))
    return { outputCap: visible, reasoningCap: undefined };
  const learnt = isKnown ? ROOM * highQuantile(pooled(thoughts, constantCell(thoughts.mean))) : 0;
  const reasoning = Math.ceil(Math.min(MOST_THOUGHTS, Math.max(visible, learnt)));
  return { outputCap: visible + reasoning, reasoningCap: isKnown ? reasoning : undefined };
}

/** Number of this arm's complete answers on this surface whose length was reported. */
export const answersSeen = ({ cells }: CallStatistics, kind: CallKind): number =>
  cells.get(thoughtsKey(kind))?.weight ?? 0;

const LEAST_ANSWER = 512;
const LEAST_TURN = 1_024;
const ROOM = 1.25;
/** The 98 % quantile of a log-normal. */
const HIGH_Z = 2.0537;
const MOST_THOUGHTS = 16_384;
/**
 * An arm's calls below this many reasoning tokens count as calls without reasoning: some servers count a stop token
 * here.
 */
const IDLE_THOUGHT = 16;
const ENOUGH_CALLS = 3;
/** A cut answer would have been longer by an unknown amount, so it counts as twice as long. */
const CUT_FACTOR = 2;

/** Learns only from usage that the provider reported, since estimates would confirm themselves. */
export function observeCall(
  statistics: CallStatistics,
  kind: CallKind,
  inputBytes: number,
  used: TokenCounts,
  wasCut = false,
): CallStatistics {
  const inputs = used.input + used.cachedInput + used.cacheWrite;
  const outputs = used.output + used.reasoning;
  if (![inputs, outputs, inputBytes].every((count) => Number.isFinite(count) && count >= 0))
    return statistics;
  const cells = new Map(statistics.cells);
  learn(cells, outputKey(kind), outputs);
  learn(cells, sharedKey(kind), outputs / (kind.outputFactor ?? 1));
  const visible = used.output * (wasCut ? CUT_FACTOR : 1);
  learn(cells, visibleKey(kind), visible);
  learn(cells, sharedVisibleKey(kind), visible);
  // At least one, because of the logarithm.
  learn(cells, thoughtsKey(kind), Math.max(1, used.reasoning * (wasCut ? CUT_FACTOR : 1)));
  if (inputBytes > 0) learn(cells, ratioKey('perByte', kind), Math.min(1, inputs / inputBytes));
  if (inputs > 0) learn(cells, ratioKey('cached', kind), used.cachedInput / inputs);
  return { cells: new Map([...cells].slice(-MAX_CELLS)) };
}

export const encodeStatistics = ({ cells }: CallStatistics): unknown => ({
  version: 1,
  cells: [...cells].map(([key, { weight, mean, logMean, logVariance }]) => [
    key,
    ...[weight, mean, logMean, logVariance].map((value) => Number(value.toPrecision(5))),
  ]),
});

/** Total: garbage gives the empty statistics and `recovered: true`. */
export function decodeStatistics(stored: unknown): {
  readonly state: CallStatistics;
  readonly recovered: boolean;
} {
  const raw = isObject(stored) ? (stored as Record<string, unknown>) : {};
  const rows: readonly unknown[] = raw['version'] === 1 && Array.isArray(raw['cells']) ? raw['cells'] : [];
  const cells = rows.map(decodeCell);
  if (raw['version'] !== 1 || !Array.isArray(raw['cells']) || cells.some((cell) => cell === undefined)) {
    return { state: noStatistics, recovered: true };
  }
  return {
    state: { cells: new Map(cells.flatMap((cell) => (cell ? [cell] : [])).slice(-MAX_CELLS)) },
    recovered: false,
  };
}

function outputCell(statistics: CallStatistics, kind: CallKind): LengthCell {
  const shared = pooled(statistics.cells.get(sharedKey(kind)), constantCell(OUTPUT_PRIOR[kind.surface]));
  return pooled(statistics.cells.get(outputKey(kind)), scaled(shared, kind.outputFactor ?? 1));
}

const scaled = (cell: LengthCell, factor: number): LengthCell => ({
  ...cell,
  mean: cell.mean * factor,
  logMean: cell.logMean + Math.log(factor),
});

function visibleCell(statistics: CallStatistics, kind: CallKind): LengthCell {
  const start = constantCell(OUTPUT_PRIOR[kind.surface]);
  const shared = pooled(statistics.cells.get(sharedVisibleKey(kind)), start);
  return pooled(statistics.cells.get(visibleKey(kind)), shared);
}

const highQuantile = ({ mean, logMean, logVariance }: LengthCell): number =>
  Math.max(mean, Math.exp(logMean + HIGH_Z * Math.sqrt(logVariance)));

/** The cell's own values, pooled with `PRIOR_WEIGHT` observations of its parent's. */
function pooled(cell: LengthCell | undefined, parent: LengthCell): LengthCell {
  if (!cell) return parent;
  const own = cell.weight / (cell.weight + PRIOR_WEIGHT);
  const mix = (a: number, b: number): number => own * a + (1 - own) * b;
  return {
    weight: cell.weight,
    mean: mix(cell.mean, parent.mean),
    logMean: mix(cell.logMean, parent.logMean),
    logVariance: mix(cell.logVariance, parent.logVariance),
  };
}

/** Moves the key to the newest end, so that the longest unused cell is dropped first. */
function learn(cells: Map<string, LengthCell>, key: string, value: number): void {
  const old = cells.get(key);
  cells.delete(key);
  cells.set(key, old ? updated(old, value) : { ...constantCell(value), weight: 1 });
}

/** Running mean and variance; beyond `MEMORY` observations the weights fall geometrically. */
function updated(cell: LengthCell, value: number): LengthCell {
  const weight = Math.min(MEMORY, cell.weight + 1);
  const step = 1 / weight;
  const log = Math.log(Math.max(1e-6, value));
  const deviation = log - cell.logMean;
  return {
    weight,
    mean: cell.mean + step * (value - cell.mean),
    logMean: cell.logMean + step * deviation,
    logVariance: (1 - step) * (cell.logVariance + step * deviation * deviation),
  };
}

const constantCell = (value: number): LengthCell => ({
  weight: 0,
  mean: value,
  logMean: Math.log(Math.max(1e-6, value)),
  logVariance: LOG_VARIANCE_PRIOR,
});

const outputKey = ({ armId, surface, task }: CallKind): string => `out ${surface} ${task} ${armId}`;
const sharedKey = ({ surface, task }: CallKind): string => `out ${surface} ${task}`;
const visibleKey = ({ armId, surface, task }: CallKind): string => `seen ${surface} ${task} ${armId}`;
const sharedVisibleKey = ({ surface, task }: CallKind): string => `seen ${surface} ${task}`;
const thoughtsKey = ({ armId, surface }: CallKind): string => `thought ${surface} ${armId}`;
const ratioKey = (what: 'perByte' | 'cached', { armId, surface }: CallKind): string =>
  `${what} ${surface} ${armId}`;

/** Tokens of a call, or tokens a byte. */
const MOST_TOKENS = 1e9;

function decodeCell(row: unknown): readonly [string, LengthCell] | undefined {
  if (!Array.isArray(row)) return undefined;
  const [key, ...values] = row as readonly unknown[];
  const [weight, mean, logMean, logVariance] = values.map((value) =>
    typeof value === 'number' && Number.isFinite(value) ? value : undefined,
  );
  if (typeof key !== 'string' || weight === undefined || mean === undefined) return undefined;
  if (logMean === undefined || logVariance === undefined) return undefined;
  if (weight < 0 || !(0 <= mean && mean <= MOST_TOKENS)) return undefined;
  if (!(0 <= logVariance && logVariance <= 1_000) || Math.abs(logMean) > 50) return undefined;
  return [key, { weight: Math.min(MEMORY, weight), mean, logMean, logVariance }];
}
