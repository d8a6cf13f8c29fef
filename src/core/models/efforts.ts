/**
 * What effort does to a model before anything was learnt of it: the same model, asked to think harder, is right more often
 * and makes more tokens. Measured over O1, O3-Mini and O4-Mini at three efforts each, mean over the three, on 613 coding
 * problems.
 */
import type { Effort, EffortLevel } from '../arm.ts';

/** Where the numbers of `STEPS` are from. */
export const EFFORT_SOURCE = {
  name: 'LiveCodeBench, code generation (pass@1 by problem; tokens by effort and difficulty)',
  /** `YYYY-MM`: the newest of its problems. */
  date: '2025-01',
} as const;

interface EffortStep {
  /** Added to the expected reward in [0, 1]; the three models lie within .026 to .062 at low, -.002 to .051 at high. */
  readonly quality: number;
  /** Times the output of the same model at medium effort. */
  readonly output: number;
}

/** Against medium effort, which a model has that is told none. What was not measured starts at its neighbour. */
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

/** A budget of thoughts that an effort stands for where only a budget is taken, tokens. */
export const THOUGHTS: Readonly<Record<EffortLevel, number>> = {
  none: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

/** For comparing efforts of one model, a level with a budget too; without one it is medium. */
export const thoughtsAt = (effort: Effort | undefined): number =>
  typeof effort === 'object' ? effort.thinkingTokens : THOUGHTS[effort ?? 'medium'];

/** What the effort adds to the reward that is expected of the model. */
export const qualityShift = (effort: Effort | undefined): number => stepOf(effort).quality;

/** How many times as long the model's output is expected to be. */
export const outputFactor = (effort: Effort | undefined): number => stepOf(effort).output;

function stepOf(effort: Effort | undefined): EffortStep {
  if (typeof effort !== 'object') return STEPS[effort ?? 'medium'];
  const { thinkingTokens } = effort;
  if (thinkingTokens <= THOUGHTS.low) return LOW;
  return thinkingTokens < THOUGHTS.high ? MEDIUM : HIGH;
}
