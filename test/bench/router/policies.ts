/** The bandits of the benchmark by the name in its JSON. */
import { policyByName, type AnyPolicy } from '../../../src/core/money/policies/index.ts';
import { PILOT, type Preset } from '../../../src/core/learning/preset.ts';
import { costBlind } from './deploy.ts';
import type { Bandit } from './bandit.ts';
import { PAPER } from './paper.ts';

const shadow = policyByName('shadow-price');
const blind = costBlind as unknown as AnyPolicy;

/** Cold LinUCB as the field knows it: zero prior, lambda I, no forgetting, no exploration but its own optimism. */
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

/** The grid that cold LinUCB is tuned on, per dataset, by the tuning fold. */
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

/** As published: cosine score, lambda_a = 1 / accuracy, learning blind to cost, ZCL at deployment. */
export const pilotPaper: Bandit = {
  name: 'pilot-paper',
  preset: PAPER,
  prior: 'preference',
  learnUnder: blind,
  deployUnder: policyByName('zcl'),
};

/** The paper's baselines; all get the product's cost policy, as in the paper all get PILOT's. */
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
