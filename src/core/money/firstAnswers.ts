/**
 * Limits the first answers of an arm. Its lengths and its speed are unknown then, so a stop keeps the whole
 * reservation: ten stops of a model at $75 a million tokens would keep $3 of a limit of $5. Until a few of its answers
 * are known, an answer reserves a hundredth of the limit at most, whatever the model's speed; a longer answer ends
 * there and offers Continue. No cap is below a useful answer, and an arm that may reason keeps its own cap, since
 * reasoning alone would use up a lower one.
 */
import type { Arm } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { outputFor } from './pricing.ts';

/** Share of the limit. */
const SHARE = 0.01;
const ENOUGH_ANSWERS = 3;
/** Tokens: about 40 lines of code, or 280 words. A shorter answer is useless. */
const LEAST = 384;

export interface FirstAnswer {
  readonly arm: Arm;
  /** The cap that fits such answers, in tokens. */
  readonly fittedCap: number;
  /** Upper bound on the input tokens. */
  readonly maxInputTokens: number;
  readonly limit: NanoUsd;
  /** Number of the arm's answers of known length. */
  readonly seen: number;
  readonly mayThink: boolean;
}

/** Tokens. */
export function firstAnswerCap({
  arm,
  fittedCap,
  maxInputTokens,
  limit,
  seen,
  mayThink,
}: FirstAnswer): number {
  if (seen >= ENOUGH_ANSWERS || mayThink) return fittedCap;
  const affordable = outputFor(arm, maxInputTokens, Math.floor(SHARE * limit) as NanoUsd);
  return Math.min(fittedCap, Math.max(LEAST, affordable));
}
