/**
 * Two providers of ghost text make the effect of Tab unpredictable. Each other active provider is reported once: it
 * counts as reported when the user has answered, or the notice was visible as long as VS Code shows one. If the window
 * closes earlier, the next one reports it again.
 */
import type { Disposable, Log } from '../ports/environment.ts';
import type { Timers } from './ports.ts';
import { isObject } from '../../core/shape.ts';

export interface Rival {
  /** The product's name. */
  readonly name: string;
  readonly extensions: readonly string[];
  /** The setting that turns its suggestions while typing off, or the section in which the user finds it. */
  readonly setting: string;
}

/** The editor's information on other providers of suggestions. */
export interface InstalledExtensions {
  /** Installed and enabled extensions; ids as `publisher.name`, in any case. */
  readonly has: (extensionId: string) => boolean;
  /** Undefined where the setting does not exist. */
  readonly setting: (key: string) => unknown;
}

export interface ClashDeps extends InstalledExtensions {
  readonly timers: Timers;
  readonly log: Log;
  /** Whether PILOT itself suggests. */
  readonly isOn: () => boolean;
  /** Names of the rivals reported before. */
  readonly told: { load(): unknown; save(names: readonly string[]): void };
  /** Resolves once the user has answered or closed the notice. */
  readonly tell: (rival: Rival) => Promise<void>;
}

/** Settings from these products' own manifests and documentation, November 2026. */
const RIVALS: readonly Rival[] = [
  rival('GitHub Copilot', 'github.copilot.enable', 'github.copilot', 'github.copilot-chat'),
  rival('Continue', 'continue.enableTabAutocomplete', 'continue.continue'),
  rival('Windsurf', 'codeium.enableConfig', 'codeium.codeium'),
  rival('Tabnine', 'tabnine', 'tabnine.tabnine-vscode'),
  rival('Gemini Code Assist', 'geminicodeassist.inlineSuggestions.enableAuto', 'google.geminicodeassist'),
  rival('Amazon Q', 'amazonQ', 'amazonwebservices.amazon-q-vscode'),
  rival('Supermaven', 'supermaven.enable', 'supermaven.supermaven'),
  rival('Cody', 'cody.autocomplete.enabled', 'sourcegraph.cody-ai'),
  rival('Augment', 'augment.completions.enableAutomaticCompletions', 'augment.vscode-augment'),
  rival('Kilo Code', 'kilo-code.new.autocomplete.enableAutoTrigger', 'kilocode.kilo-code'),
  rival('Tabby', 'tabby.inlineCompletion.triggerMode', 'tabbyml.vscode-tabby'),
  rival('llama.vscode', 'llama-vscode', 'ggml-org.llama-vscode'),
  rival('twinny', 'twinny.autoSuggestEnabled', 'rjmacarthy.twinny'),
];

/** The time for which VS Code shows a message, with a margin for a slow start. */
const READ_MS = 15_000;

export function rivalsOf({ has, setting }: InstalledExtensions): readonly Rival[] {
  return RIVALS.filter((each) => each.extensions.some(has) && suggests(setting(each.setting)));
}

/** No value, or an unknown one, counts as on, since users install such an extension for its suggestions. */
function suggests(value: unknown): boolean {
  if (!isObject(value)) return ![false, 'off', 'manual'].includes(value as never);
  // By language: on for one of them counts as on.
  const byLanguage = value as Readonly<Record<string, unknown>>;
  return byLanguage['*'] !== false || Object.values(byLanguage).includes(true);
}

export class ClashWatch implements Disposable {
  readonly #deps: ClashDeps;
  #telling: Disposable | undefined;
  #isDisposed = false;

  constructor(deps: ClashDeps) {
    this.#deps = deps;
  }

  /** Call it whenever extensions or settings have changed. One notice at a time. */
  check(): void {
    if (this.#isDisposed || this.#telling !== undefined || !this.#deps.isOn()) return;
    const told = namesOf(this.#deps.told.load());
    const found = rivalsOf(this.#deps).find(({ name }) => !told.includes(name));
    if (found !== undefined) this.#tell(found);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#telling?.dispose();
  }

  #tell(rival: Rival): void {
    const noted = (): void => {
      const names = namesOf(this.#deps.told.load());
      if (!this.#isDisposed && !names.includes(rival.name)) this.#deps.told.save([...names, rival.name]);
    };
    const reading = this.#deps.timers.after(READ_MS, noted);
    this.#telling = reading;
    const over = (): void => {
      reading.dispose();
      noted();
      this.#telling = undefined;
      this.check();
    };
    this.#deps
      .tell(rival)
      .catch((error: unknown) => this.#deps.log.error(`The notice of ${rival.name} failed`, error))
      .finally(over);
  }
}

const namesOf = (stored: unknown): readonly string[] =>
  Array.isArray(stored) ? stored.filter((each) => typeof each === 'string') : [];

function rival(name: string, setting: string, ...extensions: readonly string[]): Rival {
  return { name, setting, extensions };
}
