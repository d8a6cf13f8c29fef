import type { PromptCacheTerms, RateCard } from '../../core/arm.ts';

/** A server with a supported protocol, from the user's checked settings. One endpoint serves many arms. */
export interface Endpoint {
  /** Contains no slash, since an arm's id is `endpoint/model`. */
  readonly id: string;
  readonly preset: PresetId;
  /** The name shown to the user. */
  readonly label: string;
  /** Absolute, without trailing slash, query or credentials. */
  readonly baseUrl: string;
  /** Azure's `api-version`, sent in the query of every request. */
  readonly apiVersion?: string | undefined;
  readonly needsKey: boolean;
  /** The one environment variable from which this endpoint may read its key; undefined = only from SecretStorage. */
  readonly apiKeyEnv: string | undefined;
  /** Sent with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `stream_options: {include_usage: true}` is sent; strict servers answer it with 400. */
  readonly acceptsStreamOptions: boolean;
  /** Whether `prompt_tokens` includes cached tokens, as at OpenAI; some gateways count them separately. */
  readonly promptTokensIncludeCached: boolean;
  /** `auto`: chosen by preset and model (`providers/protocol.ts`). */
  readonly protocol: ProtocolSetting;
  readonly outputCapField: OutputCapField;
  readonly outputCapCoversReasoning: boolean;
  readonly stopsWhenClosed: StopsWhenClosed;
  /** Whether practice models, which every surface shows as simulated. */
  readonly simulated: boolean;
  readonly timeouts: Timeouts;
}

/**
 * Whether closing the connection ends the work and its billing. `by-provider`: a gateway that names each answer's
 * provider, whose practice is known.
 */
export type StopsWhenClosed = 'yes' | 'no' | 'by-provider';

/** `effort`: OpenAI's `reasoning_effort`; `reasoning`: OpenRouter's object, which accepts a reasoning budget too. */
export type EffortField = 'effort' | 'reasoning' | 'gemini';
export type CacheKeyField = 'prompt_cache_key' | 'x-grok-conv-id';

/** Chat Completions and Responses are OpenAI's protocols, Messages is Anthropic's. */
export const PROTOCOLS = ['auto', 'chat', 'responses', 'messages'] as const;
export type ProtocolSetting = (typeof PROTOCOLS)[number];
export type Protocol = Exclude<ProtocolSetting, 'auto'>;

export type OutputCapField = 'max_tokens' | 'max_completion_tokens';

/** Milliseconds. Node's fetch gives up after 300 s without headers or without a chunk, so none may be longer. */
export interface Timeouts {
  /** From the request to the response's headers: connecting, queueing, and loading a local model. */
  readonly firstByteMs: number;
  /** Between two chunks; a reasoning model may be silent for minutes. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export const PRESET_IDS = [
  'openai',
  'openrouter',
  'mistral',
  'deepseek',
  'gemini',
  'anthropic',
  'xai',
  'groq',
  'together',
  'azure',
  'github',
  'bedrock',
  'vertex',
  'ollama',
  'lmstudio',
  'llamacpp',
  'vllm',
  'litellm',
  'custom',
] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/** Known facts about a kind of endpoint, before any settings of the user. */
export interface EndpointPreset {
  readonly id: PresetId;
  readonly label: string;
  /** Undefined = the user must enter one. */
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  /** The provider's own variable, which belongs only to the host of `baseUrl`. */
  readonly apiKeyEnv: string | undefined;
  /** The form of this provider's keys, if no other provider's keys have it; otherwise undefined. */
  readonly keyShape: RegExp | undefined;
  /** An address with placeholders, where each user has another address; shown in the input box. */
  readonly baseUrlTemplate?: string;
  /** The page where a user gets a key. */
  readonly keyPage: string | undefined;
  /**
   * Whether it runs on the user's machine, so that answers cost nothing, and the first one waits until the model is
   * loaded.
   */
  readonly local: boolean;
  readonly acceptsStreamOptions: boolean;
  readonly promptTokensIncludeCached: boolean;
  readonly outputCapField: OutputCapField;
  /** How a Chat Completions request states the effort; undefined = the endpoint has no field for it. */
  readonly effortField: EffortField | undefined;
  /** How a request names its conversation, so that it finds its own prompt cache. */
  readonly cacheKeyField: CacheKeyField | undefined;
  /** The documented prompt cache for a model; undefined = undocumented. */
  readonly promptCache: (model: string) => PromptCacheTerms | undefined;
  /** Whether it passes Anthropic's cache marks on message parts to Anthropic's models. */
  readonly passesCacheMarks: boolean;
  readonly outputCapCoversReasoning: boolean;
  readonly stopsWhenClosed: StopsWhenClosed;
}

export type PresetTable = Readonly<Record<PresetId, EndpointPreset>>;

/** The source of a price and its date, both shown to the user. */
export interface KnownPrice {
  readonly price: RateCard;
  readonly source: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** OpenAI's own list has neither prices nor sizes, so the table may contain sizes too. */
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** The shipped price table as set-up uses it. */
export interface PriceLookup {
  lookup(preset: PresetId, model: string): KnownPrice | undefined;
}
