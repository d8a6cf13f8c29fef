/**
 * Ports to the models: requests, streams, usage, and later bills. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real one.
 */
import type { Arm } from '../../core/arm.ts';
import type { Result } from '../../core/result.ts';
import type { TokenCounts } from './money.ts';

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly base64: string };

export type MessageContent = string | readonly ContentPart[];

/** A function that the model calls; `input` is the model's arguments, JSON text. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  /** Data that the provider sent beside the call and needs back unchanged. In memory only. */
  readonly opaque?: OpaqueState | undefined;
}

/** Encrypted reasoning, signed thoughts and similar data, which returns only to the arm that made it. */
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
  /** The part of the cap that reasoning may use, in tokens; sent where the provider accepts such a budget. */
  readonly reasoningCap?: number | undefined;
  readonly temperature?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'auto' | 'required' | undefined;
  /** A random value for each conversation that keeps its requests on one machine's prompt cache. */
  readonly cacheKey?: string | undefined;
  readonly signal: AbortSignal;
}

export interface CompletionRequest {
  readonly arm: Arm;
  readonly prompt: string;
  /** Sent as `suffix` where the endpoint has such a field; undefined = a template contains it. */
  readonly suffix: string | undefined;
  /** The endpoint's address for this request; undefined = inferred from the arm and the endpoint. */
  readonly api?: 'completions' | 'mistral-fim' | 'infill' | undefined;
  /** Pieces of other files for `infill`; other formats put them into the prompt. */
  readonly extra?: readonly { readonly filename: string; readonly text: string }[];
  readonly outputCap: number;
  readonly temperature?: number;
  readonly stop: readonly string[];
  readonly signal: AbortSignal;
}

export interface Usage {
  readonly tokens: TokenCounts;
  /** Whether the provider reported a cost but no tokens, so that the zeros above mean "unknown". */
  readonly uncounted?: true;
  /** The charge in USD that the provider reported (OpenRouter's usage.cost); undefined = none. */
  readonly reportedUsd: number | undefined;
}

export type StreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** The model closed reasoning that it had not opened: all text so far was reasoning. */
  | { readonly type: 'text-was-reasoning' }
  /** Sent once all arguments of the call have arrived. */
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | {
      readonly type: 'done';
      readonly usage: Usage | undefined;
      readonly finish: string | undefined;
      /** The reason that the model was stopped before the end; absent = the answer is complete. */
      readonly incomplete?: IncompleteReason;
      readonly generationId: string | undefined;
      /** Whether the answer contained bytes that are not UTF-8; the text has U+FFFD in their place. */
      readonly damaged?: boolean;
    };

/** The cap that was sent or the model's own limit, or the provider's filter. */
export type IncompleteReason = 'length' | 'content-filter';

export type ProviderErrorKind =
  | 'no-key'
  | 'wrong-key'
  | 'no-credit'
  /** The account has credit, but not enough for the longest possible answer. */
  | 'cannot-afford'
  | 'forbidden'
  | 'rate-limited'
  | 'model-gone'
  | 'too-long'
  | 'bad-request'
  /** The model does not support its arm's effort. */
  | 'effort-refused'
  /** The data sent back beside earlier tool calls is not valid (any more), or is missing. */
  | 'state-refused'
  /** The endpoint has no address for the Responses protocol. */
  | 'no-responses'
  /** The address answers, or can never answer, but not to requests of this protocol. */
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

/** One failed call. `served` states whether money may be owed (docs/decisions.md, "The limit"). */
export interface ProviderError {
  readonly kind: ProviderErrorKind;
  /** 'no': provably not served, so the reservation is voided. 'maybe': settled at an estimate, with the rest held. */
  readonly served: 'no' | 'maybe';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The message of the provider or a library, cut to 300 characters and redacted; for the log. */
  readonly detail: string;
  /** The provider's own message, shown to the user; absent where there was none. */
  readonly said?: string;
  /** The address of the request without key and query, where it may be the fault. */
  readonly address?: string;
  /** Usage that the stream reported before it failed: the cost may be known although the answer is not. */
  readonly usage?: Usage | undefined;
  readonly generationId?: string | undefined;
}

/** A stream that ends either with `done` or with a failure; its iteration never throws. */
export interface ModelStream {
  /** Iterate once only; the request leaves at the first `next()`, and leaving the loop early cancels it. */
  readonly events: AsyncIterable<StreamEvent>;
  /** Settles once the stream has ended; undefined = no failure. */
  readonly failure: Promise<ProviderError | undefined>;
  /**
   * Whether closing the connection ends the provider's work and its billing, as far as is known: a gateway names the
   * provider with its first event. Absent = no.
   */
  stopsWhenClosed?(): boolean;
}

/** Why a provider reported no bill: it may know the bill later, or will never report it to this user. */
export type LookUpFailure = 'not-yet' | 'not-possible';

/** Endpoints that report the cost of a call afterwards. */
export interface BillSource {
  /** Ids of these endpoints. */
  endpoints(): readonly string[];
  /** Sends a request to this endpoint only; never throws. */
  bill(endpointId: string, generationId: string): Promise<Result<Usage, LookUpFailure>>;
  /** Ids of the endpoints that report the total billed to a key. */
  usageEndpoints(): readonly string[];
  /** Sends a request to this endpoint only; never throws. */
  keyUsage(endpointId: string): Promise<Result<KeyUsage, LookUpFailure>>;
}

/** The total billed to a key since its creation. */
export interface KeyUsage {
  /** Distinguishes one key from another; not a part of the key. */
  readonly key: string;
  readonly usd: number;
}

export interface ModelClient {
  chat(request: ChatRequest): ModelStream;
  complete(request: CompletionRequest): ModelStream;
}
