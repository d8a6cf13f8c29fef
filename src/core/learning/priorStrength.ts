/**
 * How firmly an arm is held to its prior; the hold fades with the head's feedback. A firm hold also keeps the widths,
 * and with them the exploration, small while little is known; a hold that stays would cost what there is to learn.
 * Measured at a quarter of the best fixed model's cost (tuning folds, four to eight seeds; level/content, half at 300
 * feedbacks): 60/30 .956 on bfcl, .921 on routerbench0_subset; 150/100 .971, .948; on cascade9 the two are equal.
 *
 * Tried and left out: a hold fitted to what the arms have shown (marginal likelihood over a grid of levels and contents
 * about 150/100, for all arms or, with heavy tails, for each). After 300 feedbacks it is the better one where the prior
 * is wrong (openhands .847 to .850 for .810; bfcl, cascade9 and livecodebench overcome a reversed prior by .02 to .03
 * more), but thirty answers are too few to fit: bfcl falls from .977 to .934 then (.985 to .943 on three other seeds),
 * routerbench0_subset after 100 from .917 to .882.
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
    return { level: lambda, content: lambda, language: lambda };
  }
  const step = Math.floor(STEPS * Math.log2(1 + Math.max(0, total) / prior.halfAt));
  const hold = Math.max(prior.floor, 2 ** (-step / STEPS));
  return {
    level: prior.level * hold,
    content: prior.content * hold,
    language: prior.language * hold,
  };
}

/** The diagonal of Lambda: level first, then content, then the languages from `learnt` on. */
export function diagonalOf(
  { level, content, language }: Strength,
  dimension: number,
  learnt: number,
): Float64Array {
  const diagonal = new Float64Array(dimension).fill(content);
  diagonal.fill(language, learnt);
  diagonal[0] = level;
  return diagonal;
}
