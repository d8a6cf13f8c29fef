/**
 * What the worker does: queries at once, indexing in slices between them. Apart from the worker's entry, so that it
 * can be tested without a thread.
 */
import { holdsPrivateKey } from '../../app/context/secretFiles.ts';
import { isIndexableText } from '../../core/local/indexable.ts';
import { LocalModel } from '../../core/local/localModel.ts';
import type { FromWorker, SourceFile, SourceText, ToWorker } from './protocol.ts';

export interface EngineDeps {
  readonly maxTokens: number;
  /** The file's text, or undefined where it vanished, is too large or cannot be read. Never throws. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly send: (message: FromWorker) => void;
}

/** In the order in which they came: a text sent after its removal stays, one sent before it goes. */
type Job =
  | { readonly type: 'index'; readonly batch: number; readonly sources: readonly (SourceText | SourceFile)[] }
  | { readonly type: 'remove'; readonly ids: readonly string[] };

/** A slice at each step. */
type Work = Generator<void, void> | AsyncGenerator<void, void>;

export class LocalEngine {
  readonly #deps: EngineDeps;
  readonly #model: LocalModel;
  #queue: Job[] = [];
  #work: Work | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#model = new LocalModel({ maxTokens: deps.maxTokens });
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'texts':
        this.#queue.push({ type: 'index', batch: message.batch, sources: message.texts });
        break;
      case 'files':
        this.#queue.push({ type: 'index', batch: message.batch, sources: message.files });
        break;
      case 'remove':
        this.#queue.push(message);
        break;
      case 'cancel':
        this.#drop();
        break;
      case 'query':
        this.#answer(message);
    }
  }

  /** One slice of work, a few milliseconds; false = nothing left to do. */
  async step(): Promise<boolean> {
    this.#work ??= this.#nextWork();
    if (this.#work === undefined) return false;
    const { done } = await this.#work.next();
    if (done === true) this.#work = undefined;
    return true;
  }

  #nextWork(): Work | undefined {
    const job = this.#queue.shift();
    if (job?.type === 'index') return this.#index(job);
    if (job?.type === 'remove') return this.#remove(job.ids);
    return this.#model.wantsCompaction ? this.#model.compacting() : undefined;
  }

  async *#index({ batch, sources }: Extract<Job, { type: 'index' }>): AsyncGenerator<void, void> {
    for (const source of sources) {
      const text = 'text' in source ? source.text : await this.#deps.readFile(source.path);
      if (text !== undefined && isIndexableText(text) && !holdsPrivateKey(text)) {
        yield* this.#model.adding(source.id, text);
      } else this.#model.remove(source.id);
      yield;
    }
    this.#deps.send({ type: 'indexed', batch, stats: this.#model.stats });
  }

  *#remove(ids: readonly string[]): Generator<void, void> {
    for (const id of ids) {
      this.#model.remove(id);
      yield;
    }
  }

  #answer({ query, prefix, suffix }: Extract<ToWorker, { type: 'query' }>): void {
    this.#deps.send({ type: 'answer', query, completion: this.#model.complete({ prefix, suffix }) });
  }

  #drop(): void {
    const { stats } = this.#model;
    const dropped = this.#queue.filter((job) => job.type === 'index');
    this.#queue = this.#queue.filter((job) => job.type === 'remove');
    for (const { batch } of dropped) this.#deps.send({ type: 'indexed', batch, stats });
  }
}
