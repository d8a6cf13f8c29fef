/**
 * The window's side of the worker: questions out, answers in, nothing that waits on the extension host. The thread is
 * started by the first question and again after it died, a few times; each question has a deadline.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../app/ports/environment.ts';
import type { Result } from '../../core/result.ts';
import { fail } from '../../core/result.ts';
import type {
  Answer,
  Argument,
  Failure,
  News,
  Operation,
  Question,
  Reply,
  WorkerOptions,
} from '../protocol.ts';

export interface WorkerClientOptions {
  readonly workerPath: string | URL;
  readonly clock: Clock;
  /** Asked at each start of the thread. */
  readonly worker: () => WorkerOptions;
  readonly onNews: (news: News) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly onUnreadable: (rows: readonly string[]) => void;
  readonly deadlineMs: number;
}

interface Pending {
  readonly resolve: (result: Result<unknown, Failure>) => void;
  readonly deadline: NodeJS.Timeout;
}

const MAX_STARTS = 4;

export class WorkerClient {
  readonly #options: WorkerClientOptions;
  readonly #pending = new Map<number, Pending>();
  /** What to do with an answer that came after its deadline: a late reservation is nobody's. */
  readonly #late = new Map<number, (value: unknown) => void>();
  #worker: Worker | undefined;
  #starts = 0;
  #nextId = 1;
  #closed = false;

  constructor(options: WorkerClientOptions) {
    this.#options = options;
  }

  ask<Op extends Operation>(
    op: Op,
    argument: Argument<Op>,
    onLate?: (answer: Answer<Op>) => void,
  ): Promise<Result<Answer<Op>, Failure>> {
    const worker = this.#ensureWorker();
    if (!worker) return Promise.resolve(fail(GONE));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        if (onLate) this.#late.set(id, onLate as (value: unknown) => void);
        this.#finish(id, fail({ kind: 'busy', message: 'The storage worker did not answer in time.' }));
      }, this.#options.deadlineMs);
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], deadline });
      worker.ref();
      const question: Question<Op> = { id, op, argument, now: this.#options.clock.now() };
      try {
        worker.postMessage(question);
      } catch (error) {
        // What cannot be cloned is a function or the like in the argument: the caller's mistake, not the worker's.
        this.#finish(id, fail({ kind: 'bad-request', message: String(error) }));
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#worker) await this.ask('close', undefined);
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #ensureWorker(): Worker | undefined {
    if (this.#worker || this.#closed || this.#starts >= MAX_STARTS) return this.#worker;
    this.#starts++;
    try {
      this.#worker = this.#start();
    } catch (error) {
      this.#options.onFailure({ kind: 'worker-gone', message: String(error) });
    }
    return this.#worker;
  }

  #start(): Worker {
    const worker = new Worker(this.#options.workerPath, {
      workerData: this.#options.worker(),
      // Nothing of the window's environment concerns it, keys least of all.
      env: {},
    });
    worker.on('message', (reply: Reply) => this.#receive(reply));
    const gone = (reason: string): void => {
      if (this.#worker === worker) this.#lose(reason);
    };
    worker.on('error', (error) => gone(String(error)));
    worker.on('exit', (code) => gone(`exit code ${code}`));
    return worker;
  }

  #receive({ id, result, news, unreadable }: Reply): void {
    if (unreadable) this.#options.onUnreadable(unreadable);
    if (news) this.#options.onNews(news);
    const late = this.#late.get(id);
    this.#late.delete(id);
    if (late && result.ok) late(result.value);
    if (!result.ok) this.#options.onFailure(result.error);
    this.#finish(id, result);
  }

  #finish(id: number, result: Result<unknown, Failure>): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.deadline);
    // An idle worker does not keep the process alive.
    if (this.#pending.size === 0) this.#worker?.unref();
    pending.resolve(result);
  }

  #lose(reason: string): void {
    this.#worker = undefined;
    if (this.#closed) return;
    const failure = { ...GONE, message: `The storage worker ended: ${reason}` };
    this.#options.onFailure(failure);
    for (const id of [...this.#pending.keys()]) this.#finish(id, fail(failure));
  }
}

const GONE: Failure = { kind: 'worker-gone', message: 'The storage worker cannot be started.' };
