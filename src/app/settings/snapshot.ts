/**
 * The settings under `pilot`, one row each: who may set it, the allowed values, and the default. `SettingsSnapshot`
 * reads a key at its first use, keeps the value until that key changes, notifies the followers of the key, and collects
 * every unusable value.
 */
import type { NanoUsd } from '../../core/brand.ts';
import type { MultilineSetting } from '../../core/inline/multiline.ts';
import { nanoFloor } from '../../core/money.ts';
import { LONGEST_ANSWER } from '../../core/money/outputLength.ts';
import { policyNames } from '../../core/money/policies/index.ts';
import { profileNames } from '../../core/money/policies/profile.ts';
import { largestDollars } from './dollars.ts';
import type { SettingProblem } from './problem.ts';
import { SettingReader } from './reader.ts';
import { isRecord } from '../../core/shape.ts';

/**
 * `user`: only the user's own value, where money or privacy is concerned. `effective`: the value VS Code resolves for
 * the window. `narrowing`: the user's value, which a workspace may only turn off.
 */
export type SettingScope = 'user' | 'effective' | 'narrowing';

interface SettingRow<T> {
  readonly scope: SettingScope;
  readonly read: (reader: SettingReader, key: string) => T;
}

const row = <T>(scope: SettingScope, read: SettingRow<T>['read']): SettingRow<T> => ({ scope, read });
const flag = (scope: SettingScope, otherwise: boolean): SettingRow<boolean> =>
  row(scope, (reader, key) => reader.boolean(key, otherwise));
const choice = <T extends string>(scope: SettingScope, allowed: readonly T[], otherwise: T): SettingRow<T> =>
  row(scope, (reader, key) => reader.oneOf(key, allowed, otherwise));
const whole = (scope: SettingScope, min: number, max: number, otherwise: number): SettingRow<number> =>
  row(scope, (reader, key) => reader.number(key, otherwise, { min, max }));
/** `parseSettings` checks endpoints and models: it knows the endpoints that a model may name. */
const unchecked: SettingRow<unknown> = row('user', (reader, key) => reader.raw(key));

/** A limit in USD a month. An invalid value must not become "no limit": it counts as 0, free models only. */
const limit: SettingRow<NanoUsd | undefined> = row('user', (reader, key) => {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && 0 <= value && value <= largestDollars) return nanoFloor(value);
  reader.problem(key, 'not-dollars', String(largestDollars), '0');
  return nanoFloor(0);
});

/** By language id; the reader of the setting drops values that are not boolean. */
const languages: SettingRow<undefined> = row('effective', (reader, key) => {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  if (!isRecord(value)) reader.problem(key, 'wrong-type', 'object', '{"*": true}');
  else
    for (const [language, on] of Object.entries(value))
      if (typeof on !== 'boolean') reader.problem(`${key}.${language}`, 'wrong-type', 'boolean', '', on);
  return undefined;
});

/** In the form of `globsOfScopes`, which passes over values that are not strings. */
const globs: SettingRow<undefined> = row('effective', (reader, key) => {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) reader.problem(key, 'wrong-type', 'array', '[]');
  else
    value.forEach((each: unknown, index) => {
      if (typeof each !== 'string') reader.problem(`${key}[${index}]`, 'wrong-type', 'string', '', each);
    });
  return undefined;
});

const rows = {
  'budget.monthlyLimitUsd': limit,
  'budget.workspaceLimitUsd': limit,
  'budget.inlineLimitUsd': limit,
  'budget.answerTokens': row('user', (reader, key) =>
    reader.number(key, LONGEST_ANSWER, { min: 256, max: 65_536, integer: true }),
  ),
  'budget.policy': choice('user', ['auto', ...policyNames], 'auto'),
  endpoints: unchecked,
  models: unchecked,
  /** `parseVscodeModels` checks these. */
  vscodeModels: unchecked,
  'routing.profile': choice('user', profileNames, 'balanced'),
  'learning.paused': flag('user', false),
  'sync.learnedState': flag('user', false),
  'history.enabled': flag('user', true),
  'ask.includeActiveFile': flag('user', true),
  'inline.enabled': flag('narrowing', true),
  'inline.paid': flag('user', false),
  'inline.local': flag('effective', true),
  'inline.languages': languages,
  'inline.excludedFiles': globs,
  'inline.multiline': choice<MultilineSetting>('effective', ['auto', 'always', 'never'], 'auto'),
  'inline.latencyTargetMs': whole('effective', 100, 20_000, 1500),
  'inline.debounceMs': whole('effective', 0, 2000, 75),
  'inline.contextTokens': whole('user', 128, 8192, 1536),
} as const satisfies Readonly<Record<string, SettingRow<unknown>>>;

export type SettingKey = keyof typeof rows;
export type SettingValues = { readonly [K in SettingKey]: ReturnType<(typeof rows)[K]['read']> };

/** The keys from which `InlineSettingsReader` builds its value. */
export const inlineKeys = (Object.keys(rows) as readonly SettingKey[]).filter((key) =>
  key.startsWith('inline.'),
);

const settingKeys = Object.keys(rows) as readonly SettingKey[];

interface CheckedSetting {
  readonly value: unknown;
  readonly problems: readonly SettingProblem[];
}

export class SettingsSnapshot {
  readonly #rawOf: (key: SettingKey, scope: SettingScope) => unknown;
  readonly #entries = new Map<SettingKey, CheckedSetting>();
  readonly #followers = new Map<() => void, readonly SettingKey[]>();

  /** `rawOf`: the value in the settings; each look-up takes VS Code a millisecond or more. */
  constructor(rawOf: (key: SettingKey, scope: SettingScope) => unknown) {
    this.#rawOf = rawOf;
  }

  get<K extends SettingKey>(key: K): SettingValues[K] {
    return this.#entry(key).value as SettingValues[K];
  }

  /** The problems of all keys: the found, the allowed and the used value. */
  get problems(): readonly SettingProblem[] {
    return settingKeys.flatMap((key) => this.#entry(key).problems);
  }

  /** Calls `listener` once for each change that affects one of `keys`. */
  follow(keys: readonly SettingKey[], listener: () => void): { dispose(): void } {
    // A new function each time, so that one listener may be registered twice.
    const follower = (): void => listener();
    this.#followers.set(follower, keys);
    return { dispose: () => this.#followers.delete(follower) };
  }

  /** Handles a change of the settings; `affects` tests a key. */
  changed(affects: (key: SettingKey) => boolean): void {
    const keys = new Set(settingKeys.filter(affects));
    for (const key of keys) this.#entries.delete(key);
    for (const [follower, followed] of [...this.#followers])
      if (followed.some((key) => keys.has(key))) follower();
  }

  /** Reads a written value again, whether or not VS Code has reported the change. */
  forget(key: SettingKey): void {
    this.#entries.delete(key);
  }

  #entry(key: SettingKey): CheckedSetting {
    const known = this.#entries.get(key);
    if (known) return known;
    const problems: SettingProblem[] = [];
    const { scope, read } = rows[key];
    const reader = new SettingReader('pilot', { [key]: this.#rawOf(key, scope) }, problems);
    const entry = { value: read(reader, key), problems };
    this.#entries.set(key, entry);
    return entry;
  }
}
