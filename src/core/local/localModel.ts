/**
 * The free local model: it predicts the rest of the line from the user's own files. It has an index of the workspace, a
 * small store for the text around the cursor that each query fills again, and a beam search over both (lineSearch.ts).
 * Long work runs in generators, so a worker can answer queries in between.
 */
import { missingIndent } from './indentation.ts';
import { lex } from './lexer.ts';
import { searchLine } from './lineSearch.ts';
import { TokenStore } from './tokenStore.ts';
import { LINE_END, Vocabulary } from './vocabulary.ts';

export interface LocalQuery {
  /** Text before the cursor, as much as the caller has. */
  readonly prefix: string;
  /** Text below the cursor's line. */
  readonly suffix: string;
}

export interface LocalCompletion {
  /** The rest of the line, without its line end. */
  readonly text: string;
  /** Estimated probability that the text is exactly the rest of the line. */
  readonly confidence: number;
}

export interface LocalStats {
  readonly documents: number;
  readonly tokens: number;
  readonly words: number;
  readonly bytes: number;
  readonly full: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Characters around the cursor that each query tokenizes: 12,000 take 0.3 ms. */
const WINDOW_BEFORE = 12_000;
const WINDOW_AFTER = 4000;
/** A place in the current file counts as this many places in the workspace. */
const WINDOW_WEIGHT = 3;
/** Share of correct lines where the cursor is deeper than the predicted line, or the indentation is a guess. */
const MISPLACED = 0.1;
const GUESSED_INDENT = 0.95;
/**
 * Exponent that corrects overconfident products of probabilities: at 0.55, 0.45 of the lines are right (bench:local).
 */
const SOBERING = 1.3;
/** Tokens between two pauses of long work, about 3 ms. */
const SLICE = 4000;
const COMPACT_ABOVE = 200_000;

export class LocalModel {
  readonly #vocabulary = new Vocabulary();
  readonly #window = new TokenStore({ capacity: 1 << 13, maxTokens: 1 << 15, hashBits: 12 });
  readonly #documents = new Map<string, Range>();
  readonly #maxTokens: number;
  #index: TokenStore;

  constructor(options: { readonly maxTokens: number }) {
    this.#maxTokens = options.maxTokens;
    this.#index = newIndex(options.maxTokens);
  }

  get stats(): LocalStats {
    return {
      documents: this.#documents.size,
      tokens: this.#index.size - this.#index.deadCount,
      words: this.#vocabulary.size,
      bytes: this.#index.bytes + this.#vocabulary.bytes,
      full: this.#index.full,
    };
  }

  /**
   * Adds a document, or replaces its earlier text. Only one document at a time, since its tokens must be contiguous.
   */
  *adding(id: string, text: string): Generator<void, void> {
    this.remove(id);
    const start = this.#index.size;
    let seen = 0;
    for (let from = 0; from < text.length && !this.#index.full;) {
      const to = sliceEnd(text, from);
      lex(text, from, to, (a, b) => {
        this.#index.push(this.#id(text, a, b));
        seen += 1;
      });
      from = to;
      if (seen < SLICE) continue;
      seen = 0;
      yield;
    }
    this.#index.push(LINE_END);
    this.#documents.set(id, { start, end: this.#index.size });
  }

  add(id: string, text: string): void {
    const work = this.adding(id, text);
    while (work.next().done !== true);
  }

  remove(id: string): void {
    const range = this.#documents.get(id);
    if (range === undefined) return;
    this.#index.kill(range.start, range.end);
    this.#documents.delete(id);
  }

  /** The ids of the documents in a folder. */
  within(folder: string): readonly string[] {
    return [...this.#documents.keys()].filter(
      (id) => id.startsWith(folder) && /[\\/]/.test(id[folder.length] ?? ''),
    );
  }

  /** Whether replaced text is over a quarter of the index, or over a tenth of a full one, so a compaction pays. */
  get wantsCompaction(): boolean {
    const { size, deadCount, full } = this.#index;
    return full ? 10 * deadCount > size : deadCount > COMPACT_ABOVE && 4 * deadCount > size;
  }

  /** Copies the live tokens into a new index. Meanwhile the caller may query, but may not add documents. */
  *compacting(): Generator<void, void> {
    const fresh = newIndex(this.#maxTokens);
    const moved = new Map<string, Range>();
    for (const [id, { start, end }] of this.#documents) {
      const newStart = fresh.size;
      for (let at = start; at < end; at += 1) {
        fresh.push(this.#index.token(at));
        if ((at - start) % SLICE === SLICE - 1) yield;
      }
      moved.set(id, { start: newStart, end: fresh.size });
      yield;
    }
    this.#index = fresh;
    for (const [id, range] of moved) {
      if (this.#documents.has(id)) this.#documents.set(id, range);
      else fresh.kill(range.start, range.end);
    }
  }

  /** The most probable rest of the line with its confidence, however low; undefined = no hypothesis. */
  complete(query: LocalQuery): LocalCompletion | undefined {
    const { context, partial } = this.#read(query);
    const nest = [
      { store: this.#window, weight: WINDOW_WEIGHT },
      { store: this.#index, weight: 1 },
    ];
    const line = searchLine({ scopes: nest, vocabulary: this.#vocabulary }, context, partial);
    if (line === undefined || line.text.trim() === '') return undefined;
    const confidence = line.probability ** SOBERING;
    const indent = missingIndent(query.prefix, line.text);
    if (indent === undefined) return { text: line.text, confidence: confidence * MISPLACED };
    return { text: indent + line.text, confidence: confidence * (indent === '' ? 1 : GUESSED_INDENT) };
  }

  /** Fills the window store; returns the tokens before the cursor and the typed part of the current one. */
  #read({ prefix, suffix }: LocalQuery): { readonly context: readonly number[]; readonly partial: string } {
    this.#window.clear();
    const after = suffix.slice(0, WINDOW_AFTER);
    lex(after, 0, after.length, (start, end) => this.#window.push(this.#id(after, start, end)));
    this.#window.push(LINE_END);
    const bounds: number[] = [];
    lex(prefix, Math.max(0, prefix.length - WINDOW_BEFORE), prefix.length, (start, end) => {
      bounds.push(start, end);
    });
    const lastStart = bounds.at(-2) ?? 0;
    const lastEnd = bounds.at(-1) ?? 0;
    // The token that touches the cursor may continue; a line end may not.
    const begun = lastEnd === prefix.length && lastStart < lastEnd;
    if (begun) bounds.length -= 2;
    const context: number[] = [LINE_END];
    for (let i = 0; i < bounds.length; i += 2) {
      const token = this.#id(prefix, bounds[i] ?? 0, bounds[i + 1] ?? 0);
      this.#window.push(token);
      context.push(token);
    }
    return { context, partial: begun ? prefix.slice(lastStart, lastEnd) : '' };
  }

  #id(text: string, start: number, end: number): number {
    return start === end ? LINE_END : this.#vocabulary.intern(text, start, end);
  }
}

/** Heads for about a third of the tokens: the search compares contexts and so separates several in one chain. */
const newIndex = (maxTokens: number): TokenStore =>
  new TokenStore({
    capacity: Math.min(maxTokens, 1 << 14),
    maxTokens,
    hashBits: Math.min(21, Math.max(12, Math.ceil(Math.log2(maxTokens / 3)))),
  });

/** About 32,000 characters further on, at a line end if one is near, so no word is cut. */
function sliceEnd(text: string, from: number): number {
  const to = from + 32_000;
  if (to >= text.length) return text.length;
  const lineEnd = text.indexOf('\n', to);
  return 0 <= lineEnd && lineEnd < to + 32_000 ? lineEnd : to;
}
