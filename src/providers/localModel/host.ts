/**
 * The extension host's end of the local model. A worker that keeps dying is not restarted; completions continue without
 * it.
 */
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

/** Milliseconds; a slower answer is useless while the user types. */
const QUERY_TIMEOUT_MS = 150;
export class LocalModelHost implements LocalModelPort, Disposable {
  readonly #link: WorkerLink<LocalOperations, never, LocalReply>;
  readonly #restartListeners = new Set<() => void>();
  #stats = EMPTY;

  constructor({ workerPath, maxTokens, log }: LocalModelHostOptions) {
    this.#link = new WorkerLink({
      name: 'The local model',
      workerPath,
      // The index itself is outside the JavaScript heap; this bounds the effect of a bad file.
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

  /** Called when the index is empty again and must be filled again. */
  onDidRestart(listener: () => void): Disposable {
    this.#restartListeners.add(listener);
    return { dispose: () => this.#restartListeners.delete(listener) };
  }

  /** Resolves when they are in the index (or were passed over); await it, so that texts do not accumulate. */
  indexTexts(texts: readonly SourceText[]): Promise<void> {
    return this.#link.askOr('indexTexts', [texts], undefined);
  }

  /** Files of scheme `file` on this machine, which the worker reads itself. */
  indexFiles(files: readonly SourceFile[]): Promise<void> {
    return this.#link.askOr('indexFiles', [files], undefined);
  }

  /**
   * Folders of this machine, which the worker lists and reads itself, so that their size does not affect the extension
   * host.
   */
  indexFolders(order: WalkOrder, onProgress: (stats: LocalStats) => void): Promise<WalkEnd> {
    const options = { onProgress: ({ stats }: LocalReply) => onProgress(stats) };
    return this.#link.askOr('indexFolders', [order], 'cancelled', options);
  }

  /** Removes these documents; for a folder, everything in it. */
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
