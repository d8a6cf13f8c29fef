/**
 * The paper's cost policy: online multiple-choice knapsack with the ZCL threshold (Zhou, Chakrabarty, Lukose 2008).
 *
 *   Psi(z) = (UB e / LB)^z (LB / e)        z = used share of the bin's budget
 *   eligible = { arm : reward / cost >= Psi(z) },   of these the router takes the best index
 *
 * The month is divided into bins of `BIN_REQUESTS` expected requests. A bin may spend up to its cumulative share of the
 * month, so that the unspent money of a bin carries over, and the spending of all workspaces counts. Departures where
 * the paper leaves gaps: LB and UB are quantiles of the user's own stream; Q, the number of requests, is a forecast, so
 * that the bins are divided again at each request; without an eligible arm the cheapest that fits is taken. By the
 * method, thresholds in the first 1/(1 + ln(UB/LB)) of each bin lie below LB, so that this part is spent without
 * restriction.
 */
import type { ArmId, NanoUsd } from '../../brand.ts';
import { isMoney, usd } from '../../money.ts';
import type { CostPolicy, MoneySituation, Offer } from '../policy.ts';
import type { DensityHistogram } from './densityHistogram.ts';
import {
  addDensities,
  decodeHistogram,
  densityQuantile,
  emptyHistogram,
  encodeHistogram,
} from './densityHistogram.ts';
import { appraisal, clampUnit, horizonOf, rewardOf } from './offers.ts';
import { anything, count, decoded, exactly, number, object, parse, where } from '../../shape.ts';

export interface ZclState {
  readonly densities: DensityHistogram;
  /** The latest bin, and the committed amount at its start. */
  readonly bin: Bin | undefined;
}

interface Bin {
  readonly periodStart: number;
  readonly index: number;
  readonly committedBefore: NanoUsd;
}

export interface ZclOptions {
  /** S, expected requests in each bin. */
  readonly binRequests: number;
  readonly lowerQuantile: number;
  readonly upperQuantile: number;
}

export interface DensityBounds {
  readonly lower: number;
  readonly upper: number;
}

/** Psi(z): LB/e at 0, LB at 1/(1 + ln(UB/LB)), UB at 1; non-decreasing. */
export function zclThreshold(z: number, { lower, upper }: DensityBounds): number {
  return ((upper * Math.E) / lower) ** clampUnit(z) * (lower / Math.E);
}

const initial: ZclState = { densities: emptyHistogram, bin: undefined };
/** Before the stream has bounds of its own: an expensive model on a hard prompt, a cheap one on an easy prompt. */
const defaultBounds: DensityBounds = { lower: 10, upper: 10_000 };

export const zclPolicy = (options: ZclOptions): CostPolicy<ZclState> => ({
  name: 'zcl',
  initial: () => initial,
  decode(stored) {
    const state = decodeZcl(stored);
    return state ? { state, recovered: false } : { state: initial, recovered: true };
  },
  encode: ({ densities, bin }) => ({ version: 1, densities: encodeHistogram(densities), bin }),

  appraise(state, offers, money) {
    const { utilization } = binNow(state, money, options);
    const price = zclThreshold(utilization, boundsOf(state, options));
    return appraisal(offers, money, { price, utilization }, (offer) => ({
      worth: densityOf(offer) >= price,
      charge: 0,
    }));
  },

  observe(state: ZclState, offers: readonly Offer[], _taken: ArmId | undefined, money: MoneySituation) {
    return {
      densities: addDensities(state.densities, offers.map(densityOf)),
      bin: binNow(state, money, options).bin,
    };
  },

  settled: (state) => state,
});

/** Reward per USD; a free offer is worth any price. */
const densityOf = (offer: Offer): number => (offer.cost > 0 ? rewardOf(offer) / usd(offer.cost) : Infinity);

function boundsOf({ densities }: ZclState, { lowerQuantile, upperQuantile }: ZclOptions): DensityBounds {
  const lower = densityQuantile(densities, lowerQuantile) ?? defaultBounds.lower;
  const upper = densityQuantile(densities, upperQuantile) ?? defaultBounds.upper;
  return { lower, upper: Math.max(lower, upper) };
}

/**
 * The cumulative budget at the bin's end is limit x (index + 1) / bins, so that the carry-over needs no bookkeeping.
 */
function binNow(
  state: ZclState,
  money: MoneySituation,
  { binRequests }: ZclOptions,
): { readonly bin: Bin; readonly utilization: number } {
  const { behind, ahead } = horizonOf(money);
  const index = Math.floor(behind / binRequests);
  const bins = Math.max(index + 1, Math.ceil((behind + ahead) / binRequests));
  const begun = state.bin?.periodStart === money.periodStart && state.bin.index === index;
  const bin = begun ? state.bin : { periodStart: money.periodStart, index, committedBefore: money.committed };
  const budget = (money.limit * (index + 1)) / bins - bin.committedBefore;
  const spent = money.committed - bin.committedBefore;
  return { bin, utilization: budget > 0 ? clampUnit(spent / budget) : 1 };
}

const binShape = object({
  // The range of a Date.
  periodStart: number(-8.64e15, 8.64e15),
  index: count,
  committedBefore: where(anything, isMoney),
});

const stateShape = object({
  version: exactly(1),
  densities: decoded(decodeHistogram),
  bin: anything,
});

function decodeZcl(stored: unknown): ZclState | undefined {
  const state = parse(stateShape, stored);
  if (!state) return undefined;
  const { densities, bin: raw } = state;
  if (raw === undefined || raw === null) return { densities, bin: undefined };
  const bin = parse(binShape, raw);
  return bin && { densities, bin };
}
