import type { ArmId } from './brand.ts';

/**
 * USD per million tokens, by class of token. `pricing.ts` defines the fallback for an absent class. All zero means
 * free.
 */
export interface RateCard {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  /** Input tokens read from the provider's prompt cache. */
  readonly cachedInputUsdPerMTok?: number;
  /** Input tokens written to the provider's prompt cache, at its default life. */
  readonly cacheWriteUsdPerMTok?: number;
  /** Input tokens written to the provider's prompt cache for an hour. */
  readonly hourCacheWriteUsdPerMTok?: number;
  /** Reasoning tokens, where they are not priced as output. */
  readonly reasoningUsdPerMTok?: number;
  /** A fixed fee for each request, USD. */
  readonly requestUsd?: number;
  /** Higher rates that apply to the whole request once its input exceeds `aboveTokens`. */
  readonly longContext?: {
    readonly aboveTokens: number;
    readonly inputUsdPerMTok: number;
    readonly outputUsdPerMTok: number;
    readonly cachedInputUsdPerMTok?: number;
  };
}

export interface ArmCapabilities {
  readonly tools: boolean;
  readonly images: boolean;
  /**
   * The format in which this model completes code in the middle: 'none' = Ask only, 'auto' = inferred from the name.
   */
  readonly fim: string;
  /** Whether the model may bill reasoning that it does not show. Absent = unknown until its bills tell. */
  readonly reasoning?: boolean;
}

export const EFFORT_LEVELS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type EffortLevel = (typeof EFFORT_LEVELS)[number];
/** The reasoning effort requested of a model: a level, or a budget of reasoning tokens. */
export type Effort = EffortLevel | { readonly thinkingTokens: number };

/** The suffix of an arm's id that distinguishes the efforts of one model. */
export const effortName = (effort: Effort): string =>
  typeof effort === 'string' ? effort : `${effort.thinkingTokens}`;

/** The documented facts about an endpoint's prompt cache for a model, until its usage reports are more precise. */
export interface PromptCacheTerms {
  /** Milliseconds that a prefix stays after its last use. */
  readonly lifeMs: number;
  /** The shortest prefix that is cached, in tokens. */
  readonly leastTokens: number;
  /** Hits are multiples of this many tokens. */
  readonly granule: number;
}

/** One model at one endpoint, at one effort if the settings name one; the settings have been checked. */
export interface Arm {
  readonly id: ArmId;
  readonly endpointId: string;
  /** The name sent to the endpoint. */
  readonly model: string;
  /** The name shown to the user. */
  readonly label: string;
  /** Absent = the model's own default: the request names no effort. */
  readonly effort?: Effort;
  /**
   * An hour's prompt cache where the provider sells one, at its own write price. Absent = the provider's default life.
   */
  readonly cacheLife?: 'hour';
  /** Absent = it is unknown whether there is a cache: usage reports tell. */
  readonly promptCache?: PromptCacheTerms;
  /** Undefined = unknown, which is not zero: PILOT makes no paid call with such an arm. */
  readonly price: RateCard | undefined;
  /** Context window, tokens. */
  readonly contextTokens: number;
  /** The most tokens the model can answer with. */
  readonly maxOutputTokens: number;
  readonly outputCapField: 'max_tokens' | 'max_completion_tokens';
  /**
   * False: the output cap may not bound hidden reasoning, so the reservation covers everything the model can be billed
   * for.
   */
  readonly outputCapCoversReasoning: boolean;
  /** The most output tokens that can be billed beyond the cap, where that exceeds maxOutputTokens. */
  readonly maxBilledOutputTokens?: number;
  readonly capabilities: ArmCapabilities;
  /** Whether every surface shows that the model is simulated, beside its label. */
  readonly simulated: boolean;
}

export const isFree = (price: RateCard): boolean =>
  price.inputUsdPerMTok === 0 &&
  price.outputUsdPerMTok === 0 &&
  (price.cachedInputUsdPerMTok ?? 0) === 0 &&
  (price.cacheWriteUsdPerMTok ?? 0) === 0 &&
  (price.hourCacheWriteUsdPerMTok ?? 0) === 0 &&
  (price.reasoningUsdPerMTok ?? 0) === 0 &&
  (price.requestUsd ?? 0) === 0 &&
  (price.longContext === undefined ||
    (price.longContext.inputUsdPerMTok === 0 &&
      price.longContext.outputUsdPerMTok === 0 &&
      (price.longContext.cachedInputUsdPerMTok ?? 0) === 0));
