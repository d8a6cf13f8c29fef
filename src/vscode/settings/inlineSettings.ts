import * as vscode from 'vscode';
import { globsOfScopes } from '../../app/inline/exclusion.ts';
import type { InlineSettings } from '../../app/inline/ports.ts';
import type { MultilineSetting } from '../../core/inline/multiline.ts';

const SECTION = 'pilot.inline';
const MULTILINE: readonly string[] = ['auto', 'always', 'never'];

/** The settings under `pilot.inline`: read once for each change, since every keystroke asks for them. */
export class InlineSettingsReader implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  #settings: InlineSettings | undefined;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(SECTION)) return;
      this.#settings = undefined;
      this.#changed.fire();
    });
  }

  get(): InlineSettings {
    this.#settings ??= read(vscode.workspace.getConfiguration(SECTION));
    return this.#settings;
  }

  async set(key: 'enabled' | 'paid', value: boolean): Promise<void> {
    await vscode.workspace.getConfiguration(SECTION).update(key, value, vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

/** A value of the wrong type or out of range counts as its default; what costs money is the user's own word only. */
function read(configuration: vscode.WorkspaceConfiguration): InlineSettings {
  const number = (
    key: string,
    low: number,
    high: number,
    otherwise: number,
    value = configuration.get<unknown>(key),
  ): number => {
    return typeof value === 'number' && low <= value && value <= high ? value : otherwise;
  };
  const multiline = configuration.get<unknown>('multiline');
  const min = number('debounceMs', 0, 2000, 75);
  return {
    enabled: userValue(configuration, 'enabled') !== false && configuration.get<unknown>('enabled') !== false,
    languages: languagesOf(configuration),
    excludedFiles: globsOfScopes(configuration.inspect<unknown>('excludedFiles')),
    paid: userValue(configuration, 'paid') === true,
    local: configuration.get<unknown>('local') !== false,
    multiline: isMultiline(multiline) ? multiline : 'auto',
    latencyTargetMs: number('latencyTargetMs', 100, 20_000, 1500),
    contextTokens: number('contextTokens', 128, 8192, 1536, userValue(configuration, 'contextTokens')),
    debounceMs: { min, max: Math.max(400, min) },
  };
}

/** Where the user wants completions; a repository may switch languages off, and none on. */
function languagesOf(configuration: vscode.WorkspaceConfiguration): Readonly<Record<string, boolean>> {
  const found = configuration.inspect<unknown>('languages');
  const own = { ...booleans(found?.defaultValue), ...booleans(found?.globalValue ?? {}) };
  const repository = [found?.workspaceValue, found?.workspaceFolderValue].filter(
    (value) => value !== undefined,
  );
  const off = repository.flatMap((value) => Object.entries(booleans(value)).filter(([, on]) => !on));
  return { ...own, ...Object.fromEntries(off) };
}

/** What a repository says about spending money is not even looked at. */
function userValue(configuration: vscode.WorkspaceConfiguration, key: string): unknown {
  const found = configuration.inspect<unknown>(key);
  return found?.globalValue ?? found?.defaultValue;
}

const isMultiline = (value: unknown): value is MultilineSetting =>
  typeof value === 'string' && MULTILINE.includes(value);

function booleans(value: unknown): Readonly<Record<string, boolean>> {
  if (typeof value !== 'object' || value === null) return { '*': true };
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
  );
}
