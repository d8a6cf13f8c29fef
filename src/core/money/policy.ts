/**
 * The cost policy's interface: which arms are worth their price now, and the worth of a unit of cost in reward. The
 * paper's online multiple-choice knapsack and the re-solved shadow price implement it (src/core/money/policies/). Pure:
 * state in, state out; the ledger supplies the facts about money at each call.
 */
import type { ArmId, EpochMs, NanoUsd } from '../brand.ts';
import type { Surface } from '../decision.ts';

/** An arm on offer for this prompt, with its expected reward and cost. */
export interface Offer {
  readonly armId: ArmId;
  /** Point estimate of the reward, in [0, 1] (clamped). */
  readonly reward: number;
  readonly cost: NanoUsd;
  readonly worstCase: NanoUsd;
}

/** The forecast of the requests after this one, from the user's own weeks (`demand.ts`). */
export interface DemandForecast {
  /** Until the period's end. */
  readonly bySurface: Readonly<Record<Surface, number>>;
  /** Until nine tenths of the period have passed, all surfaces. */
  readonly untilLastTenth: number;
  /** Number of observed requests behind the forecast. */
  readonly seen: number;
}

/** Money and time at the moment of a decision, from the ledger, over all workspaces. */
export interface MoneySituation {
  readonly now: EpochMs;
  readonly periodStart: EpochMs;
  readonly periodEnd: EpochMs;
  readonly limit: NanoUsd;
  /** Settled, reserved and held-back amounts of this period. */
  readonly committed: NanoUsd;
  readonly surface: Surface;
  /** Local hour-of-week (0 = Monday 00:00) of `now`. */
  readonly hourOfWeek: number;
  /** Requests so far this period over all workspaces, by surface. */
  readonly requests: Readonly<Record<Surface, number>>;
  /** Expected requests from now to the period's end (over all workspaces); undefined = the policy guesses. */
  readonly expectedRemaining: number | undefined;
  /** Undefined = `expectedRemaining` is exact, and the surfaces keep their proportions. */
  readonly demand?: DemandForecast | undefined;
}

export interface Appraisal {
  /** Reward per USD: the threshold (ZCL) or the shadow price. */
  readonly price: number;
  readonly utilization: number;
  /**
   * For each arm: whether it may be chosen, and the deduction from its index for its expected cost (reward units; 0
   * under ZCL).
   */
  readonly verdicts: ReadonlyMap<ArmId, { readonly worth: boolean; readonly charge: number }>;
  /** Taken when no arm is worth its price: the cheapest that fits; undefined = refuse. */
  readonly fallback: ArmId | undefined;
}

export interface CostPolicy<State> {
  readonly name: string;
  initial(): State;
  /** Total: garbage gives the initial state and `recovered: true`. */
  decode(stored: unknown): { readonly state: State; readonly recovered: boolean };
  /** JSON-safe, small (the whole workspace state stays under 64 KB). */
  encode(state: State): unknown;
  appraise(state: State, offers: readonly Offer[], money: MoneySituation): Appraisal;
  /** Called after the choice with the offers and the taken arm, so the policy learns density bounds and demand. */
  observe(state: State, offers: readonly Offer[], taken: ArmId | undefined, money: MoneySituation): State;
  /** Called after the settlement with the actual cost. */
  settled(state: State, cost: NanoUsd, money: MoneySituation): State;
}
