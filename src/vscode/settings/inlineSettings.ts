import * as vscode from 'vscode';
import { globsOfScopes } from '../../app/inline/exclusion.ts';
import type { InlineSettings } from '../../app/inline/ports.ts';
import { inlineKeys } from '../../app/settings/snapshot.ts';
import type { Settings } from './settings.ts';
import { isRecord } from '../../core/shape.ts';

const SECTION = 'pilot.inline';

/** The settings under `pilot.inline` in one value, built once for each change, since every keystroke reads it. */
export class InlineSettingsReader implements vscode.Disposable {
  readonly #settings: Settings;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  #built: InlineSettings | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#subscription = settings.follow(inlineKeys, () => {
      this.#built = undefined;
      this.#changed.fire();
    });
  }

  get(): InlineSettings {
    this.#built ??= this.#build();
    return this.#built;
  }

  async set(key: 'enabled' | 'paid', value: boolean): Promise<void> {
    await this.#settings.update(`inline.${key}`, value);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #build(): InlineSettings {
    const settings = this.#settings;
    const configuration = vscode.workspace.getConfiguration(SECTION);
    const min = settings.get('inline.debounceMs');
    return {
      enabled: settings.get('inline.enabled'),
      languages: languagesOf(configuration),
      excludedFiles: globsOfScopes(configuration.inspect<unknown>('excludedFiles')),
      paid: settings.get('inline.paid'),
      local: settings.get('inline.local'),
      multiline: settings.get('inline.multiline'),
      latencyTargetMs: settings.get('inline.latencyTargetMs'),
      contextTokens: settings.get('inline.contextTokens'),
      debounceMs: { min, max: Math.max(400, min) },
    };
  }
}

/** The languages in which the user wants completions; a repository may switch languages off, but not on. */
function languagesOf(configuration: vscode.WorkspaceConfiguration): Readonly<Record<string, boolean>> {
  const found = configuration.inspect<unknown>('languages');
  const own = { ...booleans(found?.defaultValue), ...booleans(found?.globalValue ?? {}) };
  const repository = [found?.workspaceValue, found?.workspaceFolderValue].filter(
    (value) => value !== undefined,
  );
  const off = repository.flatMap((value) => Object.entries(booleans(value)).filter(([, on]) => !on));
  return { ...own, ...Object.fromEntries(off) };
}

function booleans(value: unknown): Readonly<Record<string, boolean>> {
  if (!isRecord(value)) return { '*': true };
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
  );
}
