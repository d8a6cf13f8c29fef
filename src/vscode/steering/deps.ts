import type * as vscode from 'vscode';
import type { Learning } from '../../app/call/learning.ts';
import type { PolicyRuntime } from '../../app/call/policyRuntime.ts';
import type { DecisionLog } from '../../app/ports/decisions.ts';
import type { Clock, Log } from '../../app/ports/environment.ts';
import type { Ledger } from '../../app/ports/money.ts';
import type { UsageReader } from '../../app/ports/usage.ts';
import type { WorkspaceStateHolder } from '../../app/call/workspaceState.ts';
import type { Arm } from '../../core/arm.ts';
import type { Profile } from '../../core/money/policies/profile.ts';

/** Steering's dependencies, from the composition root. */
export interface SteeringDeps {
  readonly engine: () => Promise<SteeringEngine>;
  readonly onEngineBuilt: (listener: (engine: SteeringEngine) => void) => void;
  readonly models: { readonly arms: readonly Arm[]; readonly onDidChange: vscode.Event<void> };
  readonly settings: SteeringSettings;
  readonly globalState: vscode.Memento & { setKeysForSync(keys: readonly string[]): void };
  readonly clock: Clock;
  readonly log: Log;
}

export interface SteeringSettings {
  readonly profile: Profile;
  setProfile(profile: Profile): Promise<void>;
  readonly learningPaused: boolean;
  setLearningPaused(paused: boolean): Promise<void>;
  readonly syncLearnedState: boolean;
  readonly onDidChange: vscode.Event<void>;
}

export interface SteeringEngine {
  readonly learning: Learning;
  readonly policy: PolicyRuntime;
  readonly workspace: WorkspaceStateHolder;
  readonly store: {
    readonly ledger: Required<Ledger>;
    readonly log: Required<DecisionLog>;
    readonly usage: Required<UsageReader>;
  };
}
