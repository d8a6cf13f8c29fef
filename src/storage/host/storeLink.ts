/** This window's link to its storage worker. */
import type { Clock } from '../../app/ports/environment.ts';
import type { Remote, AnswerOf } from '../../threads/operations.ts';
import { WorkerLink } from '../../threads/workerLink.ts';
import type { Failure, News, StoreReply, StoreThread } from '../protocol.ts';
import type { StoreOperation, StoreOperations } from '../worker/operations.ts';

export type StoreLink = WorkerLink<StoreOperations, Failure, StoreReply>;

export interface StoreLinkOptions {
  readonly workerPath: string | URL;
  readonly clock: Clock;
  /** Called at each start of the thread. */
  readonly thread: () => StoreThread;
  readonly onNews: (news: News) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly onUnreadable: (rows: readonly string[]) => void;
}

/** Milliseconds beyond the lock wait: the first question also opens, checks and migrates the file. */
const DEADLINE_MS = 15_000;

export function storeLink(options: StoreLinkOptions): StoreLink {
  return new WorkerLink({
    name: 'The storage worker',
    workerPath: options.workerPath,
    // The worker gets nothing of the window's environment, in particular no keys.
    thread: () => ({ workerData: options.thread(), env: {} }),
    context: () => ({ now: options.clock.now() }),
    deadlineMs: DEADLINE_MS,
    onReply: ({ unreadable, news, result }) => {
      if (unreadable) options.onUnreadable(unreadable);
      if (news) options.onNews(news);
      if (!result.ok) options.onFailure(result.error);
    },
    onLost: options.onFailure,
  });
}

/** These operations as methods of a port. `otherwise`: each one's answer while the store is unavailable. */
export function portOf<Op extends StoreOperation>(
  link: StoreLink,
  otherwise: { readonly [K in Op]: AnswerOf<StoreOperations, K> },
): Remote<StoreOperations, Op> {
  const method = (op: Op) => [op, (...argument: never[]) => link.askOr(op, argument as never, otherwise[op])];
  return Object.fromEntries(Object.keys(otherwise).map((op) => method(op as Op))) as Remote<
    StoreOperations,
    Op
  >;
}
