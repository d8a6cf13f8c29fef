/**
 * Ports of money: reservations, settlements and what is left, in integer nano-USD. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import type { Surface } from '../../core/decision.ts';
import type { Result } from '../../core/result.ts';
import type { Disposable } from './environment.ts';

export type Purpose = Surface | 'retry' | 'embedding' | 'test';

/** How a cost is known, most trusted first. */
export type CostSource = 'reported' | 'priced-usage' | 'estimate' | 'worst-case';

/** Disjoint classes: their sum is every token of the call, whatever way the provider counts. */
export interface TokenCounts {
  /** Input neither read from nor written to the provider's prompt cache. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** Of `cacheWrite`, what was written for an hour; absent = none. */
  readonly hourCacheWrite?: number;
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

/** No such reservation, or one that has ended. */
export type SettleRefusal = 'unknown' | 'already-settled';

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

export interface BillRecorded {
  /** Negative when the call cost more than was counted for it; 0 when there was nothing to reconcile. */
  readonly freed: number;
  /** What the call is counted at now; undefined when there was nothing to reconcile. */
  readonly cost: NanoUsd | undefined;
  /** The hold had been released, or had ended with its month, before this bill came. */
  readonly isLate: boolean;
}

export type StatedTotal =
  /** `freed`: what can be spent again; negative when the total is more than was counted. */
  | { readonly kind: 'settled'; readonly calls: number; readonly freed: number }
  /** The known bills already come to more: nothing was changed. */
  | { readonly kind: 'below-bills'; readonly known: NanoUsd };

/** What the extension host may read at any time without asking the worker. */
export interface SpendSummary {
  readonly period: string;
  readonly periodStart: EpochMs;
  readonly periodEnd: EpochMs;
  /** Calls whose bill is known: what is spent. */
  readonly settled: NanoUsd;
  /** Calls under way, at their worst case. */
  readonly reserved: NanoUsd;
  /** Ended calls whose bill is not known, at the most they can have cost; `standingOf` adds them to what is reserved. */
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
  ): Promise<Result<{ readonly overrun: NanoUsd }, SettleRefusal | 'unavailable'>>;
  /** Only where the request provably was not served. */
  void(id: ReservationId, reason: string): Promise<Result<void, SettleRefusal | 'unavailable'>>;
  /** The user, with the provider's bill in hand, or reconciliation, frees what was held back. */
  releaseHold(id: ReservationId | 'all', reason: string): Promise<Result<NanoUsd, StorageFault>>;
  /**
   * The user's word on what calls cost this month, of one endpoint or of all: calls whose bill is not known are settled by
   * what it leaves for them, in proportion to their estimates.
   */
  stateTotal?(total: NanoUsd, endpointId: string | undefined): Promise<Result<StatedTotal, StorageFault>>;
  /**
   * The provider told what a held call really cost: it is recorded in full and the hold ends (core/money/billing.ts
   * `reconciled`). So it is where the hold was released before.
   */
  reconcile?(id: ReservationId, told: ToldBill, reason: string): Promise<BillRecorded>;
  /**
   * Held calls of these endpoints that are due to be asked about; each is given out once each time it is due, over
   * all windows, a few times with growing pauses. `nextAt`: when the next one is due. Undefined = the ledger cannot be
   * used now.
   */
  takeLookUps?(
    endpointIds: readonly string[],
  ): Promise<{ readonly due: readonly LookUp[]; readonly nextAt: EpochMs | undefined } | undefined>;
  raiseLimit(by: NanoUsd): Promise<Result<void, StorageFault>>;
  /** What is due to be told about the limit, over all windows once each; `limit` as the settings say. */
  takeNotices?(limit: NanoUsd): Promise<readonly LimitNotice[]>;
  /** Settled rows of another PILOT, each id once; where it breaks off, what was added. Undefined = nothing was. */
  importEntries?(rows: readonly ImportedEntry[]): Promise<ImportedTotals | undefined>;
  /** A bill that cannot be right: the limit counts `amount`, the bill is kept beside it; its own amount takes it back. */
  dispute?(id: ReservationId, amount: NanoUsd): Promise<Result<void, StorageFault>>;
  /** After a recovery with doubt: the user states what was spent this period. */
  confirmTotal(total: NanoUsd): Promise<Result<void, StorageFault>>;
  summary(): SpendSummary;
  /** Fires after any change, also of other windows (polled). */
  onDidChange(listener: () => void): Disposable;
}

/** At most one of each kind at a time. */
export type LimitNotice =
  | {
      readonly kind: 'spent';
      /** The highest threshold that was passed. */
      readonly percent: 50 | 75 | 90 | 100;
      readonly spent: NanoUsd;
      /** With this month's raise. */
      readonly limit: NanoUsd;
      readonly resetsAt: EpochMs;
    }
  /** Ended calls whose bill is not known keep more than a fifth of the limit. */
  | { readonly kind: 'reserved'; readonly reserved: NanoUsd; readonly limit: NanoUsd };

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
  /** What the limit counts. */
  readonly cost: NanoUsd;
  /** What the provider billed, where the user disputes it; absent = nothing is disputed. */
  readonly billed?: NanoUsd | undefined;
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
  | 'id'
  | 'period'
  | 'at'
  | 'armId'
  | 'purpose'
  | 'inline'
  | 'workspaceId'
  | 'language'
  | 'cost'
  | 'billed'
  | 'tokens'
> {
  readonly source: CostSource;
}

export interface ImportedTotals {
  readonly added: number;
  readonly spent: NanoUsd;
  /** Of it, what counts towards the current month's limit. */
  readonly thisMonth: NanoUsd;
  /** Rows that were not looked at, since the ledger could not be used any more; absent = none. */
  readonly missing?: number;
}
