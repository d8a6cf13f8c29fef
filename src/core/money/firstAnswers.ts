/**
 * The first answers of an arm. Neither its lengths nor its speed are known then, so that a stop keeps the whole reservation:
 * ten stops of a model at $75 a million tokens would keep $3 of a limit of $5. Until a few of its answers are known, one
 * reserves a hundredth of the limit at most, however fast the model is; what is longer ends there and offers Continue. No cap
 * goes below a useful answer, and an arm that may think keeps its own: thoughts alone would use up a lower one.
 */
import type { Arm } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { outputFor } from './pricing.ts';

/** Of the limit. */
const SHARE = 0.01;
const ENOUGH_ANSWERS = 3;
/** Tokens: some 40 lines of code, or 280 words. Less is no answer. */
const LEAST = 384;

export interface FirstAnswer {
  readonly arm: Arm;
  /** As such answers need it, tokens. */
  readonly fittedCap: number;
  /** Bound on the input, tokens. */
  readonly maxInputTokens: number;
  readonly limit: NanoUsd;
  /** Answers of the arm whose length is known. */
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
