/**
 * The record of one routing decision with its evidence. The explanation under an answer, the usage view, the off-policy
 * estimates and the learned state (a fold over these records and their outcomes) read it. It holds everything they need
 * and nothing that reveals the prompt: psi, coarse features, ids and numbers.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd } from './brand.ts';

export type Surface = 'ask' | 'inline' | 'chat';
/** The set of arm estimates that a surface learns into: acceptance and thumbs are different rewards. */
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

/** Everything the log may keep of a prompt besides psi: counts and classes, no words and no hashed words. */
export interface CoarseFeatures {
  readonly task: TaskType;
  /** VS Code language id; '' = none. */
  readonly language: string;
  /** floor(log2(1 + characters)). */
  readonly lengthBucket: number;
  readonly turn: number;
}

/** A prompt as the bandit's context. */
export interface Context {
  /** The feature extractor and projection that made x, e.g. 'pilot-1'. */
  readonly spaceId: string;
  /** [1, psi(q), language]: psi has unit length; each family of languages has one indicator. */
  readonly x: Float64Array;
  readonly coarse: CoarseFeatures;
}

/** The expected and the largest cost of this prompt with one arm. */
export interface Quote {
  readonly armId: ArmId;
  readonly expected: NanoUsd;
  /** The bound that is reserved: no bill of a request as quoted exceeds it. */
  readonly worstCase: NanoUsd;
  /** Expected input and output tokens behind `expected`. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The output cap that is sent with the request, clamped to the model, the context window and the available money. */
  readonly outputCap: number;
  /** The part of the cap that reasoning may use, for providers that accept such a budget; absent = not sent. */
  readonly reasoningCap?: number;
  /** The expected effect of the provider's prompt cache on this call of a conversation; absent = not considered. */
  readonly cache?: QuotedCache;
}

export interface QuotedCache {
  /** The part of `inputTokens` that is expected to be read from the cache. */
  readonly cachedTokens: number;
  /** The expected cost with an empty cache. */
  readonly coldCost: NanoUsd;
  /** Mean expected cost of this call and of the conversation's further ones, if all of them go to this arm. */
  readonly meanCost: NanoUsd;
}

/** The expected cost of a call to this arm: over the rest of the conversation where there is one. */
export const costToWeigh = ({ cache, expected }: Quote): NanoUsd => cache?.meanCost ?? expected;

export type ExclusionReason =
  | 'unpriced'
  | 'too-long'
  | 'over-limit'
  | 'not-worth-price'
  | 'unhealthy'
  | 'excluded-by-user'
  /** It has answered this prompt already, and the user asked for another model. */
  | 'has-answered'
  | 'lacks-capability'
  /** Its model refused the set effort, and nothing has changed since. */
  | 'effort-refused'
  | 'too-slow'
  | 'paid-off'
  | 'not-pinned'
  | 'no-key';

export interface ArmEvidence {
  readonly armId: ArmId;
  /** Ridge mean of the reward in this context. */
  readonly mean: number;
  /** sqrt(x' A^-1 x): the standard uncertainty of the mean before multiplication by alpha. */
  readonly width: number;
  /** mean + alpha * width. */
  readonly index: number;
  /** index minus the policy's charge for the expected cost; the router maximizes it. */
  readonly score: number;
  readonly quote: Quote;
  readonly excluded: ExclusionReason | undefined;
  /** Probability with which the logged policy chooses this arm here; sums to 1 over the arms. */
  readonly propensity: number;
  /** Number of observations behind the estimate, discounted by forgetting. */
  readonly observations: number;
}

/** The rule that chose the arm: highest score, exploration, the user's pin, the conversation's model, or a fallback. */
export type DecisionKind =
  'best' | 'explore' | 'trial' | 'pinned' | 'sticky' | 'fallback' | 'escalated' | 'user-choice';

export interface PolicyEvidence {
  readonly policy: string;
  /** Reward per USD that the policy demands: the ZCL threshold or the shadow price. 0 = cost does not matter. */
  readonly price: number;
  /** Used share of the budget (of the bin's budget under ZCL), in [0, 1]. */
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
  /** Duration of the decision in milliseconds. */
  readonly tookMs: number;
}

/** Evidence of the quality of an answer. Each decision has one outcome, which later evidence revises. */
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
  /** In [0, 1]; undefined = no observation, or the earlier one was withdrawn. */
  readonly reward: number | undefined;
  /** Weight of this observation in (0, 1]; weak signals count less. */
  readonly weight: number;
}
