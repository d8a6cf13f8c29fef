/** Messages between the extension host and the local model's worker. Both ends are built together: no version. */
import type { LocalCompletion, LocalStats } from '../../core/local/localModel.ts';

export interface SourceText {
  /** The document's URI as text. */
  readonly id: string;
  readonly text: string;
}

/** A file the worker reads by itself: scheme `file`, on this machine. */
export interface SourceFile {
  readonly id: string;
  readonly path: string;
}

export type ToWorker =
  | { readonly type: 'texts'; readonly batch: number; readonly texts: readonly SourceText[] }
  | { readonly type: 'files'; readonly batch: number; readonly files: readonly SourceFile[] }
  | { readonly type: 'remove'; readonly ids: readonly string[] }
  /** Drops what is queued and not begun. */
  | { readonly type: 'cancel' }
  | { readonly type: 'query'; readonly query: number; readonly prefix: string; readonly suffix: string };

export type FromWorker =
  | { readonly type: 'indexed'; readonly batch: number; readonly stats: LocalStats }
  | {
      readonly type: 'answer';
      readonly query: number;
      readonly completion: LocalCompletion | undefined;
    };
