/**
 * The extension host's end of a worker thread: sends questions and receives answers without blocking the extension
 * host. The first question starts the thread, and the first question after its death restarts it, four starts in all. A
 * question ends by its answer, by its deadline, or by the death of the thread.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Result } from '../core/result.ts';
import { fail } from '../core/result.ts';
import type { AnswerOf, ArgumentsOf, Operations, Question, Reply } from './operations.ts';

/** A question without an answer in time, without any answer, or one that could not be sent. */
export interface LinkFault {
  readonly kind: 'busy' | 'worker-gone' | 'bad-request';
  readonly message: string;
}

export interface WorkerLinkOptions<Message> {
  /** The thread's name in messages: "The storage worker". */
  readonly name: string;
  readonly workerPath: string | URL;
  /** Called at each start of the thread. */
  readonly thread: () => WorkerOptions;
  /** The deadline of a question that sets none, in milliseconds; absent = none. */
  readonly deadlineMs?: number;
  /** Sent with each question. */
  readonly context?: () => object;
  /** Called for each message of the thread, before its question is answered. */
  readonly onReply: (reply: Message) => void;
  /** Called when the thread could not be started, or ended by itself. */
  readonly onLost: (fault: LinkFault) => void;
}

interface AskOptions<A, Message> {
  readonly deadlineMs?: number;
  /** Called for each interim report of the thread on this question. */
  readonly onProgress?: ((reply: Message) => void) | undefined;
  /** Called for an answer after the deadline. */
  readonly onLate?: (answer: A) => void;
}

interface OpenQuestion<Message> {
  readonly onProgress: ((reply: Message) => void) | undefined;
  readonly resolve: (result: Result<unknown, unknown>) => void;
  readonly deadline: NodeJS.Timeout | undefined;
}

const MAX_STARTS = 4;

export class WorkerLink<Ops extends Operations, Fault, Message extends Reply<Fault> = Reply<Fault>> {
  readonly #options: WorkerLinkOptions<Message>;
  readonly #pending = new Map<number, OpenQuestion<Message>>();
  readonly #late = new Map<number, (value: unknown) => void>();
  #worker: Worker | undefined;
  #starts = 0;
  #nextId = 1;
  #closed = false;

  constructor(options: WorkerLinkOptions<Message>) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** There is no thread, and none will be started. */
  get isGone(): boolean {
    return this.#closed || (!this.#worker && this.#starts >= MAX_STARTS);
  }

  ask<Op extends keyof Ops>(
    op: Op,
    argument: ArgumentsOf<Ops, Op>,
    {
      deadlineMs = this.#options.deadlineMs,
      onProgress,
      onLate,
    }: AskOptions<AnswerOf<Ops, Op>, Message> = {},
  ): Promise<Result<AnswerOf<Ops, Op>, Fault | LinkFault>> {
    const { name, context } = this.#options;
    const worker = this.#ensureWorker();
    if (!worker) return Promise.resolve(fail(this.#gone('cannot be started.')));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const late = (): void => {
        if (onLate) this.#late.set(id, onLate as (value: unknown) => void);
        this.#finish(id, fail({ kind: 'busy', message: `${name} did not answer in time.` }));
      };
      const deadline = deadlineMs === undefined ? undefined : setTimeout(late, deadlineMs);
      this.#pending.set(id, { resolve: resolve as OpenQuestion<Message>['resolve'], onProgress, deadline });
      worker.ref();
      const question: Question<Op> = { ...context?.(), id, op, argument };
      try {
        worker.postMessage(question);
      } catch (error) {
        // An argument that cannot be cloned, such as a function: an error of the caller and not of the thread.
        this.#finish(id, fail({ kind: 'bad-request', message: String(error) }));
      }
    });
  }

  async askOr<Op extends keyof Ops>(
    op: Op,
    argument: ArgumentsOf<Ops, Op>,
    otherwise: AnswerOf<Ops, Op>,
    options?: AskOptions<AnswerOf<Ops, Op>, Message>,
  ): Promise<AnswerOf<Ops, Op>> {
    const answer = await this.ask(op, argument, options);
    return answer.ok ? answer.value : otherwise;
  }

  /** Open questions end without an answer. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#closed = true;
    this.#worker = undefined;
    this.#failAll(this.#gone('was closed.'));
    await worker?.terminate();
  }

  #ensureWorker(): Worker | undefined {
    if (this.#worker || this.isGone) return this.#worker;
    this.#starts++;
    try {
      this.#worker = this.#start();
    } catch (error) {
      this.#options.onLost({ kind: 'worker-gone', message: String(error) });
    }
    return this.#worker;
  }

  #start(): Worker {
    const worker = new Worker(this.#options.workerPath, this.#options.thread());
    worker.on('message', (reply: Message) => this.#receive(reply));
    // A death is reported twice, as an error and as an exit.
    const lost = (reason: string): void => {
      if (this.#worker === worker) this.#lose(reason);
    };
    worker.on('error', (error) => lost(String(error)));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    return worker;
  }

  #receive(reply: Message): void {
    this.#options.onReply(reply);
    const { id, result } = reply;
    if (!result) {
      this.#pending.get(id)?.onProgress?.(reply);
      return;
    }
    const late = this.#late.get(id);
    this.#late.delete(id);
    if (late && result.ok) late(result.value);
    this.#finish(id, result);
  }

  #finish(id: number, result: Result<unknown, unknown>): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.deadline);
    // An idle thread does not keep the process alive.
    if (this.#pending.size === 0) this.#worker?.unref();
    pending.resolve(result);
  }

  #lose(reason: string): void {
    this.#worker = undefined;
    const fault = this.#gone(`ended: ${reason}`);
    this.#options.onLost(fault);
    this.#failAll(fault);
  }

  #failAll(fault: LinkFault): void {
    for (const id of [...this.#pending.keys()]) this.#finish(id, fail(fault));
  }

  #gone(how: string): LinkFault {
    return { kind: 'worker-gone', message: `${this.#options.name} ${how}` };
  }
}
