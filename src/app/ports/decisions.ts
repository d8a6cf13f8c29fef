/**
 * Ports of decisions and learning: the log of decisions, and the storage of the cost policy's state. Each port has one
 * real implementation under src/providers, src/storage or src/vscode, and a fake under test/fakes that is as strict as
 * the real one.
 */
import type { ArmId, DecisionId, EpochMs } from '../../core/brand.ts';
import type { Decision, Outcome } from '../../core/decision.ts';

export interface DecisionLog {
  append(decision: Decision): Promise<void>;
  /** Replaces the decision's former outcome; both stay in the log. */
  record(outcome: Outcome): Promise<void>;
  decision(id: DecisionId): Promise<Decision | undefined>;
  /**
   * A decision with its last outcome before a position of the log. Rejects when the store fails: an outcome that was
   * learned before and counts as new would count twice.
   */
  asOf(id: DecisionId, beforeSeq: number): Promise<DecisionAsOf | undefined>;
  /** Rows after `afterSeq`, in order, decisions and outcomes interleaved; the learned state is a fold over them. */
  read(afterSeq: number, limit: number): Promise<readonly LogEntry[]>;
  /**
   * The newest snapshot of the learned state (opaque JSON of src/core/learning/learnerCodec.ts) and the log position it
   * covers. Rejects when it cannot be read now.
   */
  loadSnapshot(): Promise<LogSnapshot | undefined>;
  saveSnapshot(seq: number, state: unknown): Promise<void>;
  /** Sets a bad snapshot aside under a new name; the next load rebuilds from the log. */
  quarantineSnapshot(reason: string): Promise<void>;
  /**
   * Deletes decisions with their outcomes, and every snapshot; money stays. Returns the number of forgotten decisions.
   */
  forget?(scope: ForgetScope): Promise<number>;
}

/** The state learned from the log up to `seq`. */
export interface LogSnapshot {
  readonly seq: number;
  readonly state: unknown;
}

export interface DecisionAsOf {
  readonly decision: Decision;
  readonly outcome: Outcome | undefined;
}

/** `snapshots`: deletes nothing of the log; the folded state is set aside, and another state replaces it. */
export type ForgetScope =
  | { readonly kind: 'everything' | 'snapshots' }
  | { readonly kind: 'period'; readonly from: EpochMs; readonly until: EpochMs }
  | { readonly kind: 'model'; readonly armId: ArmId };

export type LogEntry =
  | { readonly seq: number; readonly type: 'decision'; readonly decision: Decision }
  | { readonly seq: number; readonly type: 'outcome'; readonly outcome: Outcome };

/** Storage of the knapsack policy's state: one versioned key of workspaceState, under 64 KB. */
export interface PolicyStore {
  load(): unknown;
  /** Writes are coalesced; the store calls `state` when a write is due. */
  save(state: () => unknown): void;
  /** Keeps an unreadable state under a new name and reports it. */
  setAside(state: unknown): void;
}
