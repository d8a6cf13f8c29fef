/**
 * How firmly an arm is held to its prior. The level's hold fades with the head's feedback, since a prior helps below
 * about 100 feedbacks and costs 1-2 points by 300-1,000 if it stays (pilot-spec.md section 13); the content's does
 * not: there it is regularisation, not belief.
 */
import type { Preset } from './preset.ts';

/** The hold moves in steps of 2^(1/STEPS), so that arms are refactored rarely and the result depends on `total` only. */
const STEPS = 4;
/** The paper's lambda_a = 1 / accuracy; an arm without a positive level counts as this accurate. */
const LEAST_ACCURACY = 0.1;

/** The diagonal of Lambda for an arm with this prior vector [level, content] after `total` feedbacks of its head. */
export function precisionAt(preset: Preset, theta: Float64Array, total: number): Float64Array {
  const { prior } = preset;
  const d = preset.intercept ? theta.length : theta.length - 1;
  if (prior.kind === 'inverse-accuracy') {
    const accuracy = Math.min(1, Math.max(LEAST_ACCURACY, theta[0] ?? 0));
    return new Float64Array(d).fill(1 / accuracy);
  }
  const precision = new Float64Array(d).fill(prior.content);
  const step = Math.floor(STEPS * Math.log2(1 + Math.max(0, total) / prior.halfAt));
  if (preset.intercept) precision[0] = prior.level * Math.max(prior.floor, 2 ** (-step / STEPS));
  return precision;
}
