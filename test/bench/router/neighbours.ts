/**
 * Text kNN with full information: the mean outcome of the learning prompts that are nearest by tf-idf weighted, hashed
 * n-grams (cosine), shrunk to each model's mean. Postings are flat arrays, one run for each bucket, because their
 * product takes most of a seed's time.
 */
import { BUCKETS } from '../../../src/core/features/hashing.ts';
import { qualityOf, type Trial } from './dataset.ts';
import type { Estimates } from './deploy.ts';
import { cachedByRow } from './references.ts';

const NEIGHBOURS = 40;
/** A model's mean counts as this many more neighbors. */
const SHRINKAGE = 5;

export function nearestNeighbours(trial: Trial): Estimates {
  const { data, learning } = trial;
  const index = indexOf(trial);
  const means = data.models.map((_, arm) => qualityOf(data, learning, arm));
  return cachedByRow((row) => {
    const order = nearest(index.similarities(row), NEIGHBOURS);
    return Float64Array.from(data.models, (_, arm) => {
      const sum = order.reduce((total, at) => total + data.rows[learning[at]!]!.quality[arm]!, 0);
      return (sum + SHRINKAGE * means[arm]!) / (order.length + SHRINKAGE);
    });
  });
}

/** Postings of the learning prompts: those of bucket b are at `starts[b]` to `starts[b + 1]`. */
function indexOf({ data, learning }: Trial): { similarities: (row: number) => Float64Array } {
  const starts = new Uint32Array(BUCKETS + 1);
  for (const row of learning) for (const bucket of data.features[row]!.grams.buckets) starts[bucket + 1]!++;
  const idf = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
    const count = starts[bucket + 1]!;
    return count === 0 ? 0 : Math.log(learning.length / count);
  });
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const prompts = new Uint32Array(starts[BUCKETS]!);
  const weights = new Float64Array(starts[BUCKETS]!);
  const next = starts.slice();
  const lengths = learning.map((row, at) => {
    const grams = data.features[row]!.grams;
    let squares = 0;
    grams.buckets.forEach((bucket, i) => {
      const weight = grams.weights[i]! * idf[bucket]!;
      squares += weight * weight;
      const place = next[bucket]!++;
      prompts[place] = at;
      weights[place] = weight;
    });
    return Math.sqrt(squares) || 1;
  });
  return {
    similarities: (row) => {
      const out = new Float64Array(learning.length);
      const grams = data.features[row]!.grams;
      for (let i = 0; i < grams.buckets.length; i++) {
        const bucket = grams.buckets[i]!;
        const weight = grams.weights[i]! * idf[bucket]!;
        if (weight === 0) continue;
        const end = starts[bucket + 1]!;
        for (let place = starts[bucket]!; place < end; place++) {
          out[prompts[place]!]! += weight * weights[place]!;
        }
      }
      return out.map((sum, at) => sum / lengths[at]!);
    },
  };
}

/**
 * Positions of the `count` highest values, highest first; the earlier among equals. O(n + count^2) where few are high.
 */
export function nearest(values: Float64Array, count: number): number[] {
  const out: number[] = [];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (out.length === count && value <= values[out[count - 1]!]!) continue;
    let place = Math.min(out.length, count - 1);
    while (place > 0 && values[out[place - 1]!]! < value) {
      out[place] = out[place - 1]!;
      place--;
    }
    out[place] = at;
  }
  return out;
}
