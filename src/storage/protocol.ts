/** Messages between a window and its storage worker: one question, one answer, and the summary when it changed. */
import type { DecisionAsOf, ForgetScope, LogEntry } from '../app/ports/decisions.ts';
import type {
  BillRecorded,
  ImportedEntry,
  ImportedTotals,
  LedgerEntry,
  LedgerRefusal,
  LimitNotice,
  LookUp,
  Reservation,
  ReservationRequest,
  Settlement,
  SpendSummary,
  StatedTotal,
  StorageProblem,
  ToldBill,
} from '../app/ports/money.ts';
import type {
  DecisionPage,
  LoggedDecision,
  PeriodTotal,
  SpendCell,
  SpendFilter,
  SpendGroup,
  SpendRow,
} from '../app/ports/usage.ts';
import type { DecisionId, EpochMs, NanoUsd, ReservationId } from '../core/brand.ts';
import type { Decision, Outcome } from '../core/decision.ts';
import type { Result } from '../core/result.ts';
import type { MirroredTotal } from './mirroredTotal.ts';

export type SettleRefusal = 'unknown' | 'already-settled';

/** What was learnt from the log up to `seq`. */
export interface LogSnapshot {
  readonly seq: number;
  readonly state: unknown;
}

/** Each operation's argument and answer. */
export interface Operations {
  readonly reserve: readonly [ReservationRequest, Result<Reservation, LedgerRefusal>];
  readonly settle: readonly [
    { readonly id: ReservationId; readonly settlement: Settlement },
    Result<{ readonly overrun: NanoUsd }, SettleRefusal>,
  ];
  readonly void: readonly [
    { readonly id: ReservationId; readonly reason: string },
    Result<undefined, SettleRefusal>,
  ];
  readonly release: readonly [{ readonly id: ReservationId | 'all'; readonly reason: string }, NanoUsd];
  readonly reconcile: readonly [
    { readonly id: ReservationId; readonly told: ToldBill; readonly reason: string },
    BillRecorded,
  ];
  readonly stateTotal: readonly [
    { readonly total: NanoUsd; readonly endpointId: string | undefined },
    StatedTotal,
  ];
  readonly dispute: readonly [{ readonly id: ReservationId; readonly amount: NanoUsd }, boolean];
  readonly takeLookUps: readonly [
    readonly string[],
    { readonly due: readonly LookUp[]; readonly nextAt: EpochMs | undefined },
  ];
  readonly raise: readonly [NanoUsd, undefined];
  readonly confirm: readonly [NanoUsd, undefined];
  readonly takeNotices: readonly [NanoUsd, readonly LimitNotice[]];
  readonly append: readonly [Decision, undefined];
  readonly record: readonly [Outcome, undefined];
  readonly decision: readonly [DecisionId, Decision | undefined];
  readonly asOf: readonly [{ readonly id: DecisionId; readonly beforeSeq: number }, DecisionAsOf | undefined];
  readonly read: readonly [{ readonly afterSeq: number; readonly limit: number }, readonly LogEntry[]];
  readonly loadSnapshot: readonly [undefined, LogSnapshot | undefined];
  readonly saveSnapshot: readonly [LogSnapshot, undefined];
  readonly quarantineSnapshot: readonly [string, undefined];
  readonly forget: readonly [ForgetScope, number];
  readonly importEntries: readonly [readonly ImportedEntry[], ImportedTotals];
  readonly spend: readonly [{ readonly by: SpendGroup; readonly filter: SpendFilter }, readonly SpendRow[]];
  readonly cube: readonly [
    { readonly period: string; readonly workspaceId: string | undefined },
    readonly SpendCell[],
  ];
  readonly periods: readonly [undefined, readonly PeriodTotal[]];
  readonly decisions: readonly [DecisionPage, readonly LoggedDecision[]];
  readonly holds: readonly [undefined, readonly LedgerEntry[]];
  readonly charges: readonly [undefined, readonly LedgerEntry[]];
  readonly entries: readonly [{ readonly afterSeq: number; readonly limit: number }, readonly LedgerEntry[]];
  /** Looks for changes by other windows and for the turn of the month; also does the housekeeping. */
  readonly poll: readonly [undefined, undefined];
  readonly close: readonly [undefined, undefined];
}

export type Operation = keyof Operations;
export type Argument<Op extends Operation> = Operations[Op][0];
export type Answer<Op extends Operation> = Operations[Op][1];

export interface WorkerOptions {
  readonly folder: string;
  readonly workspaceId: string;
  readonly busyMs: number;
  readonly remembered: MirroredTotal | undefined;
}

export interface Question<Op extends Operation = Operation> {
  readonly id: number;
  readonly op: Op;
  readonly argument: Argument<Op>;
  /** The window's clock: the worker has none of its own. */
  readonly now: EpochMs;
}

export interface Failure {
  readonly kind: StorageProblem;
  readonly message: string;
}

export interface Reply {
  readonly id: number;
  readonly result:
    { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Failure };
  /** Rows that had to be left out of an answer since the last reply, and why; absent = none. */
  readonly unreadable?: readonly string[] | undefined;
  /** Present when it differs from the last one sent. */
  readonly news: News | undefined;
}

export interface News {
  readonly summary: SpendSummary;
  /** For globalState. */
  readonly mirror: MirroredTotal;
}
