/**
 * The cost policy's interface: which arms are worth their price now, and what a unit of cost is worth in reward.
 * The paper's online multiple-choice knapsack, and the re-solved shadow price both
 * implement it (src/core/money/policies/). Pure: state in, state out; the money facts come from the ledger at each call.
 */
import type { ArmId, EpochMs, NanoUsd } from '../brand.ts';
import type { Surface } from '../decision.ts';

/** An arm on offer for this prompt: what it is expected to earn and to cost. */
export interface Offer {
  readonly armId: ArmId;
  /** Point estimate of the reward, in [0, 1] (clamped). */
  readonly reward: number;
  readonly cost: NanoUsd;
  readonly worstCase: NanoUsd;
}

/** What the user's own weeks say of the requests after this one (`demand.ts`). */
export interface DemandForecast {
  /** Until the period's end. */
  readonly bySurface: Readonly<Record<Surface, number>>;
  /** Until nine tenths of the period have passed, all surfaces. */
  readonly untilLastTenth: number;
  /** Requests behind the forecast. */
  readonly seen: number;
}

/** Money and time as they stand; read anew for each decision, from the ledger, over all workspaces. */
export interface MoneySituation {
  readonly now: EpochMs;
  readonly periodStart: EpochMs;
  readonly periodEnd: EpochMs;
  readonly limit: NanoUsd;
  /** Settled plus reserved plus held back, this period. */
  readonly committed: NanoUsd;
  readonly surface: Surface;
  /** Local hour-of-week (0 = Monday 00:00) of `now`. */
  readonly hourOfWeek: number;
  /** Requests so far this period over all workspaces, by surface. */
  readonly requests: Readonly<Record<Surface, number>>;
  /** Observed expected requests from now to the period's end (over all workspaces); undefined = let the policy guess. */
  readonly expectedRemaining: number | undefined;
  /** Undefined = what is expected is exact, and of every surface as before. */
  readonly demand?: DemandForecast | undefined;
}

export interface Appraisal {
  /** Reward per USD: the threshold (ZCL) or the shadow price. */
  readonly price: number;
  readonly utilization: number;
  /** By arm: may it be chosen, and what its expected cost takes off its index (reward units; 0 under ZCL). */
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
  /** After the choice: what was on offer and what was taken, so that density bounds and demand are learnt. */
  observe(state: State, offers: readonly Offer[], taken: ArmId | undefined, money: MoneySituation): State;
  /** After settlement: what it really cost. */
  settled(state: State, cost: NanoUsd, money: MoneySituation): State;
}
