/** Compares the shown suggestion with the document's changes: typed along, typed through, or diverged. */
import { normaliseEol } from '../../core/inline/cursorText.ts';
import type { Stretch } from '../../core/inline/survival.ts';

export interface DocumentChange {
  /** UTF-16 offset in the document before the change. */
  readonly offset: number;
  readonly removed: number;
  readonly text: string;
}

export interface TypedProgress {
  /** Number of the suggestion's characters that entered the document. */
  readonly characters: number;
  readonly done: boolean;
}

export class LiveText {
  readonly documentId: string;
  readonly #start: number;
  readonly #whole: string;
  readonly #covers: number;
  /** Where the rest would be inserted, in the document's own offsets. */
  #at: number;
  #rest: string;

  constructor(shown: {
    readonly documentId: string;
    readonly offset: number;
    readonly text: string;
    readonly covers: number;
  }) {
    this.documentId = shown.documentId;
    this.#start = shown.offset;
    this.#at = shown.offset;
    this.#whole = shown.text;
    this.#rest = shown.text;
    this.#covers = shown.covers;
  }

  get length(): number {
    return this.#whole.length;
  }

  /** The part of the document that is the accepted suggestion. */
  get stretch(): Stretch {
    return { start: this.#start, end: this.#at };
  }

  /** The editor's own selection change may come before or after the text's. */
  isAt(offset: number): boolean {
    return this.#start <= offset && offset <= this.#at + 1;
  }

  apply(changes: readonly DocumentChange[]): TypedProgress | 'diverged' {
    let characters = 0;
    for (const change of changes) {
      const typed = this.#typed(change);
      if (typed === undefined) return 'diverged';
      characters += typed;
    }
    return { characters, done: this.#rest === '' };
  }

  #typed({ offset, removed, text }: DocumentChange): number | undefined {
    // An import added above leaves the suggestion in place relative to its own line; it is redrawn.
    if (offset !== this.#at || removed > this.#covers) return undefined;
    const said = normaliseEol(text);
    // An opening bracket brings its closer, which the suggestion contains further on.
    const along = [said, said.slice(0, -1)].find(
      (each, i) => each !== '' && this.#rest.startsWith(each) && (i === 0 || /[)\]}"'`>]$/.test(said)),
    );
    if (along === undefined) return undefined;
    this.#rest = this.#rest.slice(along.length);
    this.#at += text.length - (said.length - along.length);
    return along.length;
  }
}
