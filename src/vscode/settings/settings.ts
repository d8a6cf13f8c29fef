/**
 * The user's settings, read when they are needed and checked where they are read. A bad value is reported with its
 * key, what is wrong, and what is used instead; it is never handed on.
 */
import * as vscode from 'vscode';
import { largestDollars } from '../../app/settings/dollars.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { nanoFloor } from '../../core/money.ts';
import { LONGEST_ANSWER } from '../../core/money/outputLength.ts';
import { profileNames, type Profile } from '../../core/money/policies/profile.ts';
import { locale } from '../kit/locale.ts';

/** Money limits as the settings say them; undefined = not set. */
export interface Limits {
  readonly monthly: NanoUsd | undefined;
  readonly workspace: NanoUsd | undefined;
  readonly inline: NanoUsd | undefined;
}

export interface BadSetting {
  readonly key: string;
  readonly wrong: string;
  readonly instead: string;
}

const section = 'pilot';

export class Settings implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** By key. VS Code takes a millisecond or more to look one up in all its layers, and each decision asks for several. */
  readonly #values = new Map<string, unknown>();
  #section: vscode.WorkspaceConfiguration | undefined;
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(section)) return;
      this.#forget();
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  get endpoints(): unknown {
    return this.#userValue('endpoints');
  }

  get models(): unknown {
    return this.#userValue('models');
  }

  get policy(): string {
    const value = this.#userValue('budget.policy');
    return typeof value === 'string' ? value : 'auto';
  }

  /** What a point of quality may cost (core/policies/profile.ts). */
  get profile(): Profile {
    const value = this.#userValue('routing.profile');
    return profileNames.find((name) => name === value) ?? 'balanced';
  }

  async setProfile(profile: Profile): Promise<void> {
    await this.#update('routing.profile', profile);
  }

  get learningPaused(): boolean {
    return this.#userValue('learning.paused') === true;
  }

  async setLearningPaused(paused: boolean): Promise<void> {
    await this.#update('learning.paused', paused);
  }

  get syncLearnedState(): boolean {
    return this.#userValue('sync.learnedState') === true;
  }

  /** The most visible tokens of an answer; what is no such number is the default. */
  get longestAnswer(): number {
    const value = this.#userValue('budget.answerTokens');
    const usable = typeof value === 'number' && Number.isInteger(value) && 256 <= value && value <= 65_536;
    return usable ? value : LONGEST_ANSWER;
  }

  get historyEnabled(): boolean {
    return this.#userValue('history.enabled') !== false;
  }

  limits(): { readonly limits: Limits; readonly bad: readonly BadSetting[] } {
    const bad: BadSetting[] = [];
    const read = (key: string): NanoUsd | undefined => {
      const value = this.#userValue(key);
      if (value === undefined || value === null) return undefined;
      if (typeof value === 'number' && 0 <= value && value <= largestDollars) return nanoFloor(value);
      bad.push({
        key: `pilot.${key}`,
        wrong: vscode.l10n.t(
          'it must be a number of dollars from 0 to {0}',
          largestDollars.toLocaleString(locale()),
        ),
        // A limit that cannot be understood must not become "no limit": nothing is spent until it is mended.
        instead: vscode.l10n.t('0 (free models only)'),
      });
      return 0 as NanoUsd;
    };
    const limits = {
      monthly: read('budget.monthlyLimitUsd'),
      workspace: read('budget.workspaceLimitUsd'),
      inline: read('budget.inlineLimitUsd'),
    };
    return { limits, bad };
  }

  /** Only the user's own value and the default count: what a workspace says about money is not even looked at. */
  #userValue(key: string): unknown {
    if (!this.#values.has(key)) {
      this.#section ??= vscode.workspace.getConfiguration(section);
      const found = this.#section.inspect<unknown>(key);
      this.#values.set(key, found?.globalValue ?? found?.defaultValue);
    }
    return this.#values.get(key);
  }

  async #update(key: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
    // Whoever waits for this reads the new value, whether VS Code has told of the change yet or not.
    this.#forget();
  }

  #forget(): void {
    this.#values.clear();
    this.#section = undefined;
  }

  async setMonthlyLimit(usd: number): Promise<void> {
    await this.#update('budget.monthlyLimitUsd', usd);
  }
}
