/**
 * Ports to the models: requests, streams, usage, and the bill afterwards. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { Arm } from '../../core/arm.ts';
import type { Result } from '../../core/result.ts';
import type { TokenCounts } from './money.ts';

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly base64: string };

export type MessageContent = string | readonly ContentPart[];

/** A function the model asks for; `input` is its arguments as the model wrote them, JSON text. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  /** What the provider sent beside the call and wants back with it, unchanged. In memory only. */
  readonly opaque?: OpaqueState | undefined;
}

/** Encrypted reasoning, signed thoughts and the like: they go back to the arm that made them and to no other. */
export interface OpaqueState {
  readonly armId: string;
  /** In the form of the arm's protocol; only its client reads it. */
  readonly data: unknown;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the input; undefined = no arguments. */
  readonly inputSchema: object | undefined;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: MessageContent }
  | {
      readonly role: 'assistant';
      readonly content: MessageContent;
      readonly toolCalls?: readonly ToolCall[] | undefined;
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: MessageContent };

export interface ChatRequest {
  readonly arm: Arm;
  readonly messages: readonly ChatMessage[];
  /** Sent as the arm's outputCapField. */
  readonly outputCap: number;
  /** How much of the cap thoughts may take, tokens; sent where the provider takes such a budget. */
  readonly reasoningCap?: number | undefined;
  readonly temperature?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'auto' | 'required' | undefined;
  /** Random, one for each conversation, derived from no text: keeps its requests on one machine's prompt cache. */
  readonly cacheKey?: string | undefined;
  readonly signal: AbortSignal;
}

export interface CompletionRequest {
  readonly arm: Arm;
  readonly prompt: string;
  /** Sent as `suffix` where the format is the endpoint's own; undefined when a template carries it. */
  readonly suffix: string | undefined;
  /** Which of the endpoint's addresses takes it; undefined = inferred from the arm and the endpoint. */
  readonly api?: 'completions' | 'mistral-fim' | 'infill' | undefined;
  /** Pieces of other files for `infill`; elsewhere the prompt carries them. */
  readonly extra?: readonly { readonly filename: string; readonly text: string }[];
  readonly outputCap: number;
  readonly temperature?: number;
  readonly stop: readonly string[];
  readonly signal: AbortSignal;
}

export interface Usage {
  readonly tokens: TokenCounts;
  /** The provider told a cost and no tokens: the zeros above stand for "not told". */
  readonly uncounted?: true;
  /** USD the provider itself says it charged (OpenRouter's usage.cost), if it does. */
  readonly reportedUsd: number | undefined;
}

export type StreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** The model closed reasoning that it had not opened: all text until now was reasoning. */
  | { readonly type: 'text-was-reasoning' }
  /** Complete: it is sent once its arguments have all arrived. */
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | {
      readonly type: 'done';
      readonly usage: Usage | undefined;
      readonly finish: string | undefined;
      /** The model was stopped before it had said all; absent = the answer is whole. */
      readonly incomplete?: IncompleteReason;
      readonly generationId: string | undefined;
      /** The answer held bytes that are not UTF-8; each stands as U+FFFD in the text. */
      readonly damaged?: boolean;
    };

/** At the cap that was sent or the model's own, or by the provider's filter. */
export type IncompleteReason = 'length' | 'content-filter';

export type ProviderErrorKind =
  | 'no-key'
  | 'wrong-key'
  | 'no-credit'
  /** The account has credit, but not for an answer as long as may come. */
  | 'cannot-afford'
  | 'forbidden'
  | 'rate-limited'
  | 'model-gone'
  | 'too-long'
  | 'bad-request'
  /** Something answers there, or never can, but it is not where this protocol's requests go. */
  | 'wrong-address'
  | 'server-error'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'not-json'
  | 'empty'
  | 'too-large'
  | 'redirect'
  | 'insecure'
  | 'cancelled'
  | 'unknown';

/** One failed call. `served` says whether money may be owed (docs/decisions.md, "The limit"). */
export interface ProviderError {
  readonly kind: ProviderErrorKind;
  /** 'no': provably not served, void it. 'maybe': estimate and hold the rest. */
  readonly served: 'no' | 'maybe';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The provider's own words or a library's, cut to 300 characters and redacted; for the log. */
  readonly detail: string;
  /** The provider's own words alone, so that a person can be shown them; absent where it said nothing. */
  readonly said?: string;
  /** Where the request went, where that may be what is wrong: without key and query. */
  readonly address?: string;
  /** What the stream had told before it failed: the money may be known although the answer is not. */
  readonly usage?: Usage | undefined;
  readonly generationId?: string | undefined;
}

/** A stream that ends either with `done` or with a failure; iteration itself never throws. */
export interface ModelStream {
  /** To be iterated once; the request leaves at the first `next()`, and leaving the loop early cancels it. */
  readonly events: AsyncIterable<StreamEvent>;
  /** Settles once the stream has ended; undefined = ended well. */
  readonly failure: Promise<ProviderError | undefined>;
  /**
   * Whether closing the connection ends the work and what is billed for it, as far as is known by now: a gateway names
   * the provider with its first words. Absent = no.
   */
  stopsWhenClosed?(): boolean;
}

/** Why a provider told no bill: it may know it later, or it will never tell this user. */
export type LookUpFailure = 'not-yet' | 'not-possible';

/** Endpoints that tell afterwards what a call cost. */
export interface BillSource {
  /** Ids of those that can be asked. */
  endpoints(): readonly string[];
  /** Asks the endpoint itself and nobody else; never throws. */
  bill(endpointId: string, generationId: string): Promise<Result<Usage, LookUpFailure>>;
}

export interface ModelClient {
  chat(request: ChatRequest): ModelStream;
  complete(request: CompletionRequest): ModelStream;
}
