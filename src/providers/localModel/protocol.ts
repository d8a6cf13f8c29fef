/**
 * What goes between the extension host and the local model's worker; what can be asked is `operations` of engine.ts.
 * Both ends are built together: no version.
 */
import type { LocalStats } from '../../core/local/localModel.ts';
import type { Reply } from '../../threads/operations.ts';

export interface SourceText {
  /** The path of a file on this machine, else the document's URI as text. */
  readonly id: string;
  readonly text: string;
}

/** A file the worker reads by itself: scheme `file`, on this machine. */
export interface SourceFile {
  readonly id: string;
  readonly path: string;
  /** The folder of the workspace in which it must really lie. */
  readonly root: string;
}

/** Folders of this machine, to be listed and read by the worker from the beginning; an earlier walk ends. */
export interface WalkOrder {
  readonly roots: readonly string[];
  /** gitignore patterns of what the user leaves out. */
  readonly excluded: readonly string[];
  /** Paths of open documents: their text comes from the editor. */
  readonly open: readonly string[];
}

/** `full`: the index has no room for more. `too-many`: more files, or more of anything, than a walk looks at. */
export type WalkEnd = 'all' | 'full' | 'too-many' | 'cancelled';

/** Without a result: how far a walk is. */
export interface LocalReply extends Reply<never> {
  readonly stats: LocalStats;
}
