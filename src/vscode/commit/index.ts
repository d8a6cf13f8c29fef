/** The entry of commit messages: one command, whose code is loaded at first use. */
import * as vscode from 'vscode';
import { isObject } from '../../core/shape.ts';
import type { CommitDeps } from './deps.ts';

export type { CommitDeps } from './deps.ts';

export const registerCommit = (deps: CommitDeps): vscode.Disposable =>
  vscode.commands.registerCommand('pilot.generateCommitMessage', async (source: unknown) =>
    (await import('./generate.ts')).generateCommitMessage(deps, rootOf(source)),
  );

/** The Source Control view passes its provider. */
function rootOf(source: unknown): vscode.Uri | undefined {
  if (!isObject(source) || !('rootUri' in source)) return undefined;
  return source.rootUri instanceof vscode.Uri ? source.rootUri : undefined;
}
