/**
 * The learning phase: one pass over the learning prompts under bandit feedback, with the product's own learner and
 * router. Every bandit of the benchmark is a preset, a prior and a cost policy; nothing else differs.
 */
import type { ArmId, DecisionId, NanoUsd } from '../../../src/core/brand.ts';
import { Learner, type ArmPrior } from '../../../src/core/learning/learner.ts';
import type { AnyPolicy } from '../../../src/core/money/policies/index.ts';
import type { Preset } from '../../../src/core/learning/preset.ts';
import { armPrior } from '../../../src/core/learning/prior.ts';
import { route } from '../../../src/core/routing/router.ts';
import type { Dataset, Trial } from './dataset.ts';
import { situation, type Estimates } from './deploy.ts';

export interface Bandit {
  readonly name: string;
  readonly preset: Preset;
  readonly prior: 'preference' | 'none' | 'reversed';
  /** The cost policy of the learning phase. */
  readonly learnUnder: AnyPolicy;
  /** The cost policy of the deployment. */
  readonly deployUnder: AnyPolicy;
  /** Epoch-greedy: explores uniformly with probability t^(-1/3), and learns from those rounds only. */
  readonly epochGreedy?: boolean;
}

/** Disturbances of the plain replay; all optional, so one loop serves every scenario. */
export interface World {
  /** The reward that is fed back; undefined = no feedback. */
  readonly feedback?: (row: number, arm: number, step: number) => number | undefined;
  /** Feedback arrives this many prompts late. */
  readonly delay?: number;
  /** Whether an arm is unavailable at a step. */
  readonly missing?: (arm: number, step: number) => boolean;
  /** Multiplies quoted and charged cost. */
  readonly priceFactor?: (arm: number, step: number) => number;
  /** Called after each step with the chosen arm. */
  readonly watch?: (step: number, row: number, arm: number) => void;
  /** Number of prompts in the learning phase; undefined = all. */
  readonly until?: number;
  /** Called when this many feedbacks have arrived (first with 0). */
  readonly at?: ReadonlyMap<number, (estimates: Estimates) => void>;
}

/** Milliseconds between prompts, a hundred a day, so forgetting has a realistic effect. */
const STEP_MS = 864_000;
/** 2026-01-01. */
const START_MS = 1_767_225_600_000;

export function learn(
  bandit: Bandit,
  trial: Trial,
  /** USD a prompt. */
  rate: number,
  random: () => number,
  world: World = {},
): Estimates {
  const { data, learning } = trial;
  const priors = priorsOf(bandit, data);
  const learner = new Learner({
    spaceId: data.space.id,
    dimension: data.space.dimension,
    learnt: data.space.learnt,
    preset: bandit.preset,
    priorFor: (armId) => priors.get(armId)!,
  });
  const limit = Math.ceil(rate * 1e9 * learning.length) as NanoUsd;
  let policyState = bandit.learnUnder.initial();
  let committed = 0;
  let feedbacks = 0;
  const late: (() => void)[] = [];
  const seen = (): void => world.at?.get(feedbacks)?.(frozen(learner, data));
  seen();
  learning.slice(0, world.until).forEach((row, step) => {
    const at = START_MS + step * STEP_MS;
    const context = data.contexts[row]!;
    const arms = data.arms.flatMap((armId, arm) =>
      world.missing?.(arm, step) === true ? [] : [{ armId, arm }],
    );
    const estimates = learner.estimate(
      'ask',
      arms.map(({ armId }) => armId),
      context,
      at,
    )!;
    const factor = (arm: number): number => world.priceFactor?.(arm, step) ?? 1;
    const routed = route({
      id: String(step) as DecisionId,
      at,
      surface: 'ask',
      workspaceId: '',
      context,
      candidates: arms.map(({ armId, arm }) => {
        const quote = trial.quotes[row]![arm]!;
        const expected = Math.ceil(quote.expected * factor(arm)) as NanoUsd;
        // The learning phase has a rate and no gate: only the deployment is under the hard budget.
        return { armId, quote: { ...quote, expected, worstCase: 0 as NanoUsd }, excluded: undefined };
      }),
      estimates,
      preset: explorationAt(bandit, step),
      policy: bandit.learnUnder,
      policyState,
      money: situation(limit, Math.min(committed, limit), step, learning.length),
      pinned: undefined,
      sticky: undefined,
      random,
    });
    if (!routed.ok) throw new Error(routed.error.kind);
    const { decision } = routed.value;
    policyState = routed.value.policyState;
    const arm = data.arms.indexOf(decision.chosen);
    committed += data.rows[row]!.cost[arm]! * factor(arm) * 1e9;
    world.watch?.(step, row, arm);
    const reward =
      world.feedback === undefined ? data.rows[row]!.quality[arm]! : world.feedback(row, arm, step);
    const learns = bandit.epochGreedy !== true || decision.kind !== 'best';
    late.push(() => {
      if (reward === undefined) return;
      if (learns) {
        learner.fold({ type: 'decision', decision });
        learner.fold({ type: 'outcome', outcome: { decisionId: decision.id, reward, weight: 1 } });
      }
      feedbacks++;
      seen();
    });
    if (late.length > (world.delay ?? 0)) late.shift()!();
  });
  for (const arrive of late) arrive();
  return frozen(learner, data);
}

function explorationAt({ preset, epochGreedy }: Bandit, step: number): Preset {
  if (epochGreedy !== true) return preset;
  return { ...preset, exploration: { kind: 'epsilon', epsilon: (step + 1) ** (-1 / 3), margin: Infinity } };
}

/** The present estimates for rows of the same data; later learning does not change them. */
function frozen(learner: Learner, data: Dataset): Estimates {
  const copy = learner.snapshot();
  const cache = new Map<number, Float64Array>();
  return (row) => {
    const known = cache.get(row);
    if (known !== undefined) return known;
    const estimates = copy.estimate('ask', data.arms, data.contexts[row]!, 0)!;
    const means = Float64Array.from(estimates, ({ mean }) => mean);
    cache.set(row, means);
    return means;
  };
}

export function priorsOf({ prior, preset }: Bandit, data: Dataset): ReadonlyMap<ArmId, ArmPrior> {
  const dimension = data.space.dimension;
  if (prior === 'none') {
    const cold = { theta: new Float64Array(dimension), accuracy: 1 };
    return new Map(data.arms.map((armId) => [armId, cold]));
  }
  const priors = data.priors.map((known) => armPrior(known, preset));
  if (prior === 'preference') return new Map(data.arms.map((armId, i) => [armId, priors[i]!]));
  // Reversed: the best rated arm gets the prior of the worst rated one, and so on.
  const order = data.priors
    .map(({ origin }, i) => ({ i, rating: origin.rating }))
    .sort((a, b) => a.rating - b.rating);
  return new Map(order.map(({ i }, rank) => [data.arms[i]!, priors[order[order.length - 1 - rank]!.i]!]));
}
