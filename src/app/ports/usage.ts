/**
 * Ports of the usage view: what the ledger and the log tell, read only. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Decision, Outcome, Surface } from '../../core/decision.ts';
import type { LedgerEntry, TokenCounts } from './money.ts';

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
  /** The dearest calls of this period and all that are disputed, dearest first. */
  charges?(): Promise<readonly LedgerEntry[]>;
  /** For export, in order; `afterSeq` 0 = from the oldest. */
  entries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]>;
}
