import type { PromptCacheTerms, RateCard } from '../../core/arm.ts';

/** A server that speaks OpenAI's protocol, as the user set it up, checked. One endpoint serves many arms. */
export interface Endpoint {
  /** No slash: an arm's id is `endpoint/model`. */
  readonly id: string;
  readonly preset: PresetId;
  /** The name shown to the user. */
  readonly label: string;
  /** Absolute, without trailing slash, query or credentials. */
  readonly baseUrl: string;
  /** Azure's `api-version`, sent in the query of every request. */
  readonly apiVersion?: string | undefined;
  readonly needsKey: boolean;
  /** The one environment variable this endpoint may read its key from; undefined = SecretStorage only. */
  readonly apiKeyEnv: string | undefined;
  /** Sent with every request; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `stream_options: {include_usage: true}` is sent; strict servers answer 400 to it. */
  readonly acceptsStreamOptions: boolean;
  /** OpenAI's `prompt_tokens` counts cached tokens too; some gateways count them beside it. */
  readonly promptTokensIncludeCached: boolean;
  /** `auto`: by preset and model (`providers/protocol.ts`). */
  readonly protocol: ProtocolSetting;
  readonly outputCapField: OutputCapField;
  readonly outputCapCoversReasoning: boolean;
  readonly stopsWhenClosed: StopsWhenClosed;
  /** Practice models: called simulated wherever a person can see them. */
  readonly simulated: boolean;
  readonly timeouts: Timeouts;
}

/**
 * Whether closing the connection ends the work, and what is billed with it. `by-provider`: a gateway names the provider
 * of each answer, and of each provider it is known.
 */
export type StopsWhenClosed = 'yes' | 'no' | 'by-provider';

/** `effort`: OpenAI's `reasoning_effort`; `reasoning`: OpenRouter's object, which takes a budget of thoughts too. */
export type EffortField = 'effort' | 'reasoning' | 'gemini';
export type CacheKeyField = 'prompt_cache_key' | 'x-grok-conv-id';

/** Chat Completions and Responses are OpenAI's, Messages is Anthropic's. */
export const PROTOCOLS = ['auto', 'chat', 'responses', 'messages'] as const;
export type ProtocolSetting = (typeof PROTOCOLS)[number];
export type Protocol = Exclude<ProtocolSetting, 'auto'>;

export type OutputCapField = 'max_tokens' | 'max_completion_tokens';

/** Milliseconds. Node's own fetch gives up at 300 s without headers or without a chunk, so none may be longer. */
export interface Timeouts {
  /** From sending to the response's headers: connecting, queueing, and loading a local model. */
  readonly firstByteMs: number;
  /** Between two chunks; a reasoning model may think silently for minutes. */
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

/** What is known about a kind of endpoint before the user says anything. */
export interface Preset {
  readonly id: PresetId;
  readonly label: string;
  /** Undefined: the user must give one. */
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  /** The provider's own variable: it belongs to `baseUrl`'s host alone. */
  readonly apiKeyEnv: string | undefined;
  /** What this provider's keys look like and no other's do; undefined where that cannot be told. */
  readonly keyShape: RegExp | undefined;
  /** An address with places to fill in, where the provider's differs by user; shown as the placeholder. */
  readonly baseUrlTemplate?: string;
  /** Where a person gets a key. */
  readonly keyPage: string | undefined;
  /** Runs on the user's own machine: answers cost nothing, and the first one waits for the model to load. */
  readonly local: boolean;
  readonly acceptsStreamOptions: boolean;
  readonly promptTokensIncludeCached: boolean;
  readonly outputCapField: OutputCapField;
  /** How a Chat Completions request tells the model its effort; undefined = the endpoint has no field for it. */
  readonly effortField: EffortField | undefined;
  /** How a request says which conversation it belongs to, so that it meets its own prompt cache. */
  readonly cacheKeyField: CacheKeyField | undefined;
  /** What its documentation says of its prompt cache for a model; undefined = nothing. */
  readonly promptCache: (model: string) => PromptCacheTerms | undefined;
  /** Passes Anthropic's cache marks on message parts through to Anthropic's models. */
  readonly passesCacheMarks: boolean;
  readonly outputCapCoversReasoning: boolean;
  readonly stopsWhenClosed: StopsWhenClosed;
}

export type PresetTable = Readonly<Record<PresetId, Preset>>;

/** Where a price was found; both are shown to the user. */
export interface KnownPrice {
  readonly price: RateCard;
  readonly source: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** OpenAI's own list has neither prices nor sizes, so a table may know these as well. */
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** The shipped price table, as set-up needs it. */
export interface PriceLookup {
  lookup(preset: PresetId, model: string): KnownPrice | undefined;
}
