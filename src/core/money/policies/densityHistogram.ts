/**
 * Reward per USD of the offers in a user's own stream, as a histogram over log10 with exponential forgetting. ZCL needs
 * bounds LB <= reward/cost <= UB; the extremes of a stream are outliers, so quantiles replace them.
 */
import { finite } from './offers.ts';

export interface DensityHistogram {
  /** Weight of each bin; a bin is a tenth of a decade, from 1e-3 to 1e9 reward per USD. */
  readonly weights: readonly number[];
}

const DECADES = 12;
const LOWEST = -3;
const PER_DECADE = 10;
const BINS = DECADES * PER_DECADE;
/** A memory of about 2,000 offers, a month's worth, so the bounds follow a change of models or prices. */
const KEEP = 1 - 1 / 2000;

export const emptyHistogram: DensityHistogram = { weights: new Array<number>(BINS).fill(0) };

export function addDensities(histogram: DensityHistogram, densities: readonly number[]): DensityHistogram {
  const valid = densities.filter((density) => density > 0 && Number.isFinite(density));
  if (valid.length === 0) return histogram;
  const keep = KEEP ** valid.length;
  const weights = histogram.weights.map((weight) => weight * keep);
  for (const density of valid) {
    const bin = binOf(density);
    weights[bin] = (weights[bin] ?? 0) + 1;
  }
  return { weights };
}

/** The density below which the share `q` of the weight lies (middle of its bin); undefined without data. */
export function densityQuantile({ weights }: DensityHistogram, q: number): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return undefined;
  let below = 0;
  for (const [bin, weight] of weights.entries()) {
    below += weight;
    if (weight > 0 && below >= q * total) return 10 ** (LOWEST + (bin + 0.5) / PER_DECADE);
  }
  return undefined;
}

export const encodeHistogram = ({ weights }: DensityHistogram): unknown =>
  weights.map((weight) => Math.round(weight * 1000) / 1000);

export function decodeHistogram(stored: unknown): DensityHistogram | undefined {
  if (!Array.isArray(stored) || stored.length !== BINS) return undefined;
  const weights = stored.map((weight: unknown) => finite(weight) ?? -1);
  return weights.every((weight) => 0 <= weight && weight <= 1e6) ? { weights } : undefined;
}

const binOf = (density: number): number =>
  Math.min(BINS - 1, Math.max(0, Math.floor((Math.log10(density) - LOWEST) * PER_DECADE)));
