/**
 * The learnt state: a fold over the log of decisions and outcomes. Per head (Ask, inline) one ridge regression per
 * arm that anything was learnt about, and one pooled regression of what all arms share.
 *
 * The state is a function of the *set* of observations: each counts weight * 2^(-age / half-life), so the order in
 * which outcomes arrive does not matter, an outcome can be revised or taken back exactly at any time, and pausing
 * an arm or forgetting a period is folding the log again without it.
 *
 * Departure from the paper, pooling: theta_a = A_a^-1 (Lambda (theta_pref_a + beta) + m_a), where beta is a ridge
 * regression of r - x . theta_pref over all arms' feedback. What the prior has wrong for every arm alike (a strict
 * user, hard prompts) is then learnt once and not once per arm. beta costs one extra dot product per arm.
 */
import type { ArmId, DecisionId, EpochMs } from './brand.ts';
import type { Context, Decision, Head, Outcome } from './decision.ts';
import { headOf } from './decision.ts';
import { dot, multiply, unit } from './linalg.ts';
import { bound, meanOf, priorBound, type Bound } from './linucb.ts';
import { precisionAt } from './priorStrength.ts';
import type { Preset } from './preset.ts';
import {
  forget,
  fromPrior,
  observe,
  revise,
  withPrior,
  type Evidence,
  type Prior,
  type Ridge,
} from './ridge.ts';

/** Everything the fold needs that is not in the log. */
export interface LearnerSpec {
  readonly spaceId: string;
  /** Of x. */
  readonly dimension: number;
  readonly preset: Preset;
  /** Called often: the caller caches. */
  readonly priorFor: (armId: ArmId) => ArmPrior;
}

export interface ArmPrior {
  /** theta_pref, `dimension` long: rewards for the dot product, a direction for the paper's cosine (`priorFor` in prior.ts). */
  readonly theta: Float64Array;
  /** Mean reward in pre-training, for the paper's lambda_a. */
  readonly accuracy: number;
}

/** The part of a log entry that is learnt from; `LogEntry` of the application's ports fits it. */
export type LearnerEvent =
  | { readonly type: 'decision'; readonly decision: LearnerDecision }
  | { readonly type: 'outcome'; readonly outcome: LearnerOutcome };
export type LearnerDecision = Pick<Decision, 'id' | 'at' | 'surface' | 'context' | 'chosen'>;
export type LearnerOutcome = Pick<Outcome, 'decisionId' | 'reward' | 'weight'>;

export type FoldEffect =
  'noted' | 'learnt' | 'revised' | 'taken-back' | 'no-observation' | 'unknown-decision' | 'other-space';

export interface ArmEstimate extends Bound {
  readonly armId: ArmId;
  /** Observations behind the estimate, discounted by forgetting. */
  readonly observations: number;
}

/** A decision whose outcome may still come or change. */
export interface Pending {
  readonly head: Head;
  readonly armId: ArmId;
  readonly x: Float64Array;
  readonly day: number;
  readonly learnt: { readonly reward: number; readonly weight: number } | undefined;
}

export interface HeadState {
  readonly arms: Map<ArmId, Ridge>;
  pool: Ridge | undefined;
  /** Observations over all arms, discounted: what the prior's hold fades with. */
  total: number;
}

/** Oldest decisions fall out first; an outcome for one that did is folded with its decision from the log. */
export const MAX_PENDING = 512;
const DAY_MS = 86_400_000;

export class Learner {
  readonly spec: LearnerSpec;
  readonly heads: Readonly<Record<Head, HeadState>>;
  readonly pending = new Map<DecisionId, Pending>();
  /** Days since 1970 to which the evidence is discounted; never goes back. */
  day = 0;

  constructor(spec: LearnerSpec) {
    this.spec = spec;
    this.heads = { ask: this.#emptyHead(), inline: this.#emptyHead() };
  }

  fold(event: LearnerEvent): FoldEffect {
    return event.type === 'decision' ? this.#note(event.decision) : this.#learn(event.outcome);
  }

  /** O(d^2) for each arm with evidence, O(d) for each without. Undefined when the context is of another space. */
  estimate(
    head: Head,
    armIds: readonly ArmId[],
    context: Context,
    now: EpochMs,
  ): readonly ArmEstimate[] | undefined {
    if (!this.#fits(context)) return undefined;
    this.#advance(dayOf(now));
    const x = this.#view(context.x);
    const state = this.heads[head];
    return armIds.map((armId) => this.#estimateArm(state, armId, x));
  }

  #estimateArm(state: HeadState, armId: ArmId, x: Float64Array): ArmEstimate {
    const { scoring } = this.spec.preset;
    const stored = state.arms.get(armId);
    if (stored === undefined) {
      const { theta, precision } = this.#prior(armId, state.total);
      const own = priorBound(theta, precision, x, scoring);
      const shared = state.pool === undefined ? 0 : dot(state.pool.theta, x);
      return { armId, mean: own.mean + shared, width: own.width, observations: 0 };
    }
    const ridge = this.#current(state, armId, stored);
    const own = bound(ridge, x, scoring);
    const mean = own.mean + pooledShift(ridge, state.pool, x);
    return { armId, mean, width: own.width, observations: ridge.count };
  }

  #note(decision: LearnerDecision): FoldEffect {
    if (!this.#fits(decision.context)) return 'other-space';
    if (this.pending.has(decision.id)) return 'noted';
    const oldest = this.pending.keys().next();
    if (this.pending.size >= MAX_PENDING && oldest.done !== true) this.pending.delete(oldest.value);
    this.pending.set(decision.id, {
      head: headOf(decision.surface),
      armId: decision.chosen,
      x: this.#view(decision.context.x),
      day: dayOf(decision.at),
      learnt: undefined,
    });
    return 'noted';
  }

  #learn({ decisionId, reward, weight }: LearnerOutcome): FoldEffect {
    const pending = this.pending.get(decisionId);
    if (pending === undefined) return 'unknown-decision';
    const next = checked(reward, weight);
    const { learnt } = pending;
    this.#advance(pending.day);
    this.pending.set(decisionId, { ...pending, learnt: next });
    if (next === undefined && learnt === undefined) return 'no-observation';
    if (next !== undefined && learnt !== undefined && learnt.weight === next.weight) {
      const by = next.reward - learnt.reward;
      this.#change(pending, (ridge, _base, age) => revise(ridge, pending.x, by, next.weight * age));
      return 'revised';
    }
    this.#change(pending, (ridge, base, age) => {
      const without =
        learnt === undefined ? ridge : observe(ridge, pending.x, learnt.reward - base, -learnt.weight * age);
      return next === undefined
        ? without
        : observe(without, pending.x, next.reward - base, next.weight * age);
    });
    this.heads[pending.head].total += ((next?.weight ?? 0) - (learnt?.weight ?? 0)) * this.#keep(pending.day);
    if (next === undefined) return 'taken-back';
    return learnt === undefined ? 'learnt' : 'revised';
  }

  /** Applies one change to the arm (base 0) and to the pool (base: what the arm's prior had predicted). */
  #change(pending: Pending, change: (ridge: Ridge, base: number, age: number) => Ridge): void {
    const state = this.heads[pending.head];
    const age = this.#keep(pending.day);
    const stored = state.arms.get(pending.armId) ?? fromPrior(this.#prior(pending.armId, state.total));
    state.arms.set(pending.armId, change(stored, 0, age));
    if (state.pool === undefined) return;
    const predicted = meanOf(this.spec.priorFor(pending.armId).theta, pending.x, this.spec.preset.scoring);
    state.pool = change(state.pool, predicted, age);
  }

  #advance(day: number): void {
    if (day <= this.day) return;
    const keep = this.day === 0 ? 1 : this.#keepOver(day - this.day);
    this.day = day;
    if (keep === 1) return;
    for (const state of Object.values(this.heads)) {
      for (const [armId, ridge] of state.arms) state.arms.set(armId, forget(ridge, keep));
      if (state.pool !== undefined) state.pool = forget(state.pool, keep);
      state.total *= keep;
    }
  }

  /** The arm's ridge under the prior's present hold; refactored only when the hold has moved a step. */
  #current(state: HeadState, armId: ArmId, ridge: Ridge): Ridge {
    const prior = this.#prior(armId, state.total);
    if (prior.precision[0] === ridge.prior.precision[0]) return ridge;
    const current = withPrior(ridge, prior);
    state.arms.set(armId, current);
    return current;
  }

  #prior(armId: ArmId, total: number): Prior {
    const { theta, accuracy } = this.spec.priorFor(armId);
    return { theta, precision: precisionAt(this.spec.preset, theta.length, accuracy, total) };
  }

  /** The paper learns on unit vectors. */
  #view(x: Float64Array): Float64Array {
    return this.spec.preset.scoring === 'cosine' ? unit(x) : x;
  }

  #fits({ spaceId, x }: Context): boolean {
    return spaceId === this.spec.spaceId && x.length === this.spec.dimension && x.every(Number.isFinite);
  }

  #keep = (day: number): number => this.#keepOver(Math.max(0, this.day - day));

  #keepOver(days: number): number {
    const { halfLifeDays } = this.spec.preset;
    return halfLifeDays === undefined ? 1 : 2 ** (-days / halfLifeDays);
  }

  #emptyHead(): HeadState {
    return { arms: new Map(), pool: emptyPool(this.spec), total: 0 };
  }

  /** Puts stored evidence under this spec's priors (state.ts). */
  adopt(head: Head, evidence: ReadonlyMap<ArmId, Evidence>): void {
    const state = this.heads[head];
    for (const { count } of evidence.values()) state.total += count;
    for (const [armId, seen] of evidence) {
      const prior = this.#prior(armId, state.total);
      state.arms.set(armId, withPrior({ ...fromPrior(prior), ...seen }, prior));
      if (state.pool !== undefined) state.pool = addToPool(state.pool, seen, prior.theta);
    }
  }
}

export const dayOf = (at: EpochMs): number =>
  Number.isFinite(at) ? Math.max(0, Math.floor(at / DAY_MS)) : 0;

/** x' A^-1 Lambda beta: how far the pooled correction moves this arm's mean. */
function pooledShift(ridge: Ridge, pool: Ridge | undefined, x: Float64Array): number {
  if (pool === undefined) return 0;
  const spread = multiply(ridge.inverse, x);
  let shift = 0;
  for (let i = 0; i < x.length; i++) {
    shift += (spread[i] ?? 0) * (ridge.prior.precision[i] ?? 0) * (pool.theta[i] ?? 0);
  }
  return shift;
}

function emptyPool({ preset, dimension }: LearnerSpec): Ridge | undefined {
  if (preset.pool === undefined) return undefined;
  const precision = new Float64Array(dimension).fill(preset.pool.content);
  precision[0] = preset.pool.level;
  return fromPrior({ theta: new Float64Array(dimension), precision });
}

/** The pool's evidence is the sum of the arms': gram S_a, moment m_a - S_a theta_pref_a. */
function addToPool(pool: Ridge, { gram, moment, count }: Evidence, theta: Float64Array): Ridge {
  const predicted = multiply(gram, theta);
  const evidence = {
    gram: pool.gram.map((value, i) => value + (gram[i] ?? 0)),
    moment: pool.moment.map((value, i) => value + (moment[i] ?? 0) - (predicted[i] ?? 0)),
    count: pool.count + count,
  };
  return withPrior({ ...pool, ...evidence }, pool.prior);
}

function checked(reward: number | undefined, weight: number): { reward: number; weight: number } | undefined {
  if (reward === undefined || !Number.isFinite(reward) || !Number.isFinite(weight) || weight <= 0)
    return undefined;
  return { reward: Math.min(1, Math.max(0, reward)), weight: Math.min(1, weight) };
}
