/**
 * One routing decision: combines the arms' estimates, the cost of each, the cost policy's present price and the user's
 * own wishes into a `Decision` that carries all its evidence.
 *
 *   score_a = mean_a + alpha width_a - charge_a     over the usable arms that are worth their price
 *
 * A pin always wins within the limit. A conversation keeps its model until the whole rest of it becomes cheaper or better
 * with another: the costs of staying and leaving are means over that rest, with the prompt cache that each finds
 * (money/promptCache.ts), so that no margin is needed. Keystrokes have no such cache, so a margin applies there.
 * Exploration chooses only among usable arms that are worth their price and nearly as good as the best; the record
 * contains the probability of every arm, so that a log can judge other policies (`ope.ts`).
 */
import { availableOf } from '../money/available.ts';
import type { ArmId, DecisionId, EpochMs, NanoUsd, Random } from '../brand.ts';
import {
  costToWeigh,
  type ArmEvidence,
  type Context,
  type Decision,
  type DecisionKind,
  type ExclusionReason,
  type Quote,
  type Surface,
} from '../decision.ts';
import { draw, explorationOf, TRIALS, withTrials } from '../learning/exploration.ts';
import type { ArmEstimate } from '../learning/learner.ts';
import { confidenceBound } from '../learning/linucb.ts';
import type { Appraisal, CostPolicy, MoneySituation, Offer } from '../money/policy.ts';
import type { Preset } from '../learning/preset.ts';
import { fail, ok, type Result } from '../result.ts';

/** The state of an arm for this prompt; the caller knows keys, health, context windows and capabilities. */
export interface Candidate {
  readonly armId: ArmId;
  /** Undefined = the arm has no price, so that its cost has no bound. */
  readonly quote: Quote | undefined;
  /** The caller's reason that the arm is unusable; undefined = none. */
  readonly excluded: ExclusionReason | undefined;
}

export interface RouteInput<State> {
  readonly id: DecisionId;
  readonly at: EpochMs;
  readonly surface: Surface;
  readonly workspaceId: string;
  readonly context: Context;
  readonly candidates: readonly Candidate[];
  /** One estimate for each candidate, in the same order. */
  readonly estimates: readonly ArmEstimate[];
  readonly preset: Preset;
  readonly policy: CostPolicy<State>;
  readonly policyState: State;
  readonly money: MoneySituation;
  readonly pinned: ArmId | undefined;
  /** The arm that answered the conversation's previous turn. */
  readonly sticky: ArmId | undefined;
  readonly random: Random;
}

/** The decision without its duration, which core cannot measure. */
export type UntimedDecision = Omit<Decision, 'tookMs'>;

export interface Routed<State> {
  readonly decision: UntimedDecision;
  readonly policyState: State;
}

export type RouteRefusal =
  | { readonly kind: 'no-arms' }
  | { readonly kind: 'pinned-unavailable'; readonly armId: ArmId; readonly reason: ExclusionReason }
  /** No arm is usable; `reasons` has the reason for each. */
  | { readonly kind: 'none-usable'; readonly reasons: ReadonlyMap<ArmId, ExclusionReason> };

/** A usable arm during the computation of its score. */
interface Contender {
  readonly armId: ArmId;
  readonly estimate: ArmEstimate;
  readonly quote: Quote;
  readonly index: number;
  readonly score: number;
  readonly worth: boolean;
}

interface ArmChoice {
  readonly chosen: ArmId;
  readonly kind: DecisionKind;
  readonly propensities: ReadonlyMap<ArmId, number>;
}

export function route<State>(input: RouteInput<State>): Result<Routed<State>, RouteRefusal> {
  if (input.candidates.length === 0) return fail({ kind: 'no-arms' });
  const reasons = exclusions(input);
  const { offers, quotes } = offersOf(input, reasons);
  const pinnedReason = input.pinned === undefined ? undefined : reasons.get(input.pinned);
  if (input.pinned !== undefined && (pinnedReason !== undefined || !quotes.has(input.pinned))) {
    return fail({
      kind: 'pinned-unavailable',
      armId: input.pinned,
      reason: pinnedReason ?? 'unpriced',
    });
  }
  const appraisal = input.policy.appraise(input.policyState, offers, input.money);
  const contenders = contendersOf(input, quotes, appraisal);
  const choice = choose(input, contenders, appraisal);
  if (choice === undefined) return fail({ kind: 'none-usable', reasons: withPrices(reasons, contenders) });
  const { policy, policyState, money } = input;
  return ok({
    decision: record(input, reasons, contenders, appraisal, choice),
    policyState: policy.observe(policyState, offers, choice.chosen, money),
  });
}

/** Exclusions by the caller, by the limit, and by a pin. */
function exclusions<State>({ candidates, money, pinned }: RouteInput<State>): Map<ArmId, ExclusionReason> {
  const left = availableOf(money.limit, money.committed);
  const reasons = new Map<ArmId, ExclusionReason>();
  for (const { armId, quote, excluded } of candidates) {
    const reason = excluded ?? (quote === undefined ? 'unpriced' : overLimit(quote.worstCase, left));
    if (reason !== undefined) reasons.set(armId, reason);
    else if (pinned !== undefined && pinned !== armId) reasons.set(armId, 'not-pinned');
  }
  return reasons;
}

/** A free model is never over the limit, even where the limit was exceeded. */
const overLimit = (worstCase: NanoUsd, left: number): ExclusionReason | undefined =>
  worstCase > 0 && worstCase > left ? 'over-limit' : undefined;

function offersOf<State>(
  { candidates, estimates, preset }: RouteInput<State>,
  reasons: ReadonlyMap<ArmId, ExclusionReason>,
): { offers: Offer[]; quotes: Map<ArmId, Quote> } {
  const quotes = new Map<ArmId, Quote>();
  const indices: number[] = [];
  candidates.forEach(({ armId, quote }, i) => {
    if (quote === undefined || reasons.has(armId)) return;
    quotes.set(armId, quote);
    const estimate = estimates[i];
    indices.push(estimate === undefined ? 0 : confidenceBound(estimate, preset.alpha));
  });
  const rewards = offeredRewards(indices);
  const offers = [...quotes.values()].map((quote, i) => {
    const { armId, worstCase } = quote;
    return { armId, reward: rewards[i] ?? 0, cost: costToWeigh(quote), worstCase };
  });
  return { offers, quotes };
}

/**
 * Rewards in [0, 1] for the cost policy. Optimism raises good arms above 1; cut off there they would be equal, the most
 * expensive no better than the cheapest, and the price of money would be zero. Therefore all are lowered equally until
 * the best is 1.
 */
export function offeredRewards(indices: readonly number[]): number[] {
  const excess = Math.max(0, Math.max(...indices.filter(Number.isFinite)) - 1);
  return indices.map((index) => clamp(index - excess));
}

function contendersOf<State>(
  { estimates, preset }: RouteInput<State>,
  quotes: ReadonlyMap<ArmId, Quote>,
  appraisal: Appraisal,
): Contender[] {
  return estimates.flatMap((estimate) => {
    const quote = quotes.get(estimate.armId);
    if (quote === undefined) return [];
    const verdict = appraisal.verdicts.get(estimate.armId);
    const index = confidenceBound(estimate, preset.alpha);
    const score = index - (verdict?.charge ?? 0);
    return [{ armId: estimate.armId, estimate, quote, index, score, worth: verdict?.worth ?? false }];
  });
}

function choose<State>(
  input: RouteInput<State>,
  contenders: readonly Contender[],
  appraisal: Appraisal,
): ArmChoice | undefined {
  const { pinned, sticky, surface, preset, random } = input;
  if (pinned !== undefined) return certain(pinned, 'pinned');
  const eligible = contenders.filter(({ worth }) => worth);
  const best = winner(eligible);
  if (best === undefined) {
    return appraisal.fallback === undefined ? undefined : certain(appraisal.fallback, 'fallback');
  }
  const kept = eligible.find(({ armId }) => armId === sticky);
  if (kept !== undefined && surface !== 'inline') return inConversation(eligible, kept);
  if (kept !== undefined && best.score - kept.score <= preset.burstMargin)
    return certain(kept.armId, 'sticky');
  const explored = explorationOf(preset.exploration, eligible, best);
  const propensities = withTrials(explored, eligible, best, preset.trials);
  const chosen = draw(propensities, random);
  const contender = eligible.find(({ armId }) => armId === chosen);
  if (chosen === best.armId) return { chosen, kind: 'best', propensities };
  const trial = (contender?.estimate.observations ?? 0) < TRIALS;
  return { chosen, kind: trial ? 'trial' : 'explore', propensities };
}

/**
 * Whether the rest of a conversation becomes cheaper or better with another model is decided by estimates without
 * optimism: uncertain models are tried at the beginning of a conversation, since one answer in the middle teaches
 * little and costs a whole cache.
 */
function inConversation(eligible: readonly Contender[], kept: Contender): ArmChoice {
  const expected = ({ estimate, index, score }: Contender): number => estimate.mean - (index - score);
  const best = eligible.reduce((top, each) => (expected(each) > expected(top) ? each : top), kept);
  return certain(best.armId, best === kept ? 'sticky' : 'best');
}

const certain = (chosen: ArmId, kind: DecisionKind): ArmChoice => ({
  chosen,
  kind,
  propensities: new Map([[chosen, 1]]),
});

/** The highest score; among equals the cheaper arm, then the first. */
function winner(contenders: readonly Contender[]): Contender | undefined {
  let best: Contender | undefined;
  for (const contender of contenders) {
    const gain = best === undefined ? 1 : contender.score - best.score;
    const cheaper = best !== undefined && costToWeigh(contender.quote) < costToWeigh(best.quote);
    if (gain > 0 || (gain === 0 && cheaper)) best = contender;
  }
  return best;
}

function record<State>(
  input: RouteInput<State>,
  reasons: ReadonlyMap<ArmId, ExclusionReason>,
  contenders: readonly Contender[],
  appraisal: Appraisal,
  choice: ArmChoice,
): UntimedDecision {
  const { id, at, surface, workspaceId, context, policy } = input;
  const byArm = new Map(contenders.map((contender) => [contender.armId, contender]));
  return {
    id,
    at,
    surface,
    workspaceId,
    context,
    chosen: choice.chosen,
    kind: choice.kind,
    arms: input.candidates.map((candidate, i) =>
      evidenceOf(
        candidate,
        input.estimates[i],
        byArm.get(candidate.armId),
        reasons.get(candidate.armId),
        choice,
      ),
    ),
    policy: { policy: policy.name, price: appraisal.price, utilization: appraisal.utilization },
  };
}

function evidenceOf(
  { armId, quote }: Candidate,
  estimate: ArmEstimate | undefined,
  contender: Contender | undefined,
  reason: ExclusionReason | undefined,
  { propensities }: ArmChoice,
): ArmEvidence {
  const mean = estimate?.mean ?? 0;
  return {
    armId,
    mean,
    width: estimate?.width ?? 0,
    index: contender?.index ?? mean,
    score: contender?.score ?? mean,
    quote: quote ?? noQuote(armId),
    excluded: reason ?? (contender?.worth === false ? 'not-worth-price' : undefined),
    propensity: propensities.get(armId) ?? 0,
    observations: estimate?.observations ?? 0,
  };
}

const noQuote = (armId: ArmId): Quote => ({
  armId,
  expected: 0 as NanoUsd,
  worstCase: 0 as NanoUsd,
  inputTokens: 0,
  outputTokens: 0,
  outputCap: 0,
});

function withPrices(
  reasons: ReadonlyMap<ArmId, ExclusionReason>,
  contenders: readonly Contender[],
): ReadonlyMap<ArmId, ExclusionReason> {
  return new Map([...reasons, ...contenders.map(({ armId }) => [armId, 'not-worth-price'] as const)]);
}

const clamp = (value: number): number => (Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0);
