/** The extension host's end of the local model. A worker that keeps dying is left dead; completions go on without it. */
import type { Disposable, Log } from '../../app/ports/environment.ts';
import type { LocalModelPort } from '../../app/inline/ports.ts';
import type { LocalCompletion, LocalQuery, LocalStats } from '../../core/local/localModel.ts';
import { WorkerLink } from '../../threads/workerLink.ts';
import type { LocalOperations } from './localIndex.ts';
import type { LocalReply, SourceFile, SourceText, WalkEnd, WalkOrder } from './protocol.ts';

export interface LocalModelHostOptions {
  /** The built worker, dist/localModelWorker.js. */
  readonly workerPath: string | URL;
  readonly maxTokens: number;
  readonly log: Log;
}

const EMPTY: LocalStats = { documents: 0, tokens: 0, words: 0, bytes: 0, full: false };

/** A query that takes longer than this is worth nothing to somebody who types. */
const QUERY_TIMEOUT_MS = 150;
export class LocalModelHost implements LocalModelPort, Disposable {
  readonly #link: WorkerLink<LocalOperations, never, LocalReply>;
  readonly #restartListeners = new Set<() => void>();
  #stats = EMPTY;

  constructor({ workerPath, maxTokens, log }: LocalModelHostOptions) {
    this.#link = new WorkerLink({
      name: 'The local model',
      workerPath,
      // The index itself lies outside the JavaScript heap; this bounds what a bad file can do to it.
      thread: () => ({ workerData: { maxTokens }, resourceLimits: { maxOldGenerationSizeMb: 192 } }),
      onReply: ({ stats }) => {
        this.#stats = stats;
      },
      onLost: ({ message }) => {
        this.#stats = EMPTY;
        log.error('The local model stopped', new Error(message));
        if (this.#link.isGone) return;
        for (const listener of this.#restartListeners) listener();
      },
    });
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
    return this.#link.askOr('indexTexts', [texts], undefined);
  }

  /** Files of scheme `file` on this machine: the worker reads them itself. */
  indexFiles(files: readonly SourceFile[]): Promise<void> {
    return this.#link.askOr('indexFiles', [files], undefined);
  }

  /** Folders of this machine: the worker lists and reads them itself, so that no size of them is felt here. */
  indexFolders(order: WalkOrder, onProgress: (stats: LocalStats) => void): Promise<WalkEnd> {
    const options = { onProgress: ({ stats }: LocalReply) => onProgress(stats) };
    return this.#link.askOr('indexFolders', [order], 'cancelled', options);
  }

  /** With all that lies in it, where it is a folder. */
  remove(ids: readonly string[]): void {
    void this.#link.ask('remove', [ids]);
  }

  cancelIndexing(): void {
    void this.#link.ask('cancelIndexing', []);
  }

  complete({ prefix, suffix }: LocalQuery): Promise<LocalCompletion | undefined> {
    const options = { deadlineMs: QUERY_TIMEOUT_MS };
    return this.#link.askOr('complete', [{ prefix, suffix }], undefined, options);
  }

  dispose(): void {
    void this.#link.close();
  }
}
