/**
 * Deployment under a hard budget: frozen estimates, one pass over the deployment prompts. Every policy has the same
 * gate: a call whose worst case exceeds the rest of the budget is refused; the prompt then takes the cheapest arm that
 * fits, and scores 0 where none does.
 */
import type { ArmId, NanoUsd } from '../../../src/core/brand.ts';
import type { CostPolicy, MoneySituation, Offer } from '../../../src/core/money/policy.ts';
import type { AnyPolicy } from '../../../src/core/money/policies/index.ts';
import { offeredRewards } from '../../../src/core/routing/router.ts';
import { nano, type Trial } from './dataset.ts';

export interface Deployed {
  readonly budget: number;
  readonly spend: number;
  readonly quality: number;
  /** Number of prompts for which no arm fitted the rest of the budget. */
  readonly refused: number;
  /** One for each deployment prompt, in the trial's order, for paired comparisons. */
  readonly scores: Float64Array;
  /** Arm by deployment prompt; -1 = refused. */
  readonly chosen: Int16Array;
}

/** Mean rewards by row, one for each arm. */
export type Estimates = (row: number) => Float64Array;

/** Requests of the learning phase that the price policy has seen before deployment, without feedback or spending. */
const WARM_UP = 300;

export function deploy(trial: Trial, estimates: Estimates, policy: AnyPolicy, budget: number): Deployed {
  const ledger = new Ledger(trial, budget);
  let state = policy.initial();
  for (const row of trial.learning.slice(-WARM_UP)) {
    state = policy.observe(state, offersOf(trial, row, estimates(row)), undefined, ledger.situation());
  }
  for (const row of trial.deployment) {
    const means = estimates(row);
    const offers = offersOf(trial, row, means);
    const money = ledger.situation();
    const { verdicts, fallback } = policy.appraise(state, offers, money);
    let chosen = -1;
    let highest = -Infinity;
    offers.forEach(({ armId }, arm) => {
      const verdict = verdicts.get(armId);
      if (verdict?.worth !== true) return;
      const score = means[arm]! - verdict.charge;
      if (score > highest) [highest, chosen] = [score, arm];
    });
    if (chosen < 0 && fallback !== undefined) chosen = trial.data.arms.indexOf(fallback);
    ledger.take(row, chosen);
    state = policy.observe(state, offers, trial.data.arms[chosen], money);
  }
  return ledger.result();
}

/** Deployment without estimates: `wanted` names an arm, which the gate may refuse. */
export function deployFixed(trial: Trial, wanted: (row: number) => number, budget: number): Deployed {
  const ledger = new Ledger(trial, budget);
  for (const row of trial.deployment) ledger.take(row, ledger.admit(row, wanted(row)));
  return ledger.result();
}

export function offersOf(trial: Trial, row: number, means: Float64Array): Offer[] {
  const rewards = offeredRewards([...means]);
  return trial.quotes[row]!.map(({ armId, expected, worstCase }, arm) => ({
    armId,
    reward: rewards[arm]!,
    cost: expected,
    worstCase,
  }));
}

class Ledger {
  readonly #trial: Trial;
  readonly #limit: NanoUsd;
  readonly #scores: Float64Array;
  readonly #chosen: Int16Array;
  #committed = 0;
  #served = 0;
  #refused = 0;

  constructor(trial: Trial, budget: number) {
    this.#trial = trial;
    this.#limit = Math.floor(budget * 1e9) as NanoUsd;
    this.#scores = new Float64Array(trial.deployment.length);
    this.#chosen = new Int16Array(trial.deployment.length);
  }

  situation(): MoneySituation {
    return situation(this.#limit, this.#committed, this.#served, this.#trial.deployment.length);
  }

  /** The arm if it fits, else the cheapest that fits, or -1. */
  admit(row: number, arm: number): number {
    const { worst } = this.#trial.data;
    const left = this.#limit - this.#committed;
    if (worst[arm]! <= left) return arm;
    const quotes = this.#trial.quotes[row]!;
    let cheapest = -1;
    quotes.forEach(({ expected }, other) => {
      if (worst[other]! <= left && (cheapest < 0 || expected < quotes[cheapest]!.expected)) cheapest = other;
    });
    return cheapest;
  }

  take(row: number, arm: number): void {
    this.#chosen[this.#served] = arm;
    if (arm < 0) this.#refused++;
    else {
      const { quality, cost } = this.#trial.data.rows[row]!;
      this.#committed += nano(cost[arm]!);
      this.#scores[this.#served] = quality[arm]!;
    }
    this.#served++;
  }

  result(): Deployed {
    if (this.#committed > this.#limit) throw new Error(`spent ${this.#committed} of ${this.#limit}`);
    return {
      budget: this.#limit / 1e9,
      spend: this.#committed / 1e9,
      quality: this.#scores.reduce((sum, score) => sum + score, 0) / this.#scores.length,
      refused: this.#refused,
      scores: this.#scores,
      chosen: this.#chosen,
    };
  }
}

const PERIOD_MS = 30 * 86_400_000;

/** A period with evenly distributed requests of a known number. */
export function situation(limit: NanoUsd, committed: number, served: number, total: number): MoneySituation {
  const now = (PERIOD_MS * served) / Math.max(1, total);
  return {
    now,
    periodStart: 0,
    periodEnd: PERIOD_MS,
    limit,
    committed: committed as NanoUsd,
    surface: 'ask',
    hourOfWeek: Math.floor(now / 3_600_000) % 168,
    requests: { ask: served, inline: 0, chat: 0 },
    expectedRemaining: Math.max(1, total - served),
  };
}

/** Ignores cost: the paper's learning phase. */
export const costBlind: CostPolicy<undefined> = {
  name: 'cost-blind',
  initial: () => undefined,
  decode: () => ({ state: undefined, recovered: false }),
  encode: () => undefined,
  appraise: (_, offers) => ({
    price: 0,
    utilization: 0,
    verdicts: new Map<ArmId, { worth: boolean; charge: number }>(
      offers.map(({ armId }) => [armId, { worth: true, charge: 0 }]),
    ),
    fallback: undefined,
  }),
  observe: () => undefined,
  settled: () => undefined,
};
