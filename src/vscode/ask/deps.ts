import type * as vscode from 'vscode';
import type { AskEngine, AskWords } from '../../app/ask/ask.ts';
import type { Clock, Log } from '../../app/ports/environment.ts';
import type { Settings } from '../settings/settings.ts';

/** The Ask surface's dependencies, from the composition root. */
export interface AskDeps {
  readonly engine: AskEngine;
  readonly words: AskWords;
  readonly settings: Pick<Settings, 'historyEnabled' | 'get'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly extensionUri: vscode.Uri;
  /** Undefined without a folder; conversations are then stored in `globalStorageUri`. */
  readonly storageUri: vscode.Uri | undefined;
  readonly globalStorageUri: vscode.Uri;
}
