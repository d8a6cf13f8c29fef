/**
 * The effect of effort on a model before any learning: with a higher effort the same model is right more often and
 * generates more tokens. Measured over O1, O3-Mini and O4-Mini at three efforts each, mean over the three, on 613
 * coding problems.
 */
import type { Effort, EffortLevel } from '../arm.ts';

/** The source of the numbers in `STEPS`. */
export const EFFORT_SOURCE = {
  name: 'LiveCodeBench, code generation (pass@1 by problem; tokens by effort and difficulty)',
  /** `YYYY-MM`: the newest of its problems. */
  date: '2025-01',
} as const;

interface EffortStep {
  /** Added to the expected reward in [0, 1]; the three models lie within .026 to .062 at low, -.002 to .051 at high. */
  readonly quality: number;
  /** Output as a multiple of the same model's at medium effort. */
  readonly output: number;
}

/** Relative to medium effort, the usual default. An effort that was not measured has its neighbor's values. */
const LOW: EffortStep = { quality: -0.042, output: 0.41 };
const MEDIUM: EffortStep = { quality: 0, output: 1 };
const HIGH: EffortStep = { quality: 0.02, output: 2.46 };
const STEPS: Readonly<Record<EffortLevel, EffortStep>> = {
  none: LOW,
  minimal: LOW,
  low: LOW,
  medium: MEDIUM,
  high: HIGH,
  xhigh: HIGH,
};

/** The reasoning budget, in tokens, that replaces an effort where only a budget is accepted. */
export const THOUGHTS: Readonly<Record<EffortLevel, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

/** The order of one model's efforts, with budgets as levels; no effort counts as medium. */
export const thoughtsAt = (effort: Effort | undefined): number =>
  typeof effort === 'object' ? effort.thinkingTokens : THOUGHTS[effort ?? 'medium'];

/** The addition of the effort to the model's expected reward. */
export const qualityShift = (effort: Effort | undefined): number => stepOf(effort).quality;

/** The expected length of the model's output, as a multiple. */
export const outputFactor = (effort: Effort | undefined): number => stepOf(effort).output;

function stepOf(effort: Effort | undefined): EffortStep {
  if (typeof effort !== 'object') return STEPS[effort ?? 'medium'];
  const { thinkingTokens } = effort;
  if (thinkingTokens <= THOUGHTS.low) return LOW;
  return thinkingTokens < THOUGHTS.high ? MEDIUM : HIGH;
}
