/** Everything that is measured on one seed of one dataset. */
import { policyByName } from '../../../src/core/policies/index.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { learn, type Bandit } from './bandit.ts';
import { bestFixed, qualityOf, spendOf, type Dataset, type Trial } from './dataset.ts';
import { deploy, type Deployed, type Estimates } from './deploy.ts';
import { epochGreedy, epsilonGreedy, linucb, pilot, pilotPaper } from './policies.ts';
import { nearestNeighbours } from './neighbours.ts';
import * as reference from './references.ts';

export interface Point {
  readonly fraction: number;
  readonly budget: number;
  readonly spend: number;
  readonly quality: number;
  readonly refused: number;
}

/** A difference of two policies over the same deployment prompts, and its standard error. */
export interface Paired {
  readonly difference: number;
  readonly error: number;
}

export interface SeedResult {
  readonly best: { readonly arm: number; readonly quality: number; readonly cost: number };
  readonly oracle: { readonly quality: number; readonly spend: number };
  readonly curves: Readonly<Record<string, readonly Point[]>>;
  /** By fraction: the product against the static mix, the paper's preset and the best fixed model. */
  readonly paired: readonly {
    readonly fraction: number;
    readonly against: Readonly<Record<string, Paired>>;
  }[];
  /** Deployment quality over best fixed after so many feedbacks, at `LEARNING_FRACTION`. */
  readonly learning: Readonly<Record<string, readonly { readonly n: number; readonly quality: number }[]>>;
  /** Regret net of cost against the full-information router, cumulative. */
  readonly regret: Readonly<Record<string, readonly { readonly n: number; readonly regret: number }[]>>;
  /** Share of deployment prompts by task and model for the product at `LEARNING_FRACTION`. */
  readonly shares: Readonly<Record<string, readonly number[]>>;
}

export interface SeedOptions {
  readonly fractions: readonly number[];
  readonly policies: readonly string[];
  /** Cold LinUCB as tuned on this dataset's tuning folds. */
  readonly tuned: { readonly alpha: number; readonly lambda: number };
  /** The same trial in the space of the evaluation artefact, where there is one. */
  readonly evaluation: Trial | undefined;
}

export const LEARNING_FRACTION = 0.25;
export const FEEDBACKS = [0, 10, 30, 100, 300, 1000] as const;

const shadow = policyByName('shadow-price');

export function runSeed(trial: Trial, options: SeedOptions): SeedResult {
  const { data, deployment } = trial;
  const arm = bestFixed(data, deployment);
  const best = { arm, quality: qualityOf(data, deployment, arm), cost: spendOf(data, deployment, arm) };
  const run = new SeedRun(trial, options, best);
  for (const fraction of options.fractions) run.atFraction(fraction);
  return { best, oracle: reference.oracle(trial), ...run.results() };
}

class SeedRun {
  readonly #trial: Trial;
  readonly #options: SeedOptions;
  readonly #best: SeedResult['best'];
  readonly #curves: Record<string, Point[]> = {};
  readonly #paired: { fraction: number; against: Record<string, Paired> }[] = [];
  readonly #learning: Record<string, { n: number; quality: number }[]> = {};
  readonly #regret: Record<string, { n: number; regret: number }[]> = {};
  #shares: Record<string, number[]> = {};
  readonly #full: Estimates;
  readonly #near: Estimates;

  constructor(trial: Trial, options: SeedOptions, best: SeedResult['best']) {
    this.#trial = trial;
    this.#options = options;
    this.#best = best;
    this.#full = reference.fullInformation(trial);
    this.#near = this.#wants('knn') ? nearestNeighbours(trial) : this.#full;
  }

  results(): Omit<SeedResult, 'best' | 'oracle'> {
    return {
      curves: this.#curves,
      paired: this.#paired,
      learning: this.#learning,
      regret: this.#regret,
      shares: this.#shares,
    };
  }

  atFraction(fraction: number): void {
    const trial = this.#trial;
    const budget = fraction * this.#best.cost;
    const random = seeded(trial.seed * 104729 + Math.round(fraction * 1000));
    trial.data.models.forEach((model, arm) =>
      this.#point(`all:${model}`, fraction, () => reference.allTo(trial, arm, budget)),
    );
    this.#point('random', fraction, () => reference.randomChoice(trial, budget, random));
    const mix = this.#point('static-mix', fraction, () => reference.staticMix(trial, budget, random));
    this.#point('knn', fraction, () => deploy(trial, this.#near, shadow, budget));
    this.#priced('full-info', fraction, budget, () => reference.atHindsightPrice(trial, this.#full, budget));
    this.#priced('hindsight', fraction, budget, () => reference.hindsight(trial, budget));
    const product = this.#bandit(pilot(), trial, fraction);
    const paper = this.#bandit(pilotPaper, trial, fraction);
    for (const bandit of [
      linucb(this.#options.tuned.alpha, this.#options.tuned.lambda),
      epsilonGreedy,
      epochGreedy,
    ]) {
      this.#bandit(bandit, trial, fraction);
    }
    if (this.#options.evaluation !== undefined) {
      this.#bandit({ ...pilot(), name: 'pilot-evaluation' }, this.#options.evaluation, fraction);
    }
    if (fraction === LEARNING_FRACTION) {
      this.#bandit({ ...pilot(), name: 'pilot-reversed', prior: 'reversed' }, trial, fraction);
      if (product !== undefined) this.#shares = sharesOf(trial, product);
    }
    if (product === undefined) return;
    const fixed = reference.allTo(trial, this.#best.arm, this.#best.cost * 2);
    const against: Record<string, Paired> = { 'best-fixed': paired(product.scores, fixed.scores) };
    if (mix !== undefined) against['static-mix'] = paired(product.scores, mix.scores);
    if (paper !== undefined) against['pilot-paper'] = paired(product.scores, paper.scores);
    this.#paired.push({ fraction, against });
  }

  #wants(policy: string): boolean {
    const { policies } = this.#options;
    const [family = policy] = policy.split(':');
    return policies.length === 0 || policies.includes(policy) || policies.includes(family);
  }

  #point(policy: string, fraction: number, run: () => Deployed): Deployed | undefined {
    if (!this.#wants(policy)) return undefined;
    const deployed = run();
    const { budget, spend, quality, refused } = deployed;
    (this.#curves[policy] ??= []).push({ fraction, budget, spend, quality, refused });
    return deployed;
  }

  #priced(policy: string, fraction: number, budget: number, run: () => reference.Priced): void {
    if (!this.#wants(policy)) return;
    const { quality, spend } = run();
    (this.#curves[policy] ??= []).push({ fraction, budget, spend, quality, refused: 0 });
  }

  #bandit(bandit: Bandit, trial: Trial, fraction: number): Deployed | undefined {
    if (!this.#wants(bandit.name)) return undefined;
    const budget = fraction * this.#best.cost;
    const rate = budget / trial.deployment.length;
    const traced = fraction === LEARNING_FRACTION;
    const random = seeded(trial.seed * 31 + 7);
    const world = traced
      ? { at: this.#learningCurve(bandit, trial, budget), watch: this.#regretOf(bandit.name, budget) }
      : {};
    const estimates = learn(bandit, trial, rate, random, world);
    return this.#point(bandit.name, fraction, () => deploy(trial, estimates, bandit.deployUnder, budget));
  }

  #learningCurve(
    bandit: Bandit,
    trial: Trial,
    budget: number,
  ): ReadonlyMap<number, (estimates: Estimates) => void> {
    const curve = (this.#learning[bandit.name] ??= []);
    return new Map(
      FEEDBACKS.map((n) => [
        n,
        (estimates) => {
          const { quality } = deploy(trial, estimates, bandit.deployUnder, budget);
          curve.push({ n, quality: quality / this.#best.quality });
        },
      ]),
    );
  }

  /** Per step: what the full-information router would have netted at its 25 % price, less what this policy did. */
  #regretOf(name: string, budget: number): (step: number, row: number, arm: number) => void {
    const { data, quotes } = this.#trial;
    const { price } = reference.atHindsightPrice(this.#trial, this.#full, budget);
    const net = (row: number, arm: number): number =>
      data.rows[row]!.quality[arm]! - price * data.rows[row]!.cost[arm]!;
    const curve = (this.#regret[name] ??= []);
    let sum = 0;
    return (step, row, arm) => {
      const means = this.#full(row);
      let best = 0;
      const score = (a: number): number => means[a]! - price * (quotes[row]![a]!.expected / 1e9);
      for (let a = 1; a < means.length; a++) if (score(a) > score(best)) best = a;
      sum += net(row, best) - net(row, arm);
      const n = step + 1;
      const last = Math.min(1000, this.#trial.learning.length);
      if (n === 30 || n === 100 || n === 300 || n === last) curve.push({ n, regret: sum });
    };
  }
}

export function paired(a: Float64Array, b: Float64Array): Paired {
  const differences = a.map((value, i) => value - b[i]!);
  const difference = reference.mean(differences);
  const variance = reference.mean(differences.map((value) => (value - difference) ** 2));
  return { difference, error: Math.sqrt(variance / differences.length) };
}

function sharesOf({ data, deployment }: Trial, { chosen }: Deployed): Record<string, number[]> {
  const counts: Record<string, number[]> = {};
  deployment.forEach((row, i) => {
    const arm = chosen[i]!;
    if (arm < 0) return;
    for (const task of [data.rows[row]!.task, 'all']) {
      const tally = (counts[task] ??= data.models.map(() => 0));
      tally[arm]!++;
    }
  });
  for (const tally of Object.values(counts)) {
    const total = tally.reduce((sum, count) => sum + count, 0);
    tally.forEach((count, i) => (tally[i] = count / total));
  }
  return counts;
}

/** Quality over best fixed of one bandit at the learning fraction, on the tuning fold: how the grid is judged. */
export function tuningScore(data: Dataset, bandit: Bandit, trials: readonly Trial[]): number {
  return reference.mean(
    trials.map((trial) => {
      const arm = bestFixed(data, trial.deployment);
      const budget = LEARNING_FRACTION * spendOf(data, trial.deployment, arm);
      const estimates = learn(bandit, trial, budget / trial.deployment.length, seeded(trial.seed));
      return (
        deploy(trial, estimates, bandit.deployUnder, budget).quality / qualityOf(data, trial.deployment, arm)
      );
    }),
  );
}
