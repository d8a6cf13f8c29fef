/** Messages between the extension host and the local model's worker. Both ends are built together: no version. */
import type { LocalCompletion, LocalStats } from '../../core/local/localModel.ts';

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

export type ToWorker =
  | { readonly type: 'texts'; readonly batch: number; readonly texts: readonly SourceText[] }
  | { readonly type: 'files'; readonly batch: number; readonly files: readonly SourceFile[] }
  | ({ readonly type: 'walk'; readonly walk: number } & WalkOrder)
  | { readonly type: 'remove'; readonly ids: readonly string[] }
  /** Drops what is queued and not begun, and ends the walk. */
  | { readonly type: 'cancel' }
  | { readonly type: 'query'; readonly query: number; readonly prefix: string; readonly suffix: string };

export type FromWorker =
  | { readonly type: 'indexed'; readonly batch: number; readonly stats: LocalStats }
  /** Now and then while it goes on, and once with its end. */
  | {
      readonly type: 'walked';
      readonly walk: number;
      readonly stats: LocalStats;
      readonly end: WalkEnd | undefined;
    }
  | {
      readonly type: 'answer';
      readonly query: number;
      readonly completion: LocalCompletion | undefined;
    };
