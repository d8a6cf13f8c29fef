/**
 * Ports of money: reservations, settlements and available amounts, in integer nano-USD. Each port has one real
 * implementation under src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the
 * real one.
 */
import type { ArmId, DecisionId, EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import type { Surface } from '../../core/decision.ts';
import type { TokenCounts } from '../../core/money/pricing.ts';
import type { Result } from '../../core/result.ts';
import type { Disposable } from './environment.ts';

export type { TokenCounts } from '../../core/money/pricing.ts';

export type Purpose = Surface | 'retry' | 'embedding' | 'test';

/** The source of a cost, most reliable first. */
export type CostSource = 'reported' | 'priced-usage' | 'estimate' | 'worst-case';

export interface ReservationRequest {
  readonly armId: ArmId;
  readonly decisionId: DecisionId | undefined;
  readonly purpose: Purpose;
  /**
   * The surface of the request where the purpose does not state it (a retry): inline's count against the inline
   * sub-limit.
   */
  readonly surface?: Surface;
  readonly workspaceId: string;
  /** For the usage view: VS Code language id; '' = none. */
  readonly language: string;
  readonly worstCase: NanoUsd;
  readonly expected: NanoUsd;
  /** The limits in the settings; the ledger adds this period's raise. */
  readonly limit: NanoUsd;
  readonly workspaceLimit: NanoUsd | undefined;
  readonly inlineLimit: NanoUsd | undefined;
}

export interface Reservation {
  readonly id: ReservationId;
  /** `YYYY-MM` in local time at the reservation: the period it belongs to, whatever clock or zone say later. */
  readonly period: string;
  readonly worstCase: NanoUsd;
}

/** The reservation does not exist, or it has ended. */
export type SettleRefusal = 'unknown' | 'already-settled';

/** Why the ledger or the log is unusable; `newer-schema` = written by a newer PILOT and left untouched. */
export type StorageProblem =
  | 'no-sqlite'
  | 'read-only'
  | 'disk-full'
  | 'newer-schema'
  | 'busy'
  | 'io-error'
  | 'worker-gone'
  | 'bad-request';

/** The store's failure; `reason` is its message for the log. */
export interface StorageFault {
  readonly kind: StorageProblem;
  readonly reason: string;
}

/** Why no money was reserved; each reason has one sentence and one action for the user. */
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
  /** Counts against the limit in addition to the estimated cost (canceled calls, calls without usage). */
  readonly heldBack: NanoUsd;
  /** The provider's own id of the generation, for a later bill. */
  readonly generationId: string | undefined;
  /** Lower bound on the received output tokens; a later bill for fewer is false. Absent = 0. */
  readonly seenTokens?: number;
  /** The same for the input tokens that were sent. */
  readonly sentTokens?: number;
  /** The fault of the bill, shown in the list of holds. */
  readonly note?: string | undefined;
}

/** A held call whose endpoint may know its bill by now. */
export interface LookUp {
  readonly id: ReservationId;
  readonly armId: ArmId;
  readonly generationId: string;
}

/** The bill of a call that its provider reported afterwards. */
export interface ToldBill {
  readonly cost: NanoUsd;
  readonly source: 'reported' | 'priced-usage';
  readonly tokens: TokenCounts;
}

export interface BillRecorded {
  /** Negative when the call cost more than had been counted; 0 when there was nothing to reconcile. */
  readonly freed: number;
  /** The amount the call counts now; undefined when there was nothing to reconcile. */
  readonly cost: NanoUsd | undefined;
  /** Whether the hold had been released, or had ended with its month, before this bill arrived. */
  readonly isLate: boolean;
}

/** The total billed to a key, as its provider just reported it. */
export interface UsageReading {
  readonly endpointId: string;
  /** Distinguishes one key from another; not a part of the key. */
  readonly key: string;
  readonly usage: NanoUsd;
}

/** Held calls that a reading settled, and the amount that is available again. */
export interface UsageSettled {
  readonly calls: number;
  readonly freed: number;
}

export type StatedTotal =
  /** `freed`: the amount available again; negative when the total exceeds what had been counted. */
  | { readonly kind: 'settled'; readonly calls: number; readonly freed: number }
  /** The known bills already exceed the total: nothing was changed. */
  | { readonly kind: 'below-bills'; readonly known: NanoUsd };

/** The summary that the extension host may read at any time without asking the worker. */
export interface SpendSummary {
  readonly period: string;
  readonly periodStart: EpochMs;
  readonly periodEnd: EpochMs;
  /** Sum of the known bills: the spent amount. */
  readonly settled: NanoUsd;
  /** Sum of the worst cases of calls under way. */
  readonly reserved: NanoUsd;
  /**
   * Sum of the most that ended calls without a known bill can have cost; `standingOf` adds it to the reserved amount.
   */
  readonly heldBack: NanoUsd;
  /** One-off raise of this period's limit. */
  readonly raisedBy: NanoUsd;
  /** Settled + held back + reserved amounts of purpose 'inline'. */
  readonly inlineCommitted: NanoUsd;
  /** Settled + held back + reserved amounts by workspace. */
  readonly workspaceCommitted: NanoUsd;
  readonly requests: Readonly<Record<Surface, number>>;
  /** Requests for each local hour of the week over the last eight weeks, all workspaces: 168 numbers. */
  readonly hourOfWeek: readonly number[];
  readonly state: 'ready' | 'unavailable' | 'needs-confirmation';
  /** Number of days behind `hourOfWeek`, up to 56. */
  readonly historyDays?: number;
  /** `hourOfWeek` by surface. */
  readonly hourOfWeekBySurface?: Readonly<Record<Surface, readonly number[]>>;
  /** Requests of each of the last 14 local days, today last. */
  readonly recentDays?: readonly number[];
  /** One sentence while the ledger is not ready. */
  readonly problem: string | undefined;
  readonly problemKind?: StorageProblem | undefined;
  readonly candidates: readonly { readonly source: string; readonly total: NanoUsd }[];
}

export interface Ledger {
  /** Commits the worst case in one immediate transaction, or returns the reason for a refusal. Never throws. */
  reserve(request: ReservationRequest): Promise<Result<Reservation, LedgerRefusal>>;
  /**
   * Settles a reservation once; a second settlement is refused and counted. A bill above the reservation is recorded in
   * full.
   */
  settle(
    id: ReservationId,
    settlement: Settlement,
  ): Promise<Result<{ readonly overrun: NanoUsd }, SettleRefusal | 'unavailable'>>;
  /** Only where the request provably was not served. */
  void(id: ReservationId, reason: string): Promise<Result<void, SettleRefusal | 'unavailable'>>;
  /** Releases held-back amounts, for a user who has the provider's bill, or for reconciliation. */
  releaseHold(id: ReservationId | 'all', reason: string): Promise<Result<NanoUsd, StorageFault>>;
  /**
   * The user's statement of what calls cost this month, for one endpoint or all: the remainder after the known bills is
   * distributed over the calls without one, in proportion to their estimates.
   */
  stateTotal?(total: NanoUsd, endpointId: string | undefined): Promise<Result<StatedTotal, StorageFault>>;
  /**
   * Records in full the actual cost of a held call and ends the hold (core/money/billing.ts `reconciled`), also where
   * the hold was released before.
   */
  reconcile?(id: ReservationId, told: ToldBill, reason: string): Promise<BillRecorded>;
  /**
   * Settles the held calls that can have cost no more than the total billed to their key
   * (src/storage/worker/keyUsage.ts).
   */
  noteKeyUsage?(reading: UsageReading): Promise<UsageSettled>;
  /**
   * Held calls of these endpoints whose look-up is due; each is given to one window each time it is due, a few times
   * with growing pauses. `nextAt`: when the next one is due. Undefined = the ledger is unusable now.
   */
  takeLookUps?(
    endpointIds: readonly string[],
  ): Promise<{ readonly due: readonly LookUp[]; readonly nextAt: EpochMs | undefined } | undefined>;
  raiseLimit(by: NanoUsd): Promise<Result<void, StorageFault>>;
  /** The notices about the limit that are due, each given to one window; `limit` is the one in the settings. */
  takeNotices?(limit: NanoUsd): Promise<readonly LimitNotice[]>;
  /**
   * Adds settled rows of another PILOT, each id once; after a failure, returns what was added. Undefined = nothing was.
   */
  importEntries?(rows: readonly ImportedEntry[]): Promise<ImportedTotals | undefined>;
  /**
   * Disputes a wrong bill: the limit counts `amount`, and the bill is kept beside it; an `amount` equal to the bill
   * ends the dispute.
   */
  dispute?(id: ReservationId, amount: NanoUsd): Promise<Result<void, StorageFault>>;
  /** After a recovery with doubt: the user states what was spent this period. */
  confirmTotal(total: NanoUsd): Promise<Result<void, StorageFault>>;
  summary(): SpendSummary;
  /** Fires after any change, including those of other windows (polled). */
  onDidChange(listener: () => void): Disposable;
}

/** At most one notice of each kind at a time. */
export type LimitNotice =
  | {
      readonly kind: 'spent';
      /** The highest threshold that the spending passed. */
      readonly percent: 50 | 75 | 90 | 100;
      readonly spent: NanoUsd;
      /** With this month's raise. */
      readonly limit: NanoUsd;
      readonly resetsAt: EpochMs;
    }
  /** Ended calls without a known bill reserve more than a fifth of the limit. */
  | { readonly kind: 'reserved'; readonly reserved: NanoUsd; readonly limit: NanoUsd };

/** One row of the ledger, as shown in the list of holds and exported. */
export interface LedgerEntry {
  readonly seq: number;
  readonly id: ReservationId;
  readonly period: string;
  readonly at: EpochMs;
  readonly state: 'reserved' | 'settled' | 'void';
  readonly armId: ArmId;
  readonly decisionId: DecisionId | undefined;
  readonly purpose: string;
  /** Whether counts against the inline sub-limit, also for a retry, whose purpose does not say so. */
  readonly inline?: boolean;
  readonly workspaceId: string;
  readonly language: string;
  readonly expected: NanoUsd;
  readonly worstCase: NanoUsd;
  /** The amount that the limit counts. */
  readonly cost: NanoUsd;
  /** The provider's bill, where the user disputes it; absent = no dispute. */
  readonly billed?: NanoUsd | undefined;
  readonly heldBack: NanoUsd;
  readonly overrun: NanoUsd;
  readonly source: CostSource | undefined;
  readonly tokens: TokenCounts;
  readonly generationId: string | undefined;
  readonly note: string | undefined;
}

/** A settled call as exported and imported; it has no hold. */
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
  /** The part that counts towards the current month's limit. */
  readonly thisMonth: NanoUsd;
  /** Rows that were not read because the ledger became unusable; absent = none. */
  readonly missing?: number;
}
