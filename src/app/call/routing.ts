/**
 * From a prompt to a decision: features, context, quotes, estimates, the cost policy, and the user's own wishes.
 * Everything here is in memory, so that a decision waits for nothing (`npm run bench:route` measures it).
 */
import { availableOf } from '../../core/money/available.ts';
import { isFree, type Arm } from '../../core/arm.ts';
import type { ArmId, DecisionId, NanoUsd, Random } from '../../core/brand.ts';
import type {
  Context,
  Decision,
  DecisionKind,
  ExclusionReason,
  Quote,
  Surface,
} from '../../core/decision.ts';
import { calibratedQuote } from '../../core/money/costCalibration.ts';
import { headOf } from '../../core/decision.ts';
import { extractFeatures, type PromptView } from '../../core/features/features.ts';
import { ZERO } from '../../core/money.ts';
import { periodFrom } from '../../core/money/period.ts';
import type { AnyPolicy } from '../../core/money/policies/index.ts';
import type { MoneySituation } from '../../core/money/policy.ts';
import { presetFor, type Preset } from '../../core/learning/preset.ts';
import { LONGEST_ANSWER, type CallKind, type FittedCap } from '../../core/money/outputLength.ts';
import { firstAnswerCap } from '../../core/money/firstAnswers.ts';
import { quote } from '../../core/money/pricing.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { route, type Candidate, type Routed, type RouteRefusal } from '../../core/routing/router.ts';
import type { Space } from '../../core/learning/space.ts';
import { isBounded, type Call } from './call.ts';
import { kindOfCall } from './callKind.ts';
import type { ConversationMemory } from './conversationMemory.ts';
import type { Health } from './health.ts';
import type { Learning } from './learning.ts';
import { MoneyFacts, tightest, type Limits } from './moneyFacts.ts';
import type { PolicyRuntime } from './policyRuntime.ts';
import { oneStepUp, previewOf, type Preview } from './preview.ts';
import type { Clock } from '../ports/environment.ts';
import type { SpendSummary } from '../ports/money.ts';
import type { Problem } from './problem.ts';
import type { WorkspaceStateHolder } from './workspaceState.ts';

export type Choice =
  | { readonly type: 'auto' }
  | { readonly type: 'arm'; readonly armId: ArmId }
  /** A better model than these; `to`: exactly the one that the user was shown with its price. */
  | { readonly type: 'escalate'; readonly not: readonly ArmId[]; readonly to?: ArmId | undefined }
  /** Any model other than these. */
  | { readonly type: 'another'; readonly not: readonly ArmId[] };

export interface RoutingRequest {
  readonly surface: Surface;
  readonly view: PromptView;
  readonly call: Call;
  readonly conversationId: string | undefined;
  readonly choice: Choice;
  /** The arm to keep unless another is clearly better; it takes precedence over the conversation's. */
  readonly sticky?: ArmId | undefined;
  /** The surface's own reasons: too slow for inline, paid inline off, failed recently. */
  readonly exclude?: ((arm: Arm) => ExclusionReason | undefined) | undefined;
}

export interface RoutingDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  readonly workspaceId: string;
  /** The arms that a surface may choose among: only inline has the local model. */
  readonly arms: (surface: Surface) => readonly Arm[];
  readonly hasKey: (arm: Arm) => boolean;
  readonly limits: () => Limits;
  /** Undefined until the ledger has been opened; until then no spending is known. */
  readonly spend: () => SpendSummary | undefined;
  readonly space: () => Space;
  readonly preset: () => Preset;
  readonly policy: PolicyRuntime;
  readonly conversations: ConversationMemory;
  readonly learning: Learning;
  readonly health: Health;
  readonly workspace: WorkspaceStateHolder;
  /** The user's maximum of visible tokens of an answer; absent = `LONGEST_ANSWER`. */
  readonly longestAnswer?: (() => number) | undefined;
}

export interface RoutedArm {
  readonly decision: Decision;
  readonly arm: Arm;
  readonly quote: Quote;
  /** The expected cost before its calibration by bills. */
  readonly uncalibrated: NanoUsd;
  readonly money: MoneySituation;
}

/** A candidate with its expected cost by the price list alone. */
interface Quoted extends Candidate {
  readonly uncalibrated: NanoUsd;
}

interface Considered {
  readonly arms: readonly Arm[];
  readonly candidates: readonly Quoted[];
  readonly routed: Routed<unknown>;
  readonly money: MoneySituation;
}

export class Routing {
  readonly #deps: RoutingDeps;
  readonly #money = new MoneyFacts();

  constructor(deps: RoutingDeps) {
    this.#deps = deps;
  }

  decide(request: RoutingRequest): Result<RoutedArm, Problem> {
    const decided = this.#decide(request, true);
    if (decided.ok || !onlyUnhealthy(decided.error)) return decided;
    // A paused arm is better than none: the breaker saves time, but does not refuse service.
    return this.#decide(request, false);
  }

  #decide(request: RoutingRequest, spareUnhealthy: boolean): Result<RoutedArm, Problem> {
    const began = performance.now();
    const { policy, random } = this.#deps;
    const considered = this.#consider(request, spareUnhealthy, policy.current, random);
    if (!considered.ok) return considered;
    const { arms, candidates, routed, money } = considered.value;
    policy.state = routed.policyState;
    if (request.surface !== 'inline') policy.decided();
    const decision: Decision = {
      ...routed.decision,
      kind: kindOf(routed.decision.kind, request.choice),
      tookMs: performance.now() - began,
    };
    const arm = arms.find(({ id }) => id === decision.chosen);
    const chosen = candidates.find(({ armId }) => armId === decision.chosen);
    if (!arm || !chosen?.quote)
      return fail({ kind: 'internal', detail: 'The router chose an arm that is not there' });
    return ok({ decision, arm, quote: chosen.quote, uncalibrated: chosen.uncalibrated, money });
  }

  /**
   * The most likely result of `decide`, without changing any state or drawing a random number. Undefined = it would be
   * refused. `cheaper`: as after "Cheaper next time".
   */
  preview(request: RoutingRequest, rule?: 'cheaper'): Preview | undefined {
    const { policy } = this.#deps;
    const under = rule === undefined ? policy.current : policy.under(rule);
    const considered = this.#consider(request, true, under, () => 0.5);
    return considered.ok ? previewOf(considered.value.routed.decision) : undefined;
  }

  #consider(
    request: RoutingRequest,
    spareUnhealthy: boolean,
    costPolicy: AnyPolicy,
    random: Random,
  ): Result<Considered, Problem> {
    const { clock, workspace, learning, policy } = this.#deps;
    const now = clock.now();
    const arms = this.#deps.arms(request.surface);
    if (arms.length === 0) return fail({ kind: 'no-models' });
    const context = this.#deps.space().project(extractFeatures(request.view));
    const estimates = learning.estimate(
      headOf(request.surface),
      arms.map(({ id }) => id),
      this.#deps.conversations.restOf(request.conversationId, context),
    );
    if (!estimates)
      return fail({ kind: 'internal', detail: 'The context is of another space than the learner' });
    const money = this.#money.situation(this.#deps.limits(), this.#deps.spend(), request.surface, now);
    const factorOf = policy.costFactors();
    const candidates = arms.map((arm) =>
      this.#candidate(arm, request, money, context, spareUnhealthy, factorOf(arm.id)),
    );
    const { choice } = request;
    const target =
      choice.type === 'escalate'
        ? (choice.to ??
          oneStepUp(choice.not, candidates, estimates, availableOf(money.limit, money.committed), arms))
        : undefined;
    if (choice.type === 'escalate' && target === undefined) return fail({ kind: 'nothing-better' });
    const routed = route({
      id: this.#deps.newId() as DecisionId,
      at: now,
      surface: request.surface,
      workspaceId: this.#deps.workspaceId,
      context,
      candidates,
      estimates,
      preset: presetFor(this.#deps.preset(), headOf(request.surface)),
      policy: costPolicy,
      policyState: policy.state,
      money,
      pinned: target ?? this.#pin(request),
      sticky:
        request.sticky ??
        (request.conversationId === undefined ? undefined : workspace.stickyArm(request.conversationId)),
      random,
    });
    if (!routed.ok) return fail(this.#refusal(routed.error, arms, request));
    return ok({ arms, candidates, routed: routed.value, money });
  }

  #candidate(
    arm: Arm,
    request: RoutingRequest,
    money: MoneySituation,
    context: Context,
    spareUnhealthy: boolean,
    costFactor: number,
  ): Quoted {
    const maxInputTokens = request.call.inputBound(arm);
    const kind = kindOfCall(arm, request.surface, context.coarse.task);
    const expected = this.#deps.policy.forecast(kind, maxInputTokens);
    const caps = this.#firstCaps(arm, kind, request.call, money.limit);
    const quoted = quote(isBounded(request.call, arm) ? { ...arm, outputCapCoversReasoning: true } : arm, {
      maxInputTokens,
      expectedInputTokens: expected.inputTokens,
      expectedOutputTokens: expected.outputTokens,
      expectedCachedShare: expected.cachedShare,
      // Money for less than an answer of the usual length is useless.
      leastOutputTokens: Math.min(expected.outputTokens, caps.outputCap ?? Infinity),
      moneyLeft: availableOf(money.limit, money.committed),
      ...(caps.outputCap === undefined ? {} : { ...caps, outputCap: caps.outputCap }),
    });
    const excluded = this.#exclusion(arm, request, spareUnhealthy);
    if (typeof quoted === 'string')
      return { armId: arm.id, quote: undefined, uncalibrated: ZERO, excluded: excluded ?? quoted };
    const { conversations } = this.#deps;
    const facts = { now: money.now, bytes: maxInputTokens };
    const cached = conversations.quoted(request.conversationId, arm, quoted, facts);
    return {
      armId: arm.id,
      quote: calibratedQuote(cached, costFactor),
      uncalibrated: cached.expected,
      excluded,
    };
  }

  /**
   * The caller's cap, else the one that fits such answers; in the panel, which offers Continue, the first answers of an
   * arm have a lower one.
   */
  #firstCaps(arm: Arm, kind: CallKind, call: Call, limit: NanoUsd): Partial<FittedCap> {
    const caps = this.#caps(arm, kind, call);
    if (kind.surface !== 'ask' || call.purpose !== 'answer' || caps.outputCap === undefined) return caps;
    const { policy } = this.#deps;
    const mayThink =
      caps.reasoningCap !== undefined || (arm.capabilities.reasoning ?? policy.pace(arm.id).thinks);
    const outputCap = firstAnswerCap({
      ...{ arm, limit, mayThink, fittedCap: caps.outputCap },
      maxInputTokens: call.inputBound(arm),
      seen: policy.answersSeen(kind),
    });
    return { ...caps, outputCap };
  }

  /** The caller's cap, else the one that fits such answers. */
  #caps(arm: Arm, kind: CallKind, { outputCap, purpose }: Call): Partial<FittedCap> {
    if (outputCap !== undefined || purpose === undefined) return outputCap === undefined ? {} : { outputCap };
    const { policy, longestAnswer } = this.#deps;
    const { effort } = arm;
    const longest = longestAnswer?.() ?? LONGEST_ANSWER;
    if (typeof effort === 'object') {
      const visible = policy.cap(kind, purpose, { longest, thinks: false }).outputCap;
      return { outputCap: visible + effort.thinkingTokens, reasoningCap: effort.thinkingTokens };
    }
    if (effort !== undefined) return policy.cap(kind, purpose, { longest, thinks: effort !== 'none' });
    // The bills show which arms reason invisibly; undefined leaves it to the reasoning in the usage.
    const thinks = arm.capabilities.reasoning ?? (policy.pace(arm.id).thinks ? true : undefined);
    return policy.cap(kind, purpose, { longest, thinks });
  }

  #exclusion(arm: Arm, request: RoutingRequest, spareUnhealthy: boolean): ExclusionReason | undefined {
    const { health, workspace, hasKey, clock } = this.#deps;
    const chosenByHand = request.choice.type === 'arm' && request.choice.armId === arm.id;
    if (!hasKey(arm)) return 'no-key';
    const { needs } = request.call;
    if ((needs.tools && !arm.capabilities.tools) || (needs.images && !arm.capabilities.images))
      return 'lacks-capability';
    if (!chosenByHand && workspace.get().excluded.includes(arm.id)) return 'excluded-by-user';
    if ('not' in request.choice && request.choice.not.includes(arm.id)) return 'has-answered';
    if (!chosenByHand && health.refusedEffort(arm.id)) return 'effort-refused';
    if (!chosenByHand && spareUnhealthy && health.isOpen(arm.id, clock.now())) return 'unhealthy';
    return request.exclude?.(arm);
  }

  /** The narrowest wish wins: this answer, this conversation, this language, this workspace. */
  #pin({ choice, conversationId, view, surface }: RoutingRequest): ArmId | undefined {
    if (choice.type === 'arm') return choice.armId;
    if (choice.type !== 'auto') return undefined;
    const { pins } = this.#deps.workspace.get();
    const ofConversation = conversationId === undefined ? undefined : pins.conversations[conversationId];
    const wanted = ofConversation ?? pins.languages[view.languageId] ?? pins.workspace;
    // A pinned model that was removed does not prevent an answer.
    return this.#deps.arms(surface).some(({ id }) => id === wanted) ? wanted : undefined;
  }

  #refusal(refusal: RouteRefusal, arms: readonly Arm[], request: RoutingRequest): Problem {
    if (refusal.kind === 'no-arms') return { kind: 'no-models' };
    if (refusal.kind === 'pinned-unavailable') {
      const arm = arms.find(({ id }) => id === refusal.armId);
      if (!arm) return { kind: 'no-models' };
      return refusal.reason === 'over-limit'
        ? this.#overLimit(request, arm)
        : { kind: 'chosen-unusable', arm, reason: refusal.reason };
    }
    const reasons = arms.map((arm) => ({
      arm,
      reason: refusal.reasons.get(arm.id) ?? ('not-worth-price' as const),
    }));
    // Money is named first, since the user can change it at once.
    if (reasons.some(({ reason }) => reason === 'over-limit')) return this.#overLimit(request);
    if (reasons.every(({ reason }) => reason === 'too-long')) {
      const largestContext = Math.max(...arms.map(({ contextTokens }) => contextTokens));
      return {
        kind: 'too-long',
        inputTokens: Math.max(...arms.map((arm) => request.call.inputBound(arm))),
        largestContext,
      };
    }
    return { kind: 'none-usable', reasons };
  }

  #isFreeNow(arm: Arm, request: RoutingRequest): boolean {
    const isFreeArm = arm.price !== undefined && isFree(arm.price);
    return isFreeArm && this.#exclusion(arm, request, true) === undefined;
  }

  /**
   * @param wished the one model that was requested, by hand or by a pin; a better answer may be from any better model
   */
  #overLimit(request: RoutingRequest, wished?: Arm): Problem {
    const { surface, choice } = request;
    const limits = this.#deps.limits();
    if (limits.monthly === undefined) return { kind: 'no-limit' };
    const spend = this.#deps.spend();
    if (spend?.state === 'unavailable') {
      const fault = { kind: spend.problemKind ?? 'io-error', reason: spend.problem ?? '' };
      return { kind: 'ledger-unavailable', fault };
    }
    if (spend?.state === 'needs-confirmation') return { kind: 'ledger-unconfirmed' };
    const { limit, committed, which } = tightest(limits, spend, surface);
    const now = this.#deps.clock.now();
    return {
      kind: 'limit-reached',
      which,
      left: availableOf(limit, committed),
      resetsAt: spend?.periodEnd ?? periodFrom(undefined, now).end,
      freeArm: this.#deps.arms(surface).find((arm) => this.#isFreeNow(arm, request))?.id,
      wished: choice.type === 'escalate' ? undefined : wished,
    };
  }
}

const onlyUnhealthy = (problem: Problem): boolean =>
  (problem.kind === 'none-usable' && problem.reasons.some(({ reason }) => reason === 'unhealthy')) ||
  (problem.kind === 'chosen-unusable' && problem.reason === 'unhealthy');

function kindOf(kind: DecisionKind, choice: Choice): DecisionKind {
  if (kind !== 'pinned') return kind;
  if (choice.type === 'escalate') return 'escalated';
  return choice.type === 'arm' ? 'user-choice' : kind;
}
