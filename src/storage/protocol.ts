/** Messages between a window and its storage worker; what can be asked is `operations` of worker/operations.ts. */
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

/** Goes with each question. */
export interface Asking {
  /** The window's clock: the worker has none of its own. */
  readonly now: EpochMs;
}

export interface Failure {
  readonly kind: StorageProblem;
  readonly message: string;
}

export interface StoreReply extends Required<Reply<Failure>> {
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
