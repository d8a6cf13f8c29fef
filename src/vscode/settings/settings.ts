/**
 * The user's settings, checked when read. A bad value is reported with its key, its fault and the value used instead,
 * and is never passed on.
 */
import * as vscode from 'vscode';
import type { Limits } from '../../app/call/moneyFacts.ts';
import type { SettingProblem } from '../../app/settings/problem.ts';
import {
  SettingsSnapshot,
  type SettingKey,
  type SettingScope,
  type SettingValues,
} from '../../app/settings/snapshot.ts';
import type { Profile } from '../../core/money/policies/profile.ts';

const section = 'pilot';

export class Settings implements vscode.Disposable {
  readonly #snapshot = new SettingsSnapshot((key, scope) => rawOf(key, scope));
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  /** Fires for any setting under `pilot`; `follow` is for certain keys. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(section)) return;
      this.#snapshot.changed((key) => event.affectsConfiguration(`${section}.${key}`));
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Calls `listener` once for each change that affects one of `keys`. */
  follow(keys: readonly SettingKey[], listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(this.#snapshot.follow(keys, listener));
  }

  get<K extends SettingKey>(key: K): SettingValues[K] {
    return this.#snapshot.get(key);
  }

  /** Every unusable value under `pilot`, except endpoints and models (ModelSettings). */
  get problems(): readonly SettingProblem[] {
    return this.#snapshot.problems;
  }

  get endpoints(): unknown {
    return this.get('endpoints');
  }

  get models(): unknown {
    return this.get('models');
  }

  get policy(): string {
    return this.get('budget.policy');
  }

  /** How much a point of quality may cost (src/core/money/policies/profile.ts). */
  get profile(): Profile {
    return this.get('routing.profile');
  }

  get learningPaused(): boolean {
    return this.get('learning.paused');
  }

  get syncLearnedState(): boolean {
    return this.get('sync.learnedState');
  }

  /** The most visible tokens of an answer; an invalid value gives the default. */
  get longestAnswer(): number {
    return this.get('budget.answerTokens');
  }

  get historyEnabled(): boolean {
    return this.get('history.enabled');
  }

  limits(): Limits {
    return {
      monthly: this.get('budget.monthlyLimitUsd'),
      workspace: this.get('budget.workspaceLimitUsd'),
      inline: this.get('budget.inlineLimitUsd'),
    };
  }

  async setProfile(profile: Profile): Promise<void> {
    await this.update('routing.profile', profile);
  }

  async setLearningPaused(paused: boolean): Promise<void> {
    await this.update('learning.paused', paused);
  }

  async setMonthlyLimit(usd: number): Promise<void> {
    await this.update('budget.monthlyLimitUsd', usd);
  }

  /** Writes to the user's settings, never a workspace's. */
  async update(key: SettingKey, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
    this.#snapshot.forget(key);
  }
}

function rawOf(key: SettingKey, scope: SettingScope): unknown {
  const configuration = vscode.workspace.getConfiguration(section);
  const found = configuration.inspect<unknown>(key);
  const own = found?.globalValue ?? found?.defaultValue;
  if (scope === 'user') return own;
  const effective = configuration.get<unknown>(key);
  if (scope === 'effective') return effective;
  return own === false || effective === false ? false : own;
}
