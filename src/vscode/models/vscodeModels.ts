import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import type { ModelClient } from '../../app/ports/models.ts';
import type { SettingProblem } from '../../app/settings/index.ts';
import { parseVscodeModels, vscodeArm, type ParsedVscodeModels } from '../../app/chat/vscodeModels.ts';
import type { Arm } from '../../core/arm.ts';
import { VENDOR } from '../chat/vendor.ts';
import { Disposables } from '../kit/disposables.ts';
import type { Settings } from '../settings/settings.ts';
import { vscodeModelClient } from './client.ts';

/** Forks and older hosts may lack it. */
const host: { readonly lm?: Partial<typeof vscode.lm> } = vscode;

export const keyOf = ({ vendor, id }: vscode.LanguageModelChat): string => `${vendor}/${id}`;

export interface VscodeModelDeps {
  readonly settings: Settings;
  readonly log: Log;
  /** `extensionContext.languageModelAccessInformation`; absent in forks. */
  readonly access: vscode.LanguageModelAccessInformation | undefined;
}

/**
 * The available models that `pilot.vscodeModels` names. PILOT asks VS Code for its list only if the setting names a
 * model, since the question starts the extensions behind the models.
 */
export class VscodeModels implements vscode.Disposable {
  readonly client: ModelClient;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #access: vscode.LanguageModelAccessInformation | undefined;
  readonly #parts = new Disposables();
  readonly #changed = this.#parts.add(new vscode.EventEmitter<void>());
  /** Fires when the arms may have changed. */
  readonly onDidChange = this.#changed.event;
  #parsed: ParsedVscodeModels | undefined;
  #live: ReadonlyMap<string, vscode.LanguageModelChat> | undefined;
  #listing: Promise<void> | undefined;

  constructor({ settings, log, access }: VscodeModelDeps) {
    this.#settings = settings;
    this.#log = log;
    this.#access = access;
    this.client = vscodeModelClient((arm) => this.#live?.get(arm.model));
    this.#parts.add(
      settings.follow(['vscodeModels'], () => {
        this.#parsed = undefined;
        this.#changed.fire();
      }),
    );
    if (access) this.#parts.add(access.onDidChange(() => this.#changed.fire()));
    const relist = host.lm?.onDidChangeChatModels?.(() => {
      if (this.#live) void this.#list();
    });
    if (relist) this.#parts.add(relist);
  }

  own(part: { dispose(): unknown }): void {
    this.#parts.add(part);
  }

  dispose(): void {
    this.#parts.dispose();
  }

  /** Empty until VS Code has returned its models; `ready` waits for that. */
  get arms(): readonly Arm[] {
    const { entries } = this.#read();
    if (entries.length === 0) return [];
    if (!this.#live) void this.ready();
    return entries.flatMap((entry) => {
      const live = this.#live?.get(entry.model);
      const refused = live && this.#access?.canSendRequest(live) === false;
      return live && !refused ? [vscodeArm(entry, live)] : [];
    });
  }

  get problems(): readonly SettingProblem[] {
    return this.#read().problems;
  }

  async ready(): Promise<void> {
    if (this.#live || this.#read().entries.length === 0) return;
    await (this.#listing ??= this.#list());
  }

  /** All models of VS Code except PILOT's own, which would call PILOT in a loop. */
  async list(): Promise<readonly vscode.LanguageModelChat[]> {
    await this.#list();
    return [...(this.#live?.values() ?? [])];
  }

  /** The user's own raw entries; a workspace's entries do not count. */
  stored(): readonly unknown[] {
    const value = this.#settings.get('vscodeModels');
    return Array.isArray(value) ? value : [];
  }

  async store(entries: readonly unknown[]): Promise<void> {
    await this.#settings.update('vscodeModels', entries.length === 0 ? undefined : entries);
  }

  #read(): ParsedVscodeModels {
    this.#parsed ??= parseVscodeModels(this.#settings.get('vscodeModels'), VENDOR);
    return this.#parsed;
  }

  /**
   * Fires only for an actual change: VS Code's list includes PILOT's own models, which change with the arms, so that
   * each event would cause the next.
   */
  async #list(): Promise<void> {
    const before = this.#live && outline(this.#live);
    try {
      const models = (await host.lm?.selectChatModels?.()) ?? [];
      const others = models.filter(({ vendor }) => vendor !== VENDOR);
      this.#live = new Map(others.map((model) => [keyOf(model), model]));
    } catch (error) {
      this.#log.error('VS Code could not list its language models', error);
      this.#live ??= new Map();
    }
    if (outline(this.#live) !== before) this.#changed.fire();
  }
}

/** The properties of a model that its arm uses. */
const outline = (models: ReadonlyMap<string, vscode.LanguageModelChat>): string =>
  JSON.stringify([...models].map(([key, { name, maxInputTokens }]) => [key, name, maxInputTokens]));
