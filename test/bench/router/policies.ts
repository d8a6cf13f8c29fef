/** The bandits of the benchmark by their names in its JSON. */
import { policyByName, type AnyPolicy } from '../../../src/core/money/policies/index.ts';
import { PILOT, type Preset } from '../../../src/core/learning/preset.ts';
import { costBlind } from './deploy.ts';
import type { Bandit } from './bandit.ts';
import { PAPER } from './paper.ts';

const shadow = policyByName('shadow-price');
const blind = costBlind as unknown as AnyPolicy;

/** The usual cold LinUCB: zero prior, lambda I, no forgetting, no exploration beyond its own optimism. */
export const coldLinucb = (alpha: number, lambda: number): Preset => ({
  ...PILOT,
  alpha,
  prior: {
    kind: 'fading',
    level: lambda,
    content: lambda,
    language: lambda,
    halfAt: Infinity,
    floor: 1,
  },
  pool: undefined,
  halfLifeDays: undefined,
  change: undefined,
  exploration: { kind: 'none' },
  trials: undefined,
});

/** The grid on which cold LinUCB is tuned for each dataset, by the tuning fold. */
export const GRID = [0.3, 1, 2].flatMap((alpha) => [0.3, 1, 10, 30].map((lambda) => ({ alpha, lambda })));

export const linucb = (alpha: number, lambda: number): Bandit => ({
  name: 'linucb',
  preset: coldLinucb(alpha, lambda),
  prior: 'none',
  learnUnder: shadow,
  deployUnder: shadow,
});

export const pilot = (preset: Preset = PILOT): Bandit => ({
  name: 'pilot',
  preset,
  prior: 'preference',
  learnUnder: shadow,
  deployUnder: shadow,
});

/** As published: cosine score, lambda_a = 1 / accuracy, learning that ignores cost, ZCL at deployment. */
export const pilotPaper: Bandit = {
  name: 'pilot-paper',
  preset: PAPER,
  prior: 'preference',
  learnUnder: blind,
  deployUnder: policyByName('zcl'),
};

/** The paper's baselines; all get the product's cost policy, as all get PILOT's in the paper. */
export const epsilonGreedy: Bandit = {
  name: 'epsilon-greedy',
  preset: { ...coldLinucb(0, 1), exploration: { kind: 'epsilon', epsilon: 0.1, margin: Infinity } },
  prior: 'none',
  learnUnder: shadow,
  deployUnder: shadow,
};

export const epochGreedy: Bandit = {
  ...epsilonGreedy,
  name: 'epoch-greedy',
  epochGreedy: true,
};
