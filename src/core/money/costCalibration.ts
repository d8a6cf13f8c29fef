/**
 * The ratio of actual to expected cost, by arm: a month must not be planned on quotes that are systematically too low
 * or too high, whatever the reason (answers longer than their task's average, a cache that misses, a gateway's
 * surcharge). It corrects the *expected* cost; the reserved bound does not depend on it.
 *
 *   factor_a = (cost_a + K e_a f) / (expected_a + K e_a)    e_a: mean expected cost of the arm's calls, f: over all arms
 *
 * `outputLength.ts` learns the usage of each kind of call; this factor corrects the remaining error. Older calls fade
 * (half of their weight after 140 calls), so that the factor follows a change of prices or habits.
 *
 * Measured on the tuning folds with quotes fitted elsewhere (test/bench/budget; 600 requests a month, eight seeds): dry
 * months fall from 13 to 1 of 880, quality over the hindsight price rises from .991 to .993.
 */
import type { ArmId, NanoUsd } from '../brand.ts';
import type { Quote } from '../decision.ts';

/** Weighted sums over the arm's settled calls, nano-USD. */
export interface CallCosts {
  readonly calls: number;
  readonly expected: number;
  readonly cost: number;
}

/** The most recently used arm comes last. */
export type CostCalibration = ReadonlyMap<ArmId, CallCosts>;

export const uncalibrated: CostCalibration = new Map();

const KEEP = 1 - 1 / 200;
/** K: the number of calls at their expected cost with which an arm's own calls are pooled. */
const PSEUDO_CALLS = 10;
/**
 * A quote with a larger error is useless for planning; the policy's price, solved again for each request, corrects it.
 */
const [LEAST, MOST] = [1 / 4, 4];
const MAX_ARMS = 40;

export function noteCost(
  known: CostCalibration,
  armId: ArmId,
  { expected, cost }: { readonly expected: NanoUsd; readonly cost: NanoUsd },
): CostCalibration {
  if (!(expected > 0) || !Number.isFinite(cost) || cost < 0) return known;
  const before = known.get(armId) ?? NONE;
  const next = new Map(known);
  next.delete(armId);
  next.set(armId, {
    calls: KEEP * before.calls + 1,
    expected: KEEP * before.expected + expected,
    cost: KEEP * before.cost + cost,
  });
  for (const oldest of next.keys()) {
    if (next.size <= MAX_ARMS) break;
    next.delete(oldest);
  }
  return next;
}

const NONE: CallCosts = { calls: 0, expected: 0, cost: 0 };

/** Returns the factor for an arm's expected cost. */
export function costFactors(known: CostCalibration): (armId: ArmId) => number {
  const all = [...known.values()].reduce(
    // Each arm counts by its number of calls, not by its price.
    (sum, { calls, expected, cost }) => ({
      calls: sum.calls + calls,
      ratio: sum.ratio + (calls * cost) / expected,
    }),
    { calls: 0, ratio: 0 },
  );
  const shared = bounded((all.ratio + PSEUDO_CALLS) / (all.calls + PSEUDO_CALLS));
  return (armId) => {
    const own = known.get(armId);
    if (!own) return shared;
    const pseudo = (PSEUDO_CALLS * own.expected) / own.calls;
    return bounded((own.cost + pseudo * shared) / (own.expected + pseudo));
  };
}

const bounded = (factor: number): number =>
  Number.isFinite(factor) ? Math.min(MOST, Math.max(LEAST, factor)) : 1;

/** The corrected expected cost, at most its bound. */
export const calibrated = (
  { expected, worstCase }: { readonly expected: NanoUsd; readonly worstCase: NanoUsd },
  factor: number,
): NanoUsd => Math.min(Math.round(expected * factor), worstCase) as NanoUsd;

export function calibratedQuote(quote: Quote, factor: number): Quote {
  const expected = calibrated(quote, factor);
  const { cache } = quote;
  if (cache === undefined) return { ...quote, expected };
  const scaled = (cost: NanoUsd): NanoUsd => Math.round(cost * factor) as NanoUsd;
  const { cachedTokens, coldCost, meanCost } = cache;
  return {
    ...quote,
    expected,
    cache: { cachedTokens, coldCost: scaled(coldCost), meanCost: scaled(meanCost) },
  };
}

export const encodeCalibration = (known: CostCalibration): unknown =>
  [...known].map(([armId, { calls, expected, cost }]) => [armId, ...[calls, expected, cost].map(short)]);

/** Total: a value not in the form of `encodeCalibration` gives no calibration. */
export function decodeCalibration(stored: unknown): CostCalibration {
  if (!Array.isArray(stored) || stored.length > MAX_ARMS) return uncalibrated;
  const known = new Map<ArmId, CallCosts>();
  for (const entry of stored as readonly unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return uncalibrated;
    const [calls, expected, cost] = entry.slice(1) as readonly unknown[];
    if (!isPositive(calls) || calls > MOST_CALLS || !isPositive(expected)) return uncalibrated;
    if (cost !== 0 && !isPositive(cost)) return uncalibrated;
    if (expected > MOST_COST || cost > MOST_COST) return uncalibrated;
    known.set(entry[0] as ArmId, { calls, expected, cost });
  }
  return known;
}

/** Weights fade, so their sum stays below 200; sums of money stay below the ledger's largest amount. */
const MOST_CALLS = 1_000;
const MOST_COST = Number.MAX_SAFE_INTEGER;

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

const short = (value: number): number => Number(value.toPrecision(6));
