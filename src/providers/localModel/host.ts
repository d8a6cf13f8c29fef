/** The extension host's end of the local model: a promise for each request, and a new worker for one that died. */
import { Worker } from 'node:worker_threads';
import type { Disposable, Log } from '../../app/ports/environment.ts';
import type { LocalModelPort } from '../../app/inline/ports.ts';
import type { LocalCompletion, LocalQuery, LocalStats } from '../../core/local/localModel.ts';
import type { FromWorker, SourceFile, SourceText, ToWorker, WalkEnd, WalkOrder } from './protocol.ts';

export interface LocalModelHostOptions {
  /** The built worker, dist/localModelWorker.js. */
  readonly workerPath: string | URL;
  readonly maxTokens: number;
  readonly log: Log;
}

const EMPTY: LocalStats = { documents: 0, tokens: 0, words: 0, bytes: 0, full: false };
interface Walking {
  readonly resolve: (end: WalkEnd) => void;
  readonly onProgress: (stats: LocalStats) => void;
}

/** A query that takes longer than this is worth nothing to somebody who types. */
const QUERY_TIMEOUT_MS = 150;
/** A worker that keeps dying is left dead; completions go on without it. */
const MAX_RESTARTS = 3;

export class LocalModelHost implements LocalModelPort, Disposable {
  readonly #options: LocalModelHostOptions;
  readonly #queries = new Map<number, (completion: LocalCompletion | undefined) => void>();
  readonly #batches = new Map<number, () => void>();
  readonly #walks = new Map<number, Walking>();
  readonly #restartListeners = new Set<() => void>();
  #worker: Worker | undefined;
  #isDisposed = false;
  #deaths = 0;
  #nextId = 1;
  #stats = EMPTY;

  constructor(options: LocalModelHostOptions) {
    this.#options = options;
  }

  get stats(): LocalStats {
    return this.#stats;
  }

  /** The index is empty again: whoever filled it may fill it anew. */
  onDidRestart(listener: () => void): Disposable {
    this.#restartListeners.add(listener);
    return { dispose: () => this.#restartListeners.delete(listener) };
  }

  /** Resolves when they are in the index (or were passed over); wait, so that texts do not pile up. */
  indexTexts(texts: readonly SourceText[]): Promise<void> {
    return this.#batch((batch) => ({ type: 'texts', batch, texts }));
  }

  /** Files of scheme `file` on this machine: the worker reads them itself. */
  indexFiles(files: readonly SourceFile[]): Promise<void> {
    return this.#batch((batch) => ({ type: 'files', batch, files }));
  }

  /** Folders of this machine: the worker lists and reads them itself, so that no size of them is felt here. */
  indexFolders(order: WalkOrder, onProgress: (stats: LocalStats) => void): Promise<WalkEnd> {
    if (this.#isGone) return Promise.resolve('cancelled');
    const walk = this.#nextId++;
    return new Promise((resolve) => {
      this.#walks.set(walk, { resolve, onProgress });
      this.#post({ type: 'walk', walk, ...order });
    });
  }

  /** With all that lies in it, where it is a folder. */
  remove(ids: readonly string[]): void {
    this.#post({ type: 'remove', ids });
  }

  cancelIndexing(): void {
    this.#post({ type: 'cancel' });
  }

  complete(query: LocalQuery): Promise<LocalCompletion | undefined> {
    if (this.#isGone) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const finish = (completion: LocalCompletion | undefined): void => {
        clearTimeout(timer);
        this.#queries.delete(id);
        resolve(completion);
      };
      const timer = setTimeout(() => finish(undefined), QUERY_TIMEOUT_MS);
      this.#queries.set(id, finish);
      this.#post({ type: 'query', query: id, prefix: query.prefix, suffix: query.suffix });
    });
  }

  dispose(): void {
    const worker = this.#worker;
    this.#isDisposed = true;
    this.#worker = undefined;
    this.#settleAll();
    void worker?.terminate();
  }

  #batch(message: (batch: number) => ToWorker): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#batches.set(id, resolve);
      this.#post(message(id));
    });
  }

  /** The thread starts with the first thing there is for it to do. */
  #post(message: ToWorker): void {
    if (this.#isGone) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  get #isGone(): boolean {
    return this.#isDisposed || this.#deaths > MAX_RESTARTS;
  }

  #start(): Worker {
    const { workerPath, maxTokens } = this.#options;
    // The index itself lies outside the JavaScript heap; this bounds what a bad file can do to it.
    const worker = new Worker(workerPath, {
      workerData: { maxTokens },
      resourceLimits: { maxOldGenerationSizeMb: 192 },
    });
    worker.unref();
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error: unknown) => this.#died(worker, error));
    worker.on('exit', (code) => this.#died(worker, new Error(`The worker left with code ${code}`)));
    return worker;
  }

  #receive(message: FromWorker): void {
    if (message.type === 'answer') {
      this.#queries.get(message.query)?.(message.completion);
      return;
    }
    this.#stats = message.stats;
    if (message.type === 'walked') {
      this.#walked(message);
      return;
    }
    this.#batches.get(message.batch)?.();
    this.#batches.delete(message.batch);
  }

  #walked({ walk, stats, end }: Extract<FromWorker, { type: 'walked' }>): void {
    const walking = this.#walks.get(walk);
    if (end === undefined) {
      walking?.onProgress(stats);
      return;
    }
    this.#walks.delete(walk);
    walking?.resolve(end);
  }

  /** Comes twice for one death (error, then exit) and once for our own `dispose`. */
  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#stats = EMPTY;
    this.#settleAll();
    this.#options.log.error('The local model stopped', error);
    this.#deaths += 1;
    if (this.#isGone) return;
    for (const listener of this.#restartListeners) listener();
  }

  #settleAll(): void {
    for (const finish of [...this.#queries.values()]) finish(undefined);
    for (const resolve of this.#batches.values()) resolve();
    this.#batches.clear();
    for (const { resolve } of this.#walks.values()) resolve('cancelled');
    this.#walks.clear();
  }
}
