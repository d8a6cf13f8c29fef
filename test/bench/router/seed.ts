/** All measurements on one seed of one dataset. */
import { policyByName } from '../../../src/core/money/policies/index.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { learn, type Bandit } from './bandit.ts';
import { bestFixed, qualityOf, spendOf, type Trial } from './dataset.ts';
import { costBlind, deploy, type Deployed, type Estimates } from './deploy.ts';
import { nearestNeighbours } from './neighbours.ts';
import { epochGreedy, epsilonGreedy, GRID, linucb, pilot, pilotPaper } from './policies.ts';
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

/** Deployment quality over best fixed after `n` feedbacks. */
export interface Learnt {
  readonly n: number;
  readonly quality: number;
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
  /** At `LEARNING_FRACTION`. */
  readonly learning: Readonly<Record<string, readonly Learnt[]>>;
  /** For a number of feedbacks, by policy: its difference from cold LinUCB after as many. */
  readonly againstCold: Readonly<Record<string, readonly (Paired & { readonly n: number })[]>>;
  /** The start of each cold LinUCB of the grid, in the grid's order. */
  readonly coldStarts: readonly (readonly Learnt[])[];
  /** Regret net of cost against the full-information router, cumulative. */
  readonly regret: Readonly<Record<string, readonly { readonly n: number; readonly regret: number }[]>>;
  /** Share of deployment prompts by task and model for the product at `LEARNING_FRACTION`. */
  readonly shares: Readonly<Record<string, readonly number[]>>;
}

export interface SeedOptions {
  readonly fractions: readonly number[];
  /** Empty = all. */
  readonly policies: readonly string[];
  /** Cold LinUCB with the settings tuned on this dataset's tuning folds. */
  readonly tuned: { readonly alpha: number; readonly lambda: number };
  /** The same trial in the space of the evaluation artifact, where there is one. */
  readonly evaluation: Trial | undefined;
  /** Only curves: no learning curves, regret, or grid of cold starts. */
  readonly curvesOnly?: boolean;
}

export const LEARNING_FRACTION = 0.25;
export const FEEDBACKS = [0, 10, 30, 100, 300, 1000] as const;
/** Feedback counts at which the prior must be ahead of every cold start. */
export const STARTS: readonly number[] = [0, 10, 30, 100];
const MOST_REGRET = 1000;

/** The names that `--policies` takes; `all` stands for every `all:<model>`. */
export const POLICIES = [
  'all',
  'random',
  'static-mix',
  'epoch-greedy',
  'epsilon-greedy',
  'linucb',
  'pilot-paper',
  'pilot',
  'pilot-evaluation',
  'pilot-reversed',
  'knn',
  'full-info',
  'hindsight',
  'oracle',
] as const;

const shadow = policyByName('shadow-price');

export function runSeed(trial: Trial, options: SeedOptions): SeedResult {
  const { data, deployment } = trial;
  const arm = bestFixed(data, deployment);
  const best = { arm, quality: qualityOf(data, deployment, arm), cost: spendOf(data, deployment, arm) };
  const run = new SeedRun(trial, options, best);
  const learningAlone =
    options.curvesOnly === true || options.fractions.includes(LEARNING_FRACTION) ? [] : [LEARNING_FRACTION];
  for (const fraction of [...options.fractions, ...learningAlone]) run.atFraction(fraction);
  return { best, oracle: reference.oracleUnlimited(trial), ...run.results() };
}

class SeedRun {
  readonly #trial: Trial;
  readonly #options: SeedOptions;
  readonly #best: SeedResult['best'];
  readonly #curves: Record<string, Point[]> = {};
  readonly #paired: { fraction: number; against: Record<string, Paired> }[] = [];
  readonly #learning: Record<string, (Learnt & { readonly scores: Float64Array })[]> = {};
  readonly #regret: Record<string, { n: number; regret: number }[]> = {};
  #coldStarts: Learnt[][] = [];
  #shares: Record<string, number[]> = {};
  readonly #full: Estimates;
  readonly #near: Estimates;
  /** Learning that ignores cost is the same at every budget. */
  readonly #blind = new Map<string, Estimates>();

  constructor(trial: Trial, options: SeedOptions, best: SeedResult['best']) {
    this.#trial = trial;
    this.#options = options;
    this.#best = best;
    this.#full = reference.fullInformation(trial);
    this.#near = this.#wants('knn') ? nearestNeighbours(trial) : this.#full;
  }

  results(): Omit<SeedResult, 'best' | 'oracle'> {
    const learning = Object.entries(this.#learning);
    return {
      curves: this.#curves,
      paired: this.#paired,
      learning: Object.fromEntries(
        learning.map(([policy, points]) => [policy, points.map(({ n, quality }) => ({ n, quality }))]),
      ),
      againstCold: this.#againstCold(),
      coldStarts: this.#coldStarts,
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
    this.#point('full-info', fraction, () => reference.atBestPrice(trial, this.#full, budget));
    this.#point('hindsight', fraction, () => reference.hindsight(trial, budget));
    this.#point('oracle', fraction, () => reference.oracle(trial, budget));
    const product = this.#bandit(pilot(), trial, fraction);
    const paper = this.#bandit(pilotPaper, trial, fraction);
    const { alpha, lambda } = this.#options.tuned;
    for (const bandit of [linucb(alpha, lambda), epsilonGreedy, epochGreedy]) {
      this.#bandit(bandit, trial, fraction);
    }
    if (this.#options.evaluation !== undefined) {
      this.#bandit({ ...pilot(), name: 'pilot-evaluation' }, this.#options.evaluation, fraction);
    }
    if (this.#isTraced(fraction)) {
      this.#bandit({ ...pilot(), name: 'pilot-reversed', prior: 'reversed' }, trial, fraction);
      if (product !== undefined) this.#shares = sharesOf(trial, product);
      if (this.#wants('linucb')) this.#coldStarts = GRID.map((entry) => this.#coldStart(entry, budget));
    }
    if (product !== undefined) this.#compare(fraction, product, mix, paper);
  }

  #compare(
    fraction: number,
    product: Deployed,
    mix: Deployed | undefined,
    paper: Deployed | undefined,
  ): void {
    if (!this.#options.fractions.includes(fraction)) return;
    // Twice its cost, so everything passes the gate.
    const fixed = reference.allTo(this.#trial, this.#best.arm, this.#best.cost * 2);
    const against: Record<string, Paired> = { 'best-fixed': paired(product.scores, fixed.scores) };
    if (mix !== undefined) against['static-mix'] = paired(product.scores, mix.scores);
    if (paper !== undefined) against['pilot-paper'] = paired(product.scores, paper.scores);
    this.#paired.push({ fraction, against });
  }

  #isTraced = (fraction: number): boolean =>
    fraction === LEARNING_FRACTION && this.#options.curvesOnly !== true;

  #wants(policy: string): boolean {
    const { policies } = this.#options;
    const [family = policy] = policy.split(':');
    return policies.length === 0 || policies.includes(policy) || policies.includes(family);
  }

  #point(policy: string, fraction: number, run: () => Deployed): Deployed | undefined {
    if (!this.#wants(policy)) return undefined;
    const deployed = run();
    const { budget, spend, quality, refused } = deployed;
    if (this.#options.fractions.includes(fraction)) {
      (this.#curves[policy] ??= []).push({ fraction, budget, spend, quality, refused });
    }
    return deployed;
  }

  #bandit(bandit: Bandit, trial: Trial, fraction: number): Deployed | undefined {
    if (!this.#wants(bandit.name)) return undefined;
    const budget = fraction * this.#best.cost;
    const rate = budget / trial.deployment.length;
    const random = seeded(trial.seed * 31 + 7);
    const traced = this.#isTraced(fraction);
    const world = traced
      ? { at: this.#learningCurve(bandit, trial, budget), watch: this.#regretOf(bandit.name, budget) }
      : {};
    const known = traced ? undefined : this.#blind.get(bandit.name);
    const estimates = known ?? learn(bandit, trial, rate, random, world);
    if (bandit.learnUnder.name === costBlind.name) this.#blind.set(bandit.name, estimates);
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
          const { quality, scores } = deploy(trial, estimates, bandit.deployUnder, budget);
          curve.push({ n, quality: quality / this.#best.quality, scores });
        },
      ]),
    );
  }

  #againstCold(): SeedResult['againstCold'] {
    const cold = new Map(this.#learning['linucb']?.map(({ n, scores }) => [n, scores]));
    return Object.fromEntries(
      Object.entries(this.#learning)
        .filter(([policy]) => policy !== 'linucb')
        .map(([policy, points]) => [
          policy,
          points.flatMap(({ n, scores }) => {
            const other = cold.get(n);
            return other === undefined ? [] : [{ n, ...paired(scores, other) }];
          }),
        ]),
    );
  }

  /** The first feedbacks of one cold LinUCB of the grid. */
  #coldStart({ alpha, lambda }: (typeof GRID)[number], budget: number): Learnt[] {
    const trial = this.#trial;
    const bandit = linucb(alpha, lambda);
    const curve: Learnt[] = [];
    const at = (n: number) => (estimates: Estimates) => {
      const { quality } = deploy(trial, estimates, bandit.deployUnder, budget);
      curve.push({ n, quality: quality / this.#best.quality });
    };
    learn(bandit, trial, budget / trial.deployment.length, seeded(trial.seed * 31 + 7), {
      until: Math.max(...STARTS),
      at: new Map(STARTS.map((n) => [n, at(n)])),
    });
    return curve;
  }

  /** For each step: the net result of the full-information router at its 25 % price minus that of this policy. */
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
      const last = Math.min(MOST_REGRET, this.#trial.learning.length);
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
    for (const task of new Set([data.rows[row]!.task, 'all'])) {
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

/** Quality over best fixed of one bandit at the learning fraction on the tuning fold, which ranks the grid. */
export function tuningScore(bandit: Bandit, trials: readonly Trial[]): number {
  return reference.mean(
    trials.map((trial) => {
      const { data, deployment } = trial;
      const arm = bestFixed(data, deployment);
      const budget = LEARNING_FRACTION * spendOf(data, deployment, arm);
      const estimates = learn(bandit, trial, budget / deployment.length, seeded(trial.seed));
      return deploy(trial, estimates, bandit.deployUnder, budget).quality / qualityOf(data, deployment, arm);
    }),
  );
}
