/**
 * What the use cases need from outside. Each port has one real implementation under src/providers, src/storage or
 * src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { Arm } from '../core/arm.ts';
import type { ArmId, DecisionId, EpochMs, NanoUsd, ReservationId } from '../core/brand.ts';
import type { Decision, Outcome, Surface } from '../core/decision.ts';
import type { Result } from '../core/result.ts';

export interface Clock {
  now(): EpochMs;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** `error` is redacted before it is written: no key, no prompt. */
  error(message: string, error?: unknown): void;
}

export interface Disposable {
  dispose(): void;
}

// ---------------------------------------------------------------------------------------------- money

export type Purpose = Surface | 'retry' | 'embedding' | 'test';

/** How a cost is known, most trusted first. */
export type CostSource = 'reported' | 'priced-usage' | 'estimate' | 'worst-case';

/** Disjoint classes: their sum is every token of the call, whatever way the provider counts. */
export interface TokenCounts {
  /** Input neither read from nor written to the provider's prompt cache. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** Visible output; reasoning is counted beside it. */
  readonly output: number;
  readonly reasoning: number;
}

export interface ReservationRequest {
  readonly armId: ArmId;
  readonly decisionId: DecisionId | undefined;
  readonly purpose: Purpose;
  /** Whose request it is, where the purpose does not say (a retry): inline's counts against the inline sub-limit. */
  readonly surface?: Surface;
  readonly workspaceId: string;
  /** For the usage view: VS Code language id, or ''. */
  readonly language: string;
  readonly worstCase: NanoUsd;
  readonly expected: NanoUsd;
  /** The limits in force as the settings say; the ledger adds this period's raise. */
  readonly limit: NanoUsd;
  readonly workspaceLimit: NanoUsd | undefined;
  readonly inlineLimit: NanoUsd | undefined;
}

export interface Reservation {
  readonly id: ReservationId;
  /** `YYYY-MM` in local time at reservation: the period it belongs to, whatever clock or zone say later. */
  readonly period: string;
  readonly worstCase: NanoUsd;
}

/** Why the ledger or the log cannot be used; `newer-schema` = written by a newer PILOT, left untouched. */
export type StorageProblem =
  | 'no-sqlite'
  | 'read-only'
  | 'disk-full'
  | 'newer-schema'
  | 'busy'
  | 'io-error'
  | 'worker-gone'
  | 'bad-request';

/** What the store said when it could not do as asked; `reason` in its own words, for the log. */
export interface StorageFault {
  readonly kind: StorageProblem;
  readonly reason: string;
}

/** Why no money was reserved; each maps to one sentence for the user and a way on. */
export type LedgerRefusal =
  | {
      readonly kind: 'over-limit';
      readonly left: NanoUsd;
      readonly resetsAt: EpochMs;
      readonly which: 'month' | 'workspace' | 'inline';
    }
  | { readonly kind: 'no-limit-set' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly problem?: StorageProblem }
  | {
      readonly kind: 'needs-confirmation';
      readonly candidates: readonly { readonly source: string; readonly total: NanoUsd }[];
    };

export interface Settlement {
  readonly cost: NanoUsd;
  readonly source: CostSource;
  readonly tokens: TokenCounts;
  /** Kept against the limit although not shown as spent (cancelled or usage-less calls). */
  readonly heldBack: NanoUsd;
  /** The provider's own id of the generation, for reconciliation. */
  readonly generationId: string | undefined;
  /** Lower bound on the output tokens received; a later bill for less is not believed. Absent = 0. */
  readonly seenTokens?: number;
  /** What was wrong with the bill, for the hold list. */
  readonly note?: string | undefined;
}

/** A held call whose endpoint may by now know its bill. */
export interface LookUp {
  readonly id: ReservationId;
  readonly armId: ArmId;
  readonly generationId: string;
}

/** The bill of a call, told by its provider afterwards. */
export interface ToldBill {
  readonly cost: NanoUsd;
  readonly source: 'reported' | 'priced-usage';
  readonly tokens: TokenCounts;
}

/** What the extension host may read at any time without asking the worker. */
export interface SpendSummary {
  readonly period: string;
  readonly periodStart: EpochMs;
  readonly periodEnd: EpochMs;
  readonly settled: NanoUsd;
  readonly reserved: NanoUsd;
  readonly heldBack: NanoUsd;
  /** One-off raise of this period's limit. */
  readonly raisedBy: NanoUsd;
  /** Settled + held back + reserved by purpose 'inline'. */
  readonly inlineCommitted: NanoUsd;
  /** Settled + held back + reserved by workspace. */
  readonly workspaceCommitted: NanoUsd;
  readonly requests: Readonly<Record<Surface, number>>;
  /** Requests per local hour of week over the last eight weeks, all workspaces: 168 numbers. */
  readonly hourOfWeek: readonly number[];
  readonly state: 'ready' | 'unavailable' | 'needs-confirmation';
  /** Days of requests behind `hourOfWeek`, up to 56. */
  readonly historyDays?: number;
  /** `hourOfWeek` by surface. */
  readonly hourOfWeekBySurface?: Readonly<Record<Surface, readonly number[]>>;
  /** Requests of each of the last 14 local days, today last. */
  readonly recentDays?: readonly number[];
  /** One sentence, when not ready. */
  readonly problem: string | undefined;
  readonly problemKind?: StorageProblem | undefined;
  readonly candidates: readonly { readonly source: string; readonly total: NanoUsd }[];
}

export interface Ledger {
  /** Commits the worst case in one immediate transaction, or says why not. Never throws. */
  reserve(request: ReservationRequest): Promise<Result<Reservation, LedgerRefusal>>;
  /** Once per reservation; a second settlement is refused and counted. A bill above the reservation is recorded in full. */
  settle(
    id: ReservationId,
    settlement: Settlement,
  ): Promise<Result<{ readonly overrun: NanoUsd }, 'unknown' | 'already-settled' | 'unavailable'>>;
  /** Only where the request provably was not served. */
  void(
    id: ReservationId,
    reason: string,
  ): Promise<Result<void, 'unknown' | 'already-settled' | 'unavailable'>>;
  /** The user, with the provider's bill in hand, or reconciliation, frees what was held back. */
  releaseHold(id: ReservationId | 'all', reason: string): Promise<Result<NanoUsd, StorageFault>>;
  /**
   * The provider told what a held call really cost: it is recorded in full and the hold ends (core/billing.ts
   * `reconciled`). Returns what was freed, negative when it cost more; 0 when there is nothing to reconcile.
   */
  reconcile?(id: ReservationId, told: ToldBill, reason: string): Promise<number>;
  /**
   * Held calls of these endpoints that are due to be asked about; each is given out once each time it is due, over
   * all windows, a few times with growing pauses. `nextAt`: when the next one is due. Undefined = the ledger cannot be
   * used now.
   */
  takeLookUps?(
    endpointIds: readonly string[],
  ): Promise<{ readonly due: readonly LookUp[]; readonly nextAt: EpochMs | undefined } | undefined>;
  raiseLimit(by: NanoUsd): Promise<Result<void, StorageFault>>;
  /** Thresholds of 50/75/90/100 % passed and not yet told, over all windows once each; `limit` as the settings say. */
  takeNotices?(limit: NanoUsd): Promise<readonly LimitNotice[]>;
  /** Settled rows of another PILOT, each id once; where it breaks off, what was added. Undefined = nothing was. */
  importEntries?(rows: readonly ImportedEntry[]): Promise<ImportedTotals | undefined>;
  /** After a recovery with doubt: the user states what was spent this period. */
  confirmTotal(total: NanoUsd): Promise<Result<void, StorageFault>>;
  summary(): SpendSummary;
  /** Fires after any change, also of other windows (polled). */
  onDidChange(listener: () => void): Disposable;
}

export interface LimitNotice {
  readonly period: string;
  readonly percent: 50 | 75 | 90 | 100;
  /** Settled + held back. */
  readonly used: NanoUsd;
  /** The raised limit. */
  readonly limit: NanoUsd;
  readonly resetsAt: EpochMs;
}

// ------------------------------------------------------------------------------------- the usage view

export type SpendGroup = 'day' | 'model' | 'surface' | 'language' | 'workspace' | 'source';

export interface SpendFilter {
  /** `YYYY-MM`; undefined = all that is kept. */
  readonly period?: string;
  readonly workspaceId?: string;
}

export interface SpendRow {
  /** The day `YYYY-MM-DD`, arm id, purpose, language id, workspace id, or cost source. */
  readonly key: string;
  readonly settled: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly reserved: NanoUsd;
  readonly calls: number;
  readonly tokens: TokenCounts;
}

/** Calls that agree in all of these. */
export interface SpendCell extends Omit<SpendRow, 'key'> {
  readonly keys: Readonly<Record<SpendGroup, string>>;
}

export interface PeriodTotal {
  readonly period: string;
  readonly settled: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly reserved: NanoUsd;
  readonly raisedBy: NanoUsd;
}

/** One row of the ledger, as it is shown in the hold list and exported. */
export interface LedgerEntry {
  readonly seq: number;
  readonly id: ReservationId;
  readonly period: string;
  readonly at: EpochMs;
  readonly state: 'reserved' | 'settled' | 'void';
  readonly armId: ArmId;
  readonly decisionId: DecisionId | undefined;
  readonly purpose: string;
  /** Counts against the inline sub-limit, as a completion's retry does whose purpose does not say so. */
  readonly inline?: boolean;
  readonly workspaceId: string;
  readonly language: string;
  readonly expected: NanoUsd;
  readonly worstCase: NanoUsd;
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly overrun: NanoUsd;
  readonly source: CostSource | undefined;
  readonly tokens: TokenCounts;
  readonly generationId: string | undefined;
  readonly note: string | undefined;
}

/** A settled call as it is exported and imported; its money is settled in full. */
export interface ImportedEntry extends Pick<
  LedgerEntry,
  'id' | 'period' | 'at' | 'armId' | 'purpose' | 'inline' | 'workspaceId' | 'language' | 'cost' | 'tokens'
> {
  readonly source: CostSource;
}

export interface ImportedTotals {
  readonly added: number;
  readonly spent: NanoUsd;
  /** Of it, what counts towards the current month's limit. */
  readonly thisMonth: NanoUsd;
}

export interface DecisionPage {
  /** Rows before this position, newest first; undefined = from the newest. */
  readonly before?: number;
  readonly limit: number;
  readonly armId?: ArmId;
  readonly surface?: Surface;
  readonly workspaceId?: string;
}

export interface LoggedDecision {
  readonly seq: number;
  readonly decision: Decision;
  /** The newest outcome. */
  readonly outcome: Outcome | undefined;
  /** What its calls cost, holds not included. */
  readonly cost: NanoUsd;
}

/** Read-only questions to the store; answered in the worker. Empty answers while the store is unavailable. */
export interface UsageReader {
  /** One month by every side at once: one pass over its rows, where six questions would be six. */
  cube(period: string, workspaceId: string | undefined): Promise<readonly SpendCell[]>;
  /** In the order of the key for days, else dearest first. */
  spend(by: SpendGroup, filter: SpendFilter): Promise<readonly SpendRow[]>;
  /** Newest first. */
  periods(): Promise<readonly PeriodTotal[]>;
  decisions(page: DecisionPage): Promise<readonly LoggedDecision[]>;
  /** What is held back this period: cancelled calls, and reservations a crash left behind. */
  holds(): Promise<readonly LedgerEntry[]>;
  /** For export, in order; `afterSeq` 0 = from the oldest. */
  entries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]>;
}

// ------------------------------------------------------------------------------- decisions and learning

export interface DecisionLog {
  append(decision: Decision): Promise<void>;
  /** Replaces the decision's former outcome; both stay readable in the log's order. */
  record(outcome: Outcome): Promise<void>;
  decision(id: DecisionId): Promise<Decision | undefined>;
  /**
   * A decision with the last outcome before a position of the log. Rejects when the store cannot tell: what was learnt
   * and is taken for new would count twice.
   */
  asOf(id: DecisionId, beforeSeq: number): Promise<DecisionAsOf | undefined>;
  /** Rows after `afterSeq`, in order, decisions and outcomes interleaved: what learned state folds over. */
  read(afterSeq: number, limit: number): Promise<readonly LogEntry[]>;
  /** Newest snapshot of the learned state (opaque JSON of core/state.ts) and the log position it covers. Rejects when
   * it cannot be read now. */
  loadSnapshot(): Promise<{ readonly seq: number; readonly state: unknown } | undefined>;
  saveSnapshot(seq: number, state: unknown): Promise<void>;
  /** Sets a bad snapshot aside under a new name; the next load rebuilds from the log. */
  quarantineSnapshot(reason: string): Promise<void>;
  /** Deletes decisions with their outcomes, and every snapshot; money stays. Returns the decisions forgotten. */
  forget?(scope: ForgetScope): Promise<number>;
}

export interface DecisionAsOf {
  readonly decision: Decision;
  readonly outcome: Outcome | undefined;
}

/** `snapshots`: nothing of the log; what was folded is set aside for another state that takes its place. */
export type ForgetScope =
  | { readonly kind: 'everything' | 'snapshots' }
  | { readonly kind: 'period'; readonly from: EpochMs; readonly until: EpochMs }
  | { readonly kind: 'model'; readonly armId: ArmId };

export type LogEntry =
  | { readonly seq: number; readonly type: 'decision'; readonly decision: Decision }
  | { readonly seq: number; readonly type: 'outcome'; readonly outcome: Outcome };

/** Where the knapsack policy's state lives: one versioned key of workspaceState, under 64 KB. */
export interface PolicyStore {
  load(): unknown;
  /** Writes are coalesced; `state` is called when one is due. */
  save(state: () => unknown): void;
  /** Keeps an unreadable state under a new name and reports it. */
  setAside(state: unknown): void;
}

// -------------------------------------------------------------------------------------------- models

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly base64: string };

export type MessageContent = string | readonly ContentPart[];

/** A function the model asks for; `input` is its arguments as the model wrote them, JSON text. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
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
  readonly temperature?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'auto' | 'required' | undefined;
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
  /** USD the provider itself says it charged (OpenRouter's usage.cost), if it does. */
  readonly reportedUsd: number | undefined;
}

export type StreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  /** Complete: it is sent once its arguments have all arrived. */
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | {
      readonly type: 'done';
      readonly usage: Usage | undefined;
      readonly finish: string | undefined;
      readonly generationId: string | undefined;
      /** The answer held bytes that are not UTF-8; each stands as U+FFFD in the text. */
      readonly damaged?: boolean;
    };

export type ProviderErrorKind =
  | 'no-key'
  | 'wrong-key'
  | 'no-credit'
  | 'forbidden'
  | 'rate-limited'
  | 'model-gone'
  | 'too-long'
  | 'bad-request'
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

/** One failed call. `served` says whether money may be owed (design.md "The limit"). */
export interface ProviderError {
  readonly kind: ProviderErrorKind;
  /** 'no': provably not served, void it. 'maybe': estimate and hold the rest. */
  readonly served: 'no' | 'maybe';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The provider's own words, cut to 300 characters and redacted; for the log and the detail line. */
  readonly detail: string;
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
