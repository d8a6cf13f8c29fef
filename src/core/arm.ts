import type { ArmId } from './brand.ts';

/** USD per million tokens, by class; absent classes fall back as `pricing.ts` says. All zero means free. */
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
  /** Dearer rates for the whole request once its input passes `aboveTokens`. */
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
  /** How this model completes code in the middle; 'none' = Ask only. 'auto' = inferred from the name, and shown. */
  readonly fim: string;
  /** Whether it may think unseen, and be billed for it. Absent = not known: its bills tell. */
  readonly reasoning?: boolean;
}

export const EFFORT_LEVELS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type EffortLevel = (typeof EFFORT_LEVELS)[number];
/** How hard a model is asked to think: a level, or a budget of thoughts in tokens. */
export type Effort = EffortLevel | { readonly thinkingTokens: number };

/** The part of an arm's id that tells one effort of a model from another. */
export const effortName = (effort: Effort): string =>
  typeof effort === 'string' ? effort : `${effort.thinkingTokens}`;

/** What is known of an endpoint's prompt cache for a model before its usage reports tell more. */
export interface PromptCacheTerms {
  /** How long a prefix stays after its last use, milliseconds. */
  readonly lifeMs: number;
  /** The shortest prefix that is cached, tokens. */
  readonly leastTokens: number;
  /** Hits come in multiples of so many tokens. */
  readonly granule: number;
}

/** One model, at one effort where one is set, at one endpoint as the user set it up, checked. */
export interface Arm {
  readonly id: ArmId;
  readonly endpointId: string;
  /** The name sent to the endpoint. */
  readonly model: string;
  /** The name shown to the user. */
  readonly label: string;
  /** Absent = the model's own default; the endpoint is told nothing. */
  readonly effort?: Effort;
  /** An hour's prompt cache where the provider sells one, at its own write price. Absent = the provider's default life. */
  readonly cacheLife?: 'hour';
  /** Absent = not known whether there is one: usage reports tell. */
  readonly promptCache?: PromptCacheTerms;
  /** Undefined = unknown, and unknown is not zero: such an arm is not used for paid calls until it has one. */
  readonly price: RateCard | undefined;
  /** Context window, tokens. */
  readonly contextTokens: number;
  /** The most tokens the model can answer with. */
  readonly maxOutputTokens: number;
  readonly outputCapField: 'max_tokens' | 'max_completion_tokens';
  /** False: a cap may not bound hidden reasoning, so all that the model could be billed for is reserved. */
  readonly outputCapCoversReasoning: boolean;
  /** The most output that could be billed past the cap, tokens, where that is more than maxOutputTokens. */
  readonly maxBilledOutputTokens?: number;
  readonly capabilities: ArmCapabilities;
  /** Shown with the label wherever a person can see the arm. */
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
