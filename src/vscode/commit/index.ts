/** The door of commit messages: one command, whose code is loaded when it is first used. */
import * as vscode from 'vscode';
import type { AskEngine } from '../../app/ask/ask.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { Reward } from '../../core/learning/reward.ts';

export interface CommitDeps {
  readonly engine: Pick<AskEngine, 'run'>;
  /** What became of a message, for the learner. */
  readonly tell: (decisionId: DecisionId, kind: OutcomeKind, reward: Reward) => void;
  readonly log: Log;
}

export const registerCommit = (deps: CommitDeps): vscode.Disposable =>
  vscode.commands.registerCommand('pilot.generateCommitMessage', async (source: unknown) =>
    (await import('./generate.ts')).generateCommitMessage(deps, rootOf(source)),
  );

/** The Source Control view passes its provider. */
function rootOf(source: unknown): vscode.Uri | undefined {
  if (typeof source !== 'object' || source === null || !('rootUri' in source)) return undefined;
  return source.rootUri instanceof vscode.Uri ? source.rootUri : undefined;
}
