/**
 * The learned state: a fold over the log of decisions and outcomes. Each head (Ask, inline) has one ridge regression
 * for each arm with evidence.
 *
 * The state is a function of the *set* of observations: each counts weight * 2^(-age / half-life). So the order in
 * which outcomes arrive does not matter, an outcome can be revised or withdrawn exactly at any time, and pausing an arm
 * or forgetting a period means folding the log again without those entries.
 *
 * Departures from the paper: arms share what they have in common (pooling.ts), the prior's hold fades
 * (priorStrength.ts), evidence fades with wall time, and the learner notices a model that drops (change.ts).
 */
import type { ArmId, DecisionId, EpochMs } from '../brand.ts';
import { dropsOf, type Recent } from './change.ts';
import type { Context, Decision, Head, Outcome } from '../decision.ts';
import { headOf } from '../decision.ts';
import { dot, unit } from '../linalg.ts';
import { bound, priorBound, type Bound } from './linucb.ts';
import { sharedShift, shiftOf } from './pooling.ts';
import { diagonalOf, strengthAt } from './priorStrength.ts';
import type { Preset, Strength } from './preset.ts';
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

/** Everything the fold needs beyond the log. */
export interface LearnerSpec {
  readonly spaceId: string;
  /** Length of x. */
  readonly dimension: number;
  /** 1 + d: the members of x from here on are indicators of languages. */
  readonly learnt: number;
  readonly preset: Preset;
  /** The learner calls it often; the caller caches its results. */
  readonly priorFor: (armId: ArmId) => ArmPrior;
}

export interface ArmPrior {
  /**
   * theta_pref, `dimension` long: rewards for the dot product, a direction for the paper's cosine (`priorFor` in
   * prior.ts).
   */
  readonly theta: Float64Array;
  /** Mean reward in pre-training, for the paper's lambda_a. */
  readonly accuracy: number;
}

/** The part of a log entry that the learner reads; `LogEntry` of the application's ports has this form. */
export type LearnerEvent =
  | { readonly type: 'decision'; readonly decision: LearnerDecision }
  | { readonly type: 'outcome'; readonly outcome: LearnerOutcome; readonly late?: Late };
export type LearnerDecision = Pick<Decision, 'id' | 'at' | 'surface' | 'context' | 'chosen'>;
export type LearnerOutcome = Pick<Outcome, 'decisionId' | 'reward' | 'weight'>;
/**
 * For an outcome whose decision is no longer in `pending`: the decision, and its previous outcome, which was learned
 * already.
 */
export interface Late {
  readonly decision: LearnerDecision;
  readonly outcome: Pick<Outcome, 'reward' | 'weight'> | undefined;
}

export type FoldEffect =
  'noted' | 'learnt' | 'revised' | 'taken-back' | 'no-observation' | 'unknown-decision' | 'other-space';

export interface ArmEstimate extends Bound {
  readonly armId: ArmId;
  /** Number of observations behind the estimate, discounted by forgetting. */
  readonly observations: number;
}

/** A decision whose outcome may still arrive or change. */
export interface Pending {
  readonly head: Head;
  readonly armId: ArmId;
  readonly x: Float64Array;
  readonly day: number;
  readonly learnt: { readonly reward: number; readonly weight: number } | undefined;
}

export interface HeadState {
  readonly arms: Map<ArmId, Ridge>;
  /** beta of pooling.ts; undefined = it must be solved again. */
  shared: Float64Array | undefined;
  /** The correction of the mean of each arm that has dropped (change.ts); undefined = the test must run again. */
  drops: ReadonlyMap<ArmId, number> | undefined;
  /** Number of observations over all arms, discounted; the prior's hold fades with it. */
  total: number;
}

/** The oldest decisions leave first; an outcome for one of them comes with the log's knowledge of it (`Late`). */
export const MAX_PENDING = 512;
const MAX_PRECISIONS = 256;
const DAY_MS = 86_400_000;

export class Learner {
  readonly spec: LearnerSpec;
  readonly heads: Readonly<Record<Head, HeadState>>;
  readonly pending = new Map<DecisionId, Pending>();
  #precisions = new Map<string, Float64Array>();
  /** Day of the newest learned decision, in days since 1970; the evidence is discounted to it. */
  day = 0;
  /** This state discounted to a later day; kept until the next observation. */
  #later: Learner | undefined;

  constructor(spec: LearnerSpec) {
    this.spec = spec;
    this.heads = { ask: this.#emptyHead(), inline: this.#emptyHead() };
  }

  fold(event: LearnerEvent): FoldEffect {
    return event.type === 'decision' ? this.#note(event.decision) : this.#learn(event.outcome, event.late);
  }

  /** O(d^2) for each arm with evidence, O(d) for each without. Undefined where the context belongs to another space. */
  estimate(
    head: Head,
    armIds: readonly ArmId[],
    context: Context,
    now: EpochMs,
  ): readonly ArmEstimate[] | undefined {
    if (!this.#fits(context)) return undefined;
    return this.#asOf(dayOf(now)).#estimates(head, armIds, this.#view(context.x));
  }

  /**
   * Whether an observation dates from so far ahead of the clock that a new one would count for less than half, while
   * the clock agrees with most of the newest decisions and so is right.
   */
  isAheadOf(now: EpochMs): boolean {
    const isAhead = (day: number): boolean => this.#keepOver(Math.max(0, day - dayOf(now))) < 0.5;
    if (!isAhead(this.day)) return false;
    const days = [...this.pending.values()].map(({ day }) => day);
    return days.filter(isAhead).length < days.length / 2;
  }

  /** An estimate for a later day discounts a copy: the clock may be wrong for a moment. */
  #asOf(day: number): Learner {
    if (day <= this.day || this.day === 0) return this;
    if (this.#later?.day !== day) (this.#later = this.snapshot()).#advance(day);
    return this.#later;
  }

  #estimates(head: Head, armIds: readonly ArmId[], x: Float64Array): readonly ArmEstimate[] {
    const state = this.heads[head];
    this.#hold(state);
    const shared = this.#shared(state);
    const drops = this.#drops(head);
    return armIds.map((armId) => {
      const estimate = this.#estimateArm(state, armId, x, shared);
      const drop = drops.get(armId);
      return drop === undefined ? estimate : { ...estimate, mean: estimate.mean + drop };
    });
  }

  #estimateArm(state: HeadState, armId: ArmId, x: Float64Array, shared: Float64Array): ArmEstimate {
    const { scoring } = this.spec.preset;
    const ridge = state.arms.get(armId);
    if (ridge === undefined) {
      const { theta, precision } = this.#prior(armId, state.total);
      const { mean, width } = priorBound(theta, precision, x, scoring);
      return { armId, mean: mean + dot(shared, x), width, observations: 0 };
    }
    const { mean, width, spread } = bound(ridge, x, scoring);
    return { armId, mean: mean + shiftOf(ridge, spread, shared), width, observations: ridge.count };
  }

  #note(decision: LearnerDecision): FoldEffect {
    if (!this.#fits(decision.context)) return 'other-space';
    if (this.pending.has(decision.id)) return 'noted';
    if (this.pending.size >= MAX_PENDING) this.#dropOldest();
    this.pending.set(decision.id, this.#pendingOf(decision));
    return 'noted';
  }

  #pendingOf({ surface, chosen, context, at }: LearnerDecision, outcome?: Late['outcome']): Pending {
    const learnt = outcome && checked(outcome);
    return { head: headOf(surface), armId: chosen, x: this.#view(context.x), day: dayOf(at), learnt };
  }

  #dropOldest(): void {
    const [oldest] = this.pending;
    if (oldest === undefined) return;
    const [id, { head, learnt }] = oldest;
    this.pending.delete(id);
    if (learnt === undefined) return;
    this.heads[head].drops = undefined;
    this.#later = undefined;
  }

  #learn({ decisionId, reward, weight }: LearnerOutcome, late?: Late): FoldEffect {
    const known = this.pending.get(decisionId);
    if (late !== undefined && !this.#fits(late.decision.context)) return 'other-space';
    const pending = known ?? (late && this.#pendingOf(late.decision, late.outcome));
    if (pending === undefined) return 'unknown-decision';
    const next = checked({ reward, weight });
    const { learnt } = pending;
    this.#later = undefined;
    this.#advance(pending.day);
    // A late decision stays out: `pending` holds the newest decisions in their order, which change.ts tests.
    if (known !== undefined) this.pending.set(decisionId, { ...pending, learnt: next });
    if (next === undefined && learnt === undefined) return 'no-observation';
    if (next !== undefined && learnt !== undefined && learnt.weight === next.weight) {
      const by = next.reward - learnt.reward;
      this.#change(pending, (ridge, age) => revise(ridge, pending.x, by, next.weight * age));
      return 'revised';
    }
    this.#change(pending, (ridge, age) => {
      const { x } = pending;
      const without = learnt === undefined ? ridge : observe(ridge, x, learnt.reward, -learnt.weight * age);
      return next === undefined ? without : observe(without, x, next.reward, next.weight * age);
    });
    this.heads[pending.head].total += ((next?.weight ?? 0) - (learnt?.weight ?? 0)) * this.#keep(pending.day);
    if (next === undefined) return 'taken-back';
    return learnt === undefined ? 'learnt' : 'revised';
  }

  #change({ head, armId, day }: Pending, change: (ridge: Ridge, age: number) => Ridge): void {
    const state = this.heads[head];
    const ridge = state.arms.get(armId) ?? fromPrior(this.#prior(armId, state.total));
    state.arms.set(armId, change(ridge, this.#keep(day)));
    changed(state);
  }

  #advance(day: number): void {
    if (day <= this.day) return;
    const keep = this.day === 0 ? 1 : this.#keepOver(day - this.day);
    this.day = day;
    if (keep === 1) return;
    for (const state of Object.values(this.heads)) {
      for (const [armId, ridge] of state.arms) state.arms.set(armId, forget(ridge, keep));
      changed(state);
      state.total *= keep;
    }
  }

  /** Brings every arm under the prior's present hold; refactors only when the hold has moved by a step. */
  #hold(state: HeadState): void {
    for (const [armId, ridge] of state.arms) {
      const prior = this.#prior(armId, state.total);
      // Equal strengths share one array (`#precision`).
      if (prior.precision === ridge.prior.precision) continue;
      state.arms.set(armId, withPrior(ridge, prior));
      changed(state);
    }
  }

  #shared(state: HeadState): Float64Array {
    const { preset, dimension, learnt } = this.spec;
    if (preset.pool === undefined) return new Float64Array(dimension);
    const held = diagonalOf(preset.pool, dimension, learnt);
    return (state.shared ??= sharedShift(state.arms.values(), held));
  }

  #drops(head: Head): ReadonlyMap<ArmId, number> {
    const { change } = this.spec.preset;
    if (change === undefined) return NO_DROPS;
    const state = this.heads[head];
    return (state.drops ??= dropsOf(state.arms, this.#recent(head), change));
  }

  /** The outcomes of the last decisions by arm, in the order of the decisions. */
  #recent(head: Head): ReadonlyMap<ArmId, readonly Recent[]> {
    const recent = new Map<ArmId, Recent[]>();
    for (const { head: other, armId, x, day, learnt } of this.pending.values()) {
      if (other !== head || learnt === undefined) continue;
      const outcomes = recent.get(armId) ?? [];
      outcomes.push({ x, reward: learnt.reward, weight: learnt.weight * this.#keep(day) });
      recent.set(armId, outcomes);
    }
    return recent;
  }

  #prior(armId: ArmId, total: number): Prior {
    const { theta, accuracy } = this.spec.priorFor(armId);
    return { theta, precision: this.#precision(strengthAt(this.spec.preset, accuracy, total)) };
  }

  /** The diagonal of Lambda; equal strengths share one array, also among a thousand arms. */
  #precision(strength: Strength): Float64Array {
    const key = `${strength.level} ${strength.content} ${strength.language}`;
    const { dimension, learnt } = this.spec;
    const known = this.#precisions.get(key) ?? diagonalOf(strength, dimension, learnt);
    if (this.#precisions.size > MAX_PRECISIONS) this.#precisions.clear();
    this.#precisions.set(key, known);
    return known;
  }

  /** The paper learns on unit vectors, and on the shared space alone. */
  #view(x: Float64Array): Float64Array {
    return this.spec.preset.scoring === 'cosine' ? unit(x.slice().fill(0, this.spec.learnt)) : x;
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
    return { arms: new Map(), shared: undefined, drops: undefined, total: 0 };
  }

  /** A copy that later observations do not change. Ridges are immutable, so copying the maps suffices. */
  snapshot(): Learner {
    const copy = new Learner(this.spec);
    copy.day = this.day;
    copy.#precisions = this.#precisions;
    for (const [decisionId, pending] of this.pending) copy.pending.set(decisionId, pending);
    for (const head of ['ask', 'inline'] as const) {
      const { arms, shared, drops, total } = this.heads[head];
      for (const [armId, ridge] of arms) copy.heads[head].arms.set(armId, ridge);
      Object.assign(copy.heads[head], { shared, drops, total });
    }
    return copy;
  }

  /** Puts stored evidence under this spec's priors (learnerCodec.ts). */
  adopt(head: Head, evidence: ReadonlyMap<ArmId, Evidence>): void {
    const state = this.heads[head];
    for (const { count } of evidence.values()) state.total += count;
    for (const [armId, seen] of evidence) {
      const prior = this.#prior(armId, state.total);
      state.arms.set(armId, withPrior({ ...fromPrior(prior), ...seen }, prior));
    }
  }
}

const NO_DROPS: ReadonlyMap<ArmId, number> = new Map();

/** Discards what is derived from the arms of a head, so it is derived again. */
function changed(state: HeadState): void {
  state.shared = undefined;
  state.drops = undefined;
}

export const dayOf = (at: EpochMs): number =>
  Number.isFinite(at) ? Math.max(0, Math.floor(at / DAY_MS)) : 0;

function checked({ reward, weight }: Pick<Outcome, 'reward' | 'weight'>): Pending['learnt'] {
  if (reward === undefined || !Number.isFinite(reward) || !Number.isFinite(weight) || weight <= 0)
    return undefined;
  return { reward: Math.min(1, Math.max(0, reward)), weight: Math.min(1, weight) };
}
