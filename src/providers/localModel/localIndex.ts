/**
 * The worker's logic: it answers queries at once and indexes in slices between them, edited documents before files of
 * the workspace. Separate from the worker's entry, so tests need no thread.
 */
import { holdsPrivateKey } from '../../app/ask/secretFiles.ts';
import { isIndexableText } from '../../core/local/indexable.ts';
import {
  LocalModel,
  type LocalCompletion,
  type LocalQuery,
  type LocalStats,
} from '../../core/local/localModel.ts';
import type { SourceFile, SourceText, WalkEnd, WalkOrder } from './protocol.ts';
import { sourceFiles } from './walk.ts';
import type { Lister, WalkLimits } from './walk.ts';

export interface LocalIndexDeps {
  readonly maxTokens: number;
  /** Undefined for a file that disappeared, is too large or cannot be read. */
  readonly lister: Lister;
  readonly walkLimits?: WalkLimits;
}

/** In the order of arrival: a text sent after its removal stays, one sent before it is removed. */
type Job =
  | {
      readonly type: 'index';
      readonly sources: readonly (SourceText | SourceFile)[];
      readonly done: () => void;
    }
  | { readonly type: 'remove'; readonly ids: readonly string[] };

/** Each step is one slice. */
type Work = Generator<void, void> | AsyncGenerator<void, void>;

interface Walk {
  readonly roots: readonly string[];
  readonly files: AsyncGenerator<string | undefined, WalkEnd>;
  /** Paths whose text comes from the editor, which is newer than the disk. */
  readonly open: Set<string>;
  steps: number;
  readonly onProgress: () => void;
  readonly done: (end: WalkEnd) => void;
}

/** Number of files between two progress messages of a walk. */
const TELL_EACH = 64;

export class LocalIndex {
  readonly #deps: LocalIndexDeps;
  readonly #model: LocalModel;
  #queue: Job[] = [];
  #work: Work | undefined;
  #walk: Walk | undefined;

  constructor(deps: LocalIndexDeps) {
    this.#deps = deps;
    this.#model = new LocalModel({ maxTokens: deps.maxTokens });
  }

  get stats(): LocalStats {
    return this.#model.stats;
  }

  /** Resolves when they are in the index, or were passed over. */
  indexTexts(texts: readonly SourceText[]): Promise<void> {
    for (const { id } of texts) this.#walk?.open.add(id);
    return this.indexFiles(texts);
  }

  indexFiles(sources: readonly (SourceText | SourceFile)[]): Promise<void> {
    return new Promise((done) => this.#queue.push({ type: 'index', sources, done }));
  }

  /** Resolves at the end of the walk; an earlier walk ends. */
  indexFolders({ roots, excluded, open }: WalkOrder, onProgress: () => void): Promise<WalkEnd> {
    this.#endWalk();
    const { lister, walkLimits } = this.#deps;
    const files = sourceFiles({ roots, excluded, lister, ...(walkLimits && { limits: walkLimits }) });
    return new Promise((done) => {
      this.#walk = { roots, files, open: new Set(open), steps: 0, onProgress, done };
    });
  }

  /** Removes these documents; for a folder, everything in it. */
  remove(ids: readonly string[]): void {
    this.#queue.push({ type: 'remove', ids });
  }

  /** Drops queued work that has not begun, and ends the walk. */
  cancelIndexing(): void {
    this.#endWalk();
    const dropped = this.#queue.filter((job) => job.type === 'index');
    this.#queue = this.#queue.filter((job) => job.type === 'remove');
    for (const { done } of dropped) done();
  }

  complete(query: LocalQuery): LocalCompletion | undefined {
    return this.#model.complete(query);
  }

  /** Runs one slice of work, a few milliseconds; false = nothing is left to do. */
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
    if (this.#model.wantsCompaction) return this.#model.compacting();
    return this.#walk && this.#walkOn(this.#walk);
  }

  async *#index({ sources, done }: Extract<Job, { type: 'index' }>): AsyncGenerator<void, void> {
    for (const source of sources) {
      const text = 'text' in source ? source.text : await this.#deps.lister.read(source.path, [source.root]);
      yield* this.#put(source.id, text);
      yield;
    }
    done();
  }

  *#put(id: string, text: string | undefined): Generator<void, void> {
    if (text !== undefined && isIndexableText(text) && !holdsPrivateKey(text)) {
      yield* this.#model.adding(id, text);
    } else this.#model.remove(id);
  }

  /**
   * Indexes one file, whole, since the tokens of a document are contiguous; then queued work runs before the next file.
   */
  async *#walkOn(walk: Walk): AsyncGenerator<void, void> {
    const next = await walk.files.next();
    if (this.#walk !== walk) return;
    if (next.done === true) {
      this.#endWalk(next.value);
      return;
    }
    const path = next.value;
    if (path !== undefined && !walk.open.has(path)) {
      const text = await this.#deps.lister.read(path, walk.roots);
      yield* this.#put(path, text);
      if (this.#model.stats.full && this.#model.wantsCompaction) {
        // Compaction frees the room of replaced text, and the file that did not fit is indexed again, whole.
        yield* this.#model.compacting();
        yield* this.#put(path, text);
      }
      if (this.#model.stats.full) {
        this.#endWalk('full');
        return;
      }
    }
    walk.steps += 1;
    if (this.#walk === walk && walk.steps % TELL_EACH === 0) walk.onProgress();
  }

  #endWalk(end: WalkEnd = 'cancelled'): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    this.#walk = undefined;
    void walk.files.return(end);
    walk.done(end);
  }

  *#remove(ids: readonly string[]): Generator<void, void> {
    for (const id of ids.flatMap((each) => [each, ...this.#model.within(each)])) {
      this.#model.remove(id);
      yield;
    }
  }
}

/** The worker's operations; `onProgress` is called during a walk. */
export const operations = (engine: LocalIndex, onProgress: () => void) => ({
  indexTexts: (texts: readonly SourceText[]) => engine.indexTexts(texts),
  indexFiles: (files: readonly SourceFile[]) => engine.indexFiles(files),
  indexFolders: (order: WalkOrder) => engine.indexFolders(order, onProgress),
  remove: (ids: readonly string[]) => engine.remove(ids),
  cancelIndexing: () => engine.cancelIndexing(),
  complete: (query: LocalQuery) => engine.complete(query),
});

export type LocalOperations = ReturnType<typeof operations>;
