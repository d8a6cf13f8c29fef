/**
 * Decides when the text of an open document is indexed again: some time after it was opened or changed. The line in
 * which the user types stays out until the cursor has left it, since an unfinished line in the index would predict that
 * such lines end there.
 */
import { leaveOut } from '../../core/local/leaveOut.ts';
import type { Disposable } from '../ports/environment.ts';
import type { Timers } from './ports.ts';

export interface OpenDocument {
  readonly id: string;
  readonly isClosed: boolean;
  text(): string;
  /** Lines with a cursor, from 0, in any editor of the document. */
  cursorLines(): readonly number[];
}

export interface OpenDocumentsDeps {
  readonly timers: Timers;
  readonly index: (id: string, text: string) => void;
}

interface DocumentState {
  timer: Disposable | undefined;
  /** Changed since the last indexing. */
  isChanged: boolean;
  leftOut: readonly number[];
}

/** A document is indexed again after this pause in its editing. */
const IDLE_MS = 2000;

export class OpenDocuments implements Disposable {
  readonly #deps: OpenDocumentsDeps;
  readonly #states = new Map<string, DocumentState>();

  constructor(deps: OpenDocumentsDeps) {
    this.#deps = deps;
  }

  opened(document: OpenDocument): void {
    this.#later(document, this.#stateOf(document));
  }

  changed(document: OpenDocument): void {
    const state = this.#stateOf(document);
    state.isChanged = true;
    this.#later(document, state);
  }

  /** Called when a cursor has moved. */
  moved(document: OpenDocument): void {
    const state = this.#states.get(document.id);
    if (state === undefined || state.leftOut.length === 0) return;
    const lines = document.cursorLines();
    if (!state.leftOut.every((line) => lines.includes(line))) this.#later(document, state);
  }

  /** Whether the index lacks the document's last text. */
  closed(id: string): boolean {
    const state = this.#states.get(id);
    state?.timer?.dispose();
    this.#states.delete(id);
    return state !== undefined && (state.timer !== undefined || state.leftOut.length > 0);
  }

  dispose(): void {
    for (const { timer } of this.#states.values()) timer?.dispose();
    this.#states.clear();
  }

  #stateOf({ id }: OpenDocument): DocumentState {
    const state = this.#states.get(id) ?? { timer: undefined, isChanged: false, leftOut: [] };
    this.#states.set(id, state);
    return state;
  }

  #later(document: OpenDocument, state: DocumentState): void {
    state.timer?.dispose();
    state.timer = this.#deps.timers.after(IDLE_MS, () => this.#index(document, state));
  }

  #index(document: OpenDocument, state: DocumentState): void {
    state.timer = undefined;
    if (document.isClosed) return;
    const lines = document.cursorLines();
    state.leftOut = state.isChanged ? lines : state.leftOut.filter((line) => lines.includes(line));
    state.isChanged = false;
    this.#deps.index(document.id, leaveOut(document.text(), state.leftOut));
  }
}
