/**
 * Messages between the extension host and the local model's worker; `operations` of engine.ts defines the questions.
 * Both ends are built together, so there is no version.
 */
import type { LocalStats } from '../../core/local/localModel.ts';
import type { Reply } from '../../threads/operations.ts';

export interface SourceText {
  /** The path of a file on this machine, else the document's URI as text. */
  readonly id: string;
  readonly text: string;
}

/** A file that the worker reads itself: scheme `file`, on this machine. */
export interface SourceFile {
  readonly id: string;
  readonly path: string;
  /** The folder of the workspace that must contain its real path. */
  readonly root: string;
}

/** Folders of this machine for the worker to list and read from the beginning; an earlier walk ends. */
export interface WalkOrder {
  readonly roots: readonly string[];
  /** gitignore patterns of what the user excludes. */
  readonly excluded: readonly string[];
  /** Paths of open documents, whose text comes from the editor. */
  readonly open: readonly string[];
}

/** `full`: the index has no room for more. `too-many`: more files, or more entries, than a walk examines. */
export type WalkEnd = 'all' | 'full' | 'too-many' | 'cancelled';

/** Without a result: the progress of a walk. */
export interface LocalReply extends Reply<never> {
  readonly stats: LocalStats;
}
