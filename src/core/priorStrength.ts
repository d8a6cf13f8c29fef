/**
 * How firmly an arm is held to its prior. The level's hold fades with the head's feedback, since a prior helps below
 * about 100 feedbacks and costs 1-2 points by 300-1,000 if it stays on the outcome matrices. The content's hold is
 * regularisation, not belief; it fades far more slowly, so that few feedbacks explore little and many learn much.
 */
import type { Preset, Strength } from './preset.ts';

/** The hold moves in steps of 2^(1/STEPS), so that arms are refactored rarely and the result depends on `total` only. */
const STEPS = 4;
/** The paper's lambda_a = 1 / accuracy; an arm without a positive level counts as this accurate. */
const LEAST_ACCURACY = 0.1;

/** For an arm of this accuracy in pre-training, after `total` feedbacks of its head. */
export function strengthAt({ prior }: Preset, accuracy: number, total: number): Strength {
  if (prior.kind === 'inverse-accuracy') {
    const lambda = 1 / Math.min(1, Math.max(LEAST_ACCURACY, accuracy));
    return { level: lambda, content: lambda };
  }
  const faded = (halfAt: number): number => {
    const step = Math.floor(STEPS * Math.log2(1 + Math.max(0, total) / halfAt));
    return Math.max(prior.floor, 2 ** (-step / STEPS));
  };
  return { level: prior.level * faded(prior.halfAt), content: prior.content * faded(prior.contentHalfAt) };
}

/** The diagonal of Lambda: level first, then content. */
export function diagonalOf({ level, content }: Strength, dimension: number): Float64Array {
  const diagonal = new Float64Array(dimension).fill(content);
  diagonal[0] = level;
  return diagonal;
}
