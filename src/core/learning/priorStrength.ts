/**
 * How firmly an arm is held to its prior; the hold fades with the head's feedback. A firm hold keeps the widths, and so
 * the exploration, small while the evidence is scarce; a permanent hold would prevent learning. docs/decisions.md, "How
 * firmly an arm is held", has the measurements and the rejected alternatives.
 */
import type { Preset, Strength } from './preset.ts';

/** The hold moves in steps of 2^(1/STEPS), so arms are rarely refactored and the result depends only on `total`. */
const STEPS = 4;
/** The paper's lambda_a = 1 / accuracy; the accuracy assumed for an arm without a positive level. */
const LEAST_ACCURACY = 0.1;

/** The strength for an arm of this accuracy in pre-training, after `total` feedbacks of its head. */
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
