/** One worker for each core, the longest jobs first, with an estimate of the remaining time after each job. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answer, Job } from './worker.ts';

type Value<Kind> = Extract<Answer, { kind: Kind }> extends { readonly value: infer T } ? T : never;

/** An error of the caller, as one sentence; any other error is a fault of the benchmark. */
export class BadInput extends Error {}

interface Task {
  readonly job: Job;
  /** Relative duration, for order and progress. */
  readonly weight: number;
  readonly done: (answer: Answer) => void;
}

export class Pool {
  readonly #idle: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #queue: Task[] = [];
  readonly #started = Date.now();
  readonly #say: (text: string) => void;
  /** Weights of the finished jobs and of all expected ones. */
  #finished = 0;
  #expected = 0;

  constructor(say: (text: string) => void, size = availableParallelism()) {
    this.#say = say;
    for (let i = 0; i < size; i++) {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      this.#workers.push(worker);
      this.#idle.push(worker);
    }
  }

  /** Announces work, so the estimate includes it before it starts. */
  expect(weight: number): void {
    this.#expected += weight;
  }

  /** The job's weight must have been expected. */
  async run<Kind extends Job['kind']>(
    job: Job & { readonly kind: Kind },
    kind: Kind,
    weight: number,
  ): Promise<Value<Kind>> {
    const answer = await new Promise<Answer>((done) => {
      const at = this.#queue.findIndex((task) => task.weight < weight);
      this.#queue.splice(at < 0 ? this.#queue.length : at, 0, { job, weight, done });
      this.#next();
    });
    if (answer.kind === 'failed')
      throw answer.expected ? new BadInput(answer.reason) : new Error(answer.reason);
    if (answer.kind !== kind) throw new Error(`asked for ${kind}, got ${answer.kind}`);
    return (answer as unknown as { readonly value: Value<Kind> }).value;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    const [worker, task] = [this.#idle.at(-1), this.#queue[0]];
    if (worker === undefined || task === undefined) return;
    this.#idle.pop();
    this.#queue.shift();
    const finish = (answer: Answer): void => {
      worker.off('message', finish);
      worker.off('error', broken);
      this.#idle.push(worker);
      this.#finished += task.weight;
      this.#progress(task.job);
      task.done(answer);
      this.#next();
    };
    const broken = (error: unknown): void =>
      finish({ kind: 'failed', reason: String(error), expected: false });
    worker.once('message', finish);
    worker.once('error', broken);
    worker.postMessage(task.job);
  }

  #progress({ kind }: Job): void {
    if (this.#expected === 0) return;
    const passed = (Date.now() - this.#started) / 1000;
    const left = (passed / this.#finished) * (this.#expected - this.#finished);
    const share = Math.round((100 * this.#finished) / this.#expected);
    this.#say(`${share} %, ${passed.toFixed(0)} s passed, about ${left.toFixed(0)} s left (${kind})`);
  }
}
