/**
 * Caches answers by the place they were made for and evicts the least recently used. A look-up finds the entry whose
 * place is the longest prefix of the present one and whose text continues as the user has typed, so that deleting and
 * retyping, or typing along, needs no request. One look-up hashes at most 65 short keys, under 0.1 ms.
 */
import { LRUCache } from 'lru-cache';
import type { CursorText } from './cursorText.ts';
import { anchored, MAX_TYPED, remainder, typedSince } from './reuse.ts';
import type { Anchored } from './reuse.ts';

export interface CachedCompletion<Tag> {
  /** The answer after post-processing for its place. */
  readonly text: string;
  readonly tag: Tag;
}

interface CachedText<Tag> extends CachedCompletion<Tag> {
  readonly place: Anchored;
}

/** Cody and llama.vscode also keep 250. */
const MAX_ENTRIES = 250;
const KEY_CHARS = 48;

export class CompletionCache<Tag extends object> {
  readonly #entries = new LRUCache<string, CachedText<Tag>>({ max: MAX_ENTRIES });

  put(documentId: string, cursor: CursorText, completion: CachedCompletion<Tag>): void {
    const place = anchored(cursor);
    this.#entries.set(keyAt(documentId, cursor.prefix, cursor.prefix.length), { ...completion, place });
  }

  /** The rest of a cached answer after the text typed since, with the number of typed characters. */
  get(
    documentId: string,
    cursor: CursorText,
  ): { readonly text: string; readonly typed: string; readonly tag: Tag } | undefined {
    const { prefix } = cursor;
    for (let typed = 0; typed <= Math.min(MAX_TYPED, prefix.length); typed += 1) {
      const entry = this.#entries.get(keyAt(documentId, prefix, prefix.length - typed));
      const since = entry && typedSince(entry.place, cursor);
      if (entry === undefined || since?.length !== typed) continue;
      const text = remainder(entry.text, since);
      if (text !== undefined) return { text, typed: since, tag: entry.tag };
    }
    return undefined;
  }

  /** Removes rejected or wrong answers, so that they are not offered again. */
  forget(matches: (tag: Tag) => boolean): void {
    for (const [key, entry] of this.#entries.entries()) if (matches(entry.tag)) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** The end of the prefix finds an entry; `typedSince` then compares the rest. */
const keyAt = (documentId: string, prefix: string, end: number): string =>
  `${documentId}\n${prefix.slice(Math.max(0, end - KEY_CHARS), end)}`;
