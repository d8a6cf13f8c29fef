/** Disturbances during learning, followed by a normal deployment, at the 25 % budget. */
import { seeded } from '../../../scripts/train/random.ts';
import { learn, type Bandit, type World } from './bandit.ts';
import { bestFixed, qualityOf, spendOf, type Trial } from './dataset.ts';
import { deploy } from './deploy.ts';
import { pilot } from './policies.ts';
import { LEARNING_FRACTION } from './seed.ts';
import { atHindsightPrice, fullInformation } from './references.ts';

export interface Scenarios {
  /** Deployment quality over best fixed. */
  readonly quality: Readonly<Record<string, number>>;
  /** Prompts after the change until the router has followed it; undefined = never. */
  readonly reaction: Readonly<Record<string, number | undefined>>;
}

export function runScenarios(trial: Trial, bandit: Bandit = pilot()): Scenarios {
  const { rate, budget, best } = situationOf(trial);
  const { learning } = trial;
  const run = (world: World, on: Trial = trial): number => {
    const estimates = learn(bandit, on, rate, seeded(trial.seed * 31 + 7), world);
    return deploy(trial, estimates, bandit.deployUnder, budget).quality / best;
  };
  const plain = new Shares(trial.data.models.length, Math.floor(learning.length / 2));
  const quality = {
    plain: run({ watch: plain.watch }),
    'noise 5 %': run({ feedback: flipped(trial, 0.05) }),
    'noise 20 %': run({ feedback: flipped(trial, 0.2) }),
    'delayed by 50': run({ delay: 50 }),
    'sparse, 10 %': run({ feedback: sparse(trial, 0.1) }),
    'task shift halfway': run({}, { ...trial, learning: shiftedOrder(trial) }),
  };
  return { quality, reaction: reactions(trial, bandit, plain) };
}

function situationOf(trial: Trial): { rate: number; budget: number; best: number } {
  const { data, deployment } = trial;
  const arm = bestFixed(data, deployment);
  const budget = LEARNING_FRACTION * spendOf(data, deployment, arm);
  return { budget, rate: budget / deployment.length, best: qualityOf(data, deployment, arm) };
}

/** `plain`: the shares of the arms in an undisturbed run; computed here where absent. */
export function reactions(trial: Trial, bandit: Bandit, plain?: Shares): Record<string, number | undefined> {
  const { data, learning } = trial;
  const { rate, budget } = situationOf(trial);
  const half = Math.floor(learning.length / 2);
  const play = (world: World): Shares => {
    const shares = new Shares(data.models.length, half);
    learn(bandit, trial, rate, seeded(trial.seed * 31 + 7), { ...world, watch: shares.watch });
    return shares;
  };
  const before = plain ?? play({});
  const favourite = before.favourite();
  const dropped = play({
    feedback: (row, arm, step) =>
      data.rows[row]!.quality[arm]! * (arm === favourite && step >= half ? 0.3 : 1),
  });
  const dearer = play({ priceFactor: (arm, step) => (arm === favourite && step >= half ? 10 : 1) });
  const newcomer = worthMost(trial, budget);
  const joined = play({ missing: (arm, step) => arm === newcomer && step < half });
  return {
    'quality of the favourite drops to 30 %: its share has halved after': dropped.halvedAfter(
      favourite,
      before,
    ),
    'price of the favourite rises tenfold: its share has halved after': dearer.halvedAfter(favourite, before),
    'a better model joins: tenth use after': joined.usedAfter(newcomer, 10),
  };
}

/** The arm that the full-information router chooses most often at this budget. */
function worthMost(trial: Trial, budget: number): number {
  const { chosen } = atHindsightPrice(trial, fullInformation(trial), budget);
  const counts = new Float64Array(trial.data.models.length);
  for (const arm of chosen) counts[arm]!++;
  return counts.indexOf(Math.max(...counts));
}

const WINDOW = 40;

/** The chosen arm of each step. */
class Shares {
  readonly #arms: number;
  readonly #half: number;
  readonly #taken: number[] = [];

  constructor(arms: number, half: number) {
    this.#arms = arms;
    this.#half = half;
  }

  watch = (_step: number, _row: number, arm: number): void => {
    this.#taken.push(arm);
  };

  /** The most frequent arm in the quarter before the change. */
  favourite(): number {
    const counts = new Float64Array(this.#arms);
    for (const arm of this.#taken.slice(Math.floor(this.#half / 2), this.#half)) counts[arm]!++;
    return counts.indexOf(Math.max(...counts));
  }

  #share(arm: number, from: number, to: number): number {
    const window = this.#taken.slice(from, to);
    return window.filter((taken) => taken === arm).length / Math.max(1, window.length);
  }

  halvedAfter(arm: number, plain: Shares): number | undefined {
    const before = plain.#share(arm, Math.floor(this.#half / 2), this.#half);
    for (let n = WINDOW; this.#half + n <= this.#taken.length; n++) {
      if (this.#share(arm, this.#half + n - WINDOW, this.#half + n) <= before / 2) return n;
    }
    return undefined;
  }

  usedAfter(arm: number, times: number): number | undefined {
    let used = 0;
    for (let at = this.#half; at < this.#taken.length; at++) {
      if (this.#taken[at] === arm && ++used === times) return at - this.#half + 1;
    }
    return undefined;
  }
}

function flipped({ data, seed }: Trial, share: number): NonNullable<World['feedback']> {
  const random = seeded(seed * 13 + 1);
  return (row, arm) => {
    const quality = data.rows[row]!.quality[arm]!;
    return random() < share ? 1 - quality : quality;
  };
}

function sparse({ data, seed }: Trial, share: number): NonNullable<World['feedback']> {
  const random = seeded(seed * 17 + 3);
  return (row, arm) => (random() < share ? data.rows[row]!.quality[arm]! : undefined);
}

/**
 * Half of the prompts, then the other half with other tasks: the smallest tasks come first until they fill a half, so
 * the most frequent kind of prompt is new when it comes. Within a half the prompts keep their order; a task across the
 * middle is cut there.
 */
export function shiftedOrder({ data, learning }: Trial): number[] {
  const sizes = new Map<string, number>();
  for (const row of learning) sizes.set(data.rows[row]!.task, (sizes.get(data.rows[row]!.task) ?? 0) + 1);
  const tasks = [...sizes].sort(([a, n], [b, m]) => n - m || a.localeCompare(b)).map(([task]) => task);
  const byTask = [...learning].sort(
    (a, b) => tasks.indexOf(data.rows[a]!.task) - tasks.indexOf(data.rows[b]!.task),
  );
  const first = new Set(byTask.slice(0, Math.floor(learning.length / 2)));
  return [...learning.filter((row) => first.has(row)), ...learning.filter((row) => !first.has(row))];
}
