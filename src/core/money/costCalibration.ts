/**
 * What calls really cost over what they were expected to cost, by arm: a month's money must not be planned on quotes that
 * are too low or too high as a rule, whatever the reason (answers longer than their task's, a cache that does not hit, a
 * gateway's surcharge). It makes the *expected* cost; the bound that is reserved does not depend on it.
 *
 *   factor_a = (cost_a + K e_a f) / (expected_a + K e_a)    e_a: mean expected cost of the arm's calls, f: over all arms
 *
 * `outputLength.ts` learns what kinds of calls use; this is what is left after it. Older calls fade (half of their
 * weight after 140 calls), so that a change of prices or habits is followed.
 *
 * Measured on the tuning folds with quotes fitted elsewhere (test/bench/budget; 600 requests a month, eight seeds):
 * months run dry from 13 to 1 of 880, quality over the hindsight price from .991 to .993.
 */
import type { ArmId, NanoUsd } from '../brand.ts';
import type { Quote } from '../decision.ts';

/** Weighted sums over the arm's settled calls, nano-USD. */
export interface CallCosts {
  readonly calls: number;
  readonly expected: number;
  readonly cost: number;
}

/** The arm used last comes last. */
export type CostCalibration = ReadonlyMap<ArmId, CallCosts>;

export const uncalibrated: CostCalibration = new Map();

const KEEP = 1 - 1 / 200;
/** K: calls as expected that an arm's own are pooled with. */
const PSEUDO_CALLS = 10;
/** A quote that is out by more is no forecast to plan with; the price, solved anew each time, sees to the rest. */
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

/** What an expected cost of this arm is to be multiplied by. */
export function costFactors(known: CostCalibration): (armId: ArmId) => number {
  const all = [...known.values()].reduce(
    // Each arm weighs by its calls, not by its price.
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

/** The expected cost as it turns out, still within its bound. */
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

/** Total: what is not as `encodeCalibration` makes it is forgotten. */
export function decodeCalibration(stored: unknown): CostCalibration {
  if (!Array.isArray(stored) || stored.length > MAX_ARMS) return uncalibrated;
  const known = new Map<ArmId, CallCosts>();
  for (const entry of stored as readonly unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return uncalibrated;
    const [calls, expected, cost] = entry.slice(1).map(Number);
    if (!isPositive(calls) || calls > MOST_CALLS || !isPositive(expected)) return uncalibrated;
    if (cost !== 0 && !isPositive(cost)) return uncalibrated;
    if (expected > MOST_COST || cost > MOST_COST) return uncalibrated;
    known.set(entry[0] as ArmId, { calls, expected, cost });
  }
  return known;
}

/** Weights fade, so their sum stays below 200; sums of money stay below what the ledger counts. */
const MOST_CALLS = 1_000;
const MOST_COST = Number.MAX_SAFE_INTEGER;

const isPositive = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

const short = (value: number): number => Number(value.toPrecision(6));
