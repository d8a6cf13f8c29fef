/** Messages between a window and its storage worker; `operations` of worker/operations.ts defines the questions. */
import type { SpendSummary, StorageProblem } from '../app/ports/money.ts';
import type { EpochMs } from '../core/brand.ts';
import type { Reply } from '../threads/operations.ts';
import type { MirroredTotal } from './mirroredTotal.ts';

/** The worker's data at its start. */
export interface StoreThread {
  readonly folder: string;
  readonly workspaceId: string;
  readonly busyMs: number;
  readonly remembered: MirroredTotal | undefined;
}

/** Sent with each question. */
export interface Asking {
  /** The window's clock: the worker reads none of its own. */
  readonly now: EpochMs;
}

export interface Failure {
  readonly kind: StorageProblem;
  readonly message: string;
}

export interface StoreReply extends Required<Reply<Failure>> {
  /** Rows that an answer had to leave out since the last reply, with the reasons; absent = none. */
  readonly unreadable?: readonly string[] | undefined;
  /** Present when it differs from the last one sent. */
  readonly news: News | undefined;
}

export interface News {
  readonly summary: SpendSummary;
  /** For globalState. */
  readonly mirror: MirroredTotal;
}
