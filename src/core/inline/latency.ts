/**
 * Predicts how long an arm takes for a prompt of this size: an exponentially weighted mean and variance of ln(ms), for
 * each arm and size class, with the class shrunk to its arm's level. Latency is nearly log-normal, so a quantile is
 * exp(mean + z * sd). Without new evidence the estimate widens back to the prior, so an arm that was left out during a
 * slow hour gets another chance.
 */
import type { ArmId, EpochMs } from '../brand.ts';

interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** Discounted number of observations. */
  readonly weight: number;
  readonly at: EpochMs;
}

export interface LatencyState {
  readonly cells: Readonly<Record<string, Moments>>;
}

export const initialLatency: LatencyState = { cells: {} };

/** A fast hosted model's time to a useful first line in ms; an optimistic value, so a new arm gets a chance. */
const PRIOR_MS = 450;
const PRIOR_VARIANCE = 0.35;
/**
 * The prior counts as four observations, so one slow answer (a cold connection, a loading model) does not bar an arm.
 */
const PRIOR_WEIGHT = 4;
/** Old observations lose half their weight in this time. */
const HALF_LIFE_MS = 5 * 60_000;
const MAX_WEIGHT = 20;
/** Upper bound on the remembered cells, one for each arm and size class. */
const MAX_CELLS = 200;
/** The 75th percentile of the normal distribution: an arm is fast enough when three of four answers are. */
const Z75 = 0.674;

/** Size classes by powers of four, in tokens: below 256, 1,024, 4,096, ... */
export const sizeClass = (tokens: number): number =>
  Math.max(0, Math.floor(Math.log(Math.max(1, tokens) / 64) / Math.log(4)));

export function observeLatency(
  state: LatencyState,
  armId: ArmId,
  sample: { readonly tokens: number; readonly ms: number; readonly at: EpochMs },
): LatencyState {
  if (!Number.isFinite(sample.ms) || sample.ms < 0) return state;
  const value = Math.log(Math.max(1, sample.ms));
  const cells = { ...state.cells };
  for (const key of [armKey(armId), cellKey(armId, sample.tokens)]) {
    cells[key] = updated(cells[key], value, sample.at);
  }
  return { cells: limited(cells) };
}

/** The 75th percentile expected, ms. */
export function expectedLatencyMs(state: LatencyState, armId: ArmId, tokens: number, now: EpochMs): number {
  const prior = { mean: Math.log(PRIOR_MS), variance: PRIOR_VARIANCE };
  const arm = shrunk(state.cells[armKey(armId)], prior, now);
  const cell = shrunk(state.cells[cellKey(armId, tokens)], arm, now);
  return Math.exp(cell.mean + Z75 * Math.sqrt(cell.variance));
}

const armKey = (armId: ArmId): string => `${armId}\n*`;
const cellKey = (armId: ArmId, tokens: number): string => `${armId}\n${sizeClass(tokens)}`;

function updated(former: Moments | undefined, value: number, at: EpochMs): Moments {
  if (former === undefined) return { mean: value, variance: PRIOR_VARIANCE, weight: 1, at };
  const kept = Math.min(MAX_WEIGHT, faded(former, at));
  const share = 1 / (kept + 1);
  const delta = value - former.mean;
  return {
    mean: former.mean + share * delta,
    variance: (1 - share) * (former.variance + share * delta * delta),
    weight: kept + 1,
    at: Math.max(at, former.at),
  };
}

/** A clock that was set back fades nothing. */
const faded = (moments: Moments, now: EpochMs): number =>
  moments.weight * 0.5 ** (Math.max(0, now - moments.at) / HALF_LIFE_MS);

interface Level {
  readonly mean: number;
  readonly variance: number;
}

function shrunk(moments: Moments | undefined, prior: Level, now: EpochMs): Level {
  if (moments === undefined) return prior;
  const weight = faded(moments, now);
  const share = weight / (weight + PRIOR_WEIGHT);
  return {
    mean: prior.mean + share * (moments.mean - prior.mean),
    variance: prior.variance + share * (moments.variance - prior.variance),
  };
}

function limited(cells: Record<string, Moments>): Record<string, Moments> {
  const entries = Object.entries(cells);
  if (entries.length <= MAX_CELLS) return cells;
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => b.at - a.at).slice(0, MAX_CELLS));
}
