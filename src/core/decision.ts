/**
 * The record of one routing decision, with its evidence. The explanation under an answer, the usage view, the
 * off-policy estimates and the learned state (a fold over these records and their outcomes) all read it, so it
 * holds everything they need and nothing that could give the prompt away: psi, coarse features, ids, numbers.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd } from './brand.ts';

export type Surface = 'ask' | 'inline' | 'chat';
/** Which set of arm estimates a surface learns into: acceptance and thumbs are different rewards. */
export type Head = 'ask' | 'inline';
export const headOf = (surface: Surface): Head => (surface === 'inline' ? 'inline' : 'ask');

export type TaskType =
  | 'explain'
  | 'write'
  | 'fix'
  | 'refactor'
  | 'test'
  | 'document'
  | 'review'
  | 'question'
  | 'math'
  | 'tool'
  | 'complete'
  | 'chat';

/** What the log may keep of a prompt besides psi: counts and classes, never words or hashed words. */
export interface CoarseFeatures {
  readonly task: TaskType;
  /** VS Code language id, or '' when there is none. */
  readonly language: string;
  /** floor(log2(1 + characters)). */
  readonly lengthBucket: number;
  readonly turn: number;
}

/** A prompt as the bandit sees it. */
export interface Context {
  /** Which feature extractor and projection made it, e.g. 'pilot-1'. */
  readonly spaceId: string;
  /** [1, psi(q), language]: psi of unit length, an indicator for each family of languages. */
  readonly x: Float64Array;
  readonly coarse: CoarseFeatures;
}

/** What one arm would cost for this prompt. */
export interface Quote {
  readonly armId: ArmId;
  readonly expected: NanoUsd;
  /** The bound that is reserved: no served request can be billed above it. */
  readonly worstCase: NanoUsd;
  /** Expected input and output tokens behind `expected`. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The output cap that is sent with the request, clamped to model, context and money left. */
  readonly outputCap: number;
  /** How much of it thoughts may take, for providers that take such a budget; absent = not said. */
  readonly reasoningCap?: number;
  /** What the provider's prompt cache is expected to do for this call of a conversation; absent = not looked at. */
  readonly cache?: QuotedCache;
}

export interface QuotedCache {
  /** Of `inputTokens`, what is expected to be read from the cache. */
  readonly cachedTokens: number;
  /** The expected cost with nothing in the cache. */
  readonly coldCost: NanoUsd;
  /** Mean expected cost of this call and of the conversation's further ones, if all of them go to this arm. */
  readonly meanCost: NanoUsd;
}

/** What a choice of this arm is expected to cost for each call: over the rest of a conversation where there is one. */
export const costToWeigh = ({ cache, expected }: Quote): NanoUsd => cache?.meanCost ?? expected;

export type ExclusionReason =
  | 'unpriced'
  | 'too-long'
  | 'over-limit'
  | 'not-worth-price'
  | 'unhealthy'
  | 'excluded-by-user'
  /** It has answered this prompt already, and another was asked for. */
  | 'has-answered'
  | 'lacks-capability'
  | 'too-slow'
  | 'paid-off'
  | 'not-pinned'
  | 'no-key';

export interface ArmEvidence {
  readonly armId: ArmId;
  /** Ridge mean of the reward in this context. */
  readonly mean: number;
  /** sqrt(x' A^-1 x): one unit of uncertainty, before alpha. */
  readonly width: number;
  /** mean + alpha * width, or the Thompson draw. */
  readonly index: number;
  /** index minus the policy's charge for the expected cost; what is maximised. */
  readonly score: number;
  readonly quote: Quote;
  readonly excluded: ExclusionReason | undefined;
  /** Probability with which the logged policy takes this arm here; sums to 1 over arms. */
  readonly propensity: number;
  /** Observations behind the estimate (discounted by forgetting). */
  readonly observations: number;
}

/** Why this arm: the greedy winner, an exploration draw, the user's pin, the conversation's model, or a fallback. */
export type DecisionKind =
  'best' | 'explore' | 'trial' | 'pinned' | 'sticky' | 'fallback' | 'escalated' | 'user-choice';

export interface PolicyEvidence {
  readonly policy: string;
  /** Reward per USD at which the policy sells: the ZCL threshold, or the shadow price. 0 = money is no object. */
  readonly price: number;
  /** Share of the (bin's) budget used, in [0, 1]. */
  readonly utilization: number;
}

export interface Decision {
  readonly id: DecisionId;
  readonly at: EpochMs;
  readonly surface: Surface;
  readonly workspaceId: string;
  readonly context: Context;
  readonly chosen: ArmId;
  readonly kind: DecisionKind;
  readonly arms: readonly ArmEvidence[];
  readonly policy: PolicyEvidence;
  /** Time the decision took, milliseconds. */
  readonly tookMs: number;
}

/** Evidence of how good an answer was. One outcome per decision; later evidence revises it. */
export type OutcomeKind =
  | 'thumb-up'
  | 'thumb-down'
  | 'cleared'
  | 'copied'
  | 'inserted'
  | 'applied'
  | 'retried'
  | 'escalated'
  | 'accepted'
  | 'typed-through'
  | 'partial'
  | 'rejected'
  | 'diverged'
  | 'superseded'
  | 'undone'
  | 'survived'
  | 'unseen';

export interface Outcome {
  readonly decisionId: DecisionId;
  readonly at: EpochMs;
  readonly kind: OutcomeKind;
  /** In [0, 1]; undefined = no observation (or the former one taken back). */
  readonly reward: number | undefined;
  /** How much this observation counts, in (0, 1]; weak signals count less. */
  readonly weight: number;
}
