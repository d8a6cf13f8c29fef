/**
 * Ports of the usage view: read-only questions to the ledger and the log. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real one.
 */
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Decision, Outcome, Surface } from '../../core/decision.ts';
import type { LedgerEntry, TokenCounts } from './money.ts';

export type SpendGroup = 'day' | 'model' | 'surface' | 'language' | 'workspace' | 'source';

export interface SpendFilter {
  /** `YYYY-MM`; undefined = all kept periods. */
  readonly period?: string;
  readonly workspaceId?: string;
}

export interface SpendRow {
  /** The day `YYYY-MM-DD`, arm id, purpose, language id, workspace id, or cost source, depending on the grouping. */
  readonly key: string;
  readonly settled: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly reserved: NanoUsd;
  readonly calls: number;
  readonly tokens: TokenCounts;
}

/** Calls that agree in all of these members. */
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
  /** The cost of its calls without their holds. */
  readonly cost: NanoUsd;
}

/** Read-only questions to the store; the worker answers them. Empty answers while the store is unavailable. */
export interface UsageReader {
  /** One month by all groupings at once, in one pass over its rows instead of six. */
  cube(period: string, workspaceId: string | undefined): Promise<readonly SpendCell[]>;
  /** Days in their order, other groupings with the highest cost first. */
  spend(by: SpendGroup, filter: SpendFilter): Promise<readonly SpendRow[]>;
  /** Newest first. */
  periods(): Promise<readonly PeriodTotal[]>;
  decisions(page: DecisionPage): Promise<readonly LoggedDecision[]>;
  /** The held-back calls of this period: canceled calls, and reservations that a crash left behind. */
  holds(): Promise<readonly LedgerEntry[]>;
  /** The most expensive calls of this period and all disputed ones, highest cost first. */
  charges?(): Promise<readonly LedgerEntry[]>;
  /** For export, in order; `afterSeq` 0 = from the oldest. */
  entries(afterSeq: number, limit: number): Promise<readonly LedgerEntry[]>;
}
