/**
 * Ports of what is decided and learnt: the log of decisions, and where the cost policy's state lives. Each port has one real implementation under
 * src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as the real thing.
 */
import type { ArmId, DecisionId, EpochMs } from '../../core/brand.ts';
import type { Decision, Outcome } from '../../core/decision.ts';

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
  /** Newest snapshot of the learned state (opaque JSON of src/core/learning/learnerCodec.ts) and the log position it covers. Rejects when
   * it cannot be read now. */
  loadSnapshot(): Promise<LogSnapshot | undefined>;
  saveSnapshot(seq: number, state: unknown): Promise<void>;
  /** Sets a bad snapshot aside under a new name; the next load rebuilds from the log. */
  quarantineSnapshot(reason: string): Promise<void>;
  /** Deletes decisions with their outcomes, and every snapshot; money stays. Returns the decisions forgotten. */
  forget?(scope: ForgetScope): Promise<number>;
}

/** What was learnt from the log up to `seq`. */
export interface LogSnapshot {
  readonly seq: number;
  readonly state: unknown;
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
