import type * as vscode from 'vscode';
import type { DecisionLog } from '../../app/ports/decisions.ts';
import type { Clock, Log } from '../../app/ports/environment.ts';
import type { Ledger } from '../../app/ports/money.ts';
import type { UsageReader } from '../../app/ports/usage.ts';
import type { Arm } from '../../core/arm.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Space } from '../../core/learning/space.ts';

/** The usage view's dependencies, from the composition root. */
export interface UsageDeps {
  /** Builds the engine at first use; the view opens before that. */
  readonly engine: () => Promise<UsageEngine>;
  /** Calls the listener with the engine if it is built: the tree in the side bar does not start it. */
  readonly onEngineBuilt: (listener: (engine: UsageEngine) => void) => void;
  readonly models: { readonly arms: readonly Arm[]; readonly onDidChange: vscode.Event<void> };
  readonly settings: {
    limits(): { readonly monthly: NanoUsd | undefined };
    readonly onDidChange: vscode.Event<void>;
  };
  readonly workspaceId: string;
  readonly globalState: vscode.Memento;
  readonly extensionUri: vscode.Uri;
  readonly clock: Clock;
  readonly log: Log;
}

export interface UsageEngine {
  /** The table of models for a decision's page. */
  readonly space: Pick<Space, 'models'>;
  readonly store: {
    readonly ledger: Pick<Ledger, 'summary' | 'onDidChange'>;
    readonly log: Pick<DecisionLog, 'decision'>;
    readonly usage: UsageReader;
  };
}
