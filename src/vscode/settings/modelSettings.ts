/** The endpoints and arms of the settings, checked once for each change; each problem is shown once. */
import * as vscode from 'vscode';
import { withoutDisproved } from '../../app/setup/prices.ts';
import {
  parseSettings,
  type Endpoint,
  type MisplacedKey,
  type SettingProblem,
} from '../../app/settings/index.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import { PRESETS } from '../../providers/presets.ts';
import { locale } from '../kit/locale.ts';
import type { Settings } from './settings.ts';

const distrustedKey = 'pilot.distrustedPrices';

/** Arms without an endpoint in the settings: VS Code's own language models, the local model. */
export interface ArmSource {
  readonly arms: readonly Arm[];
  readonly problems?: readonly SettingProblem[];
  readonly onDidChange: vscode.Event<unknown>;
}

export class ModelSettings implements vscode.Disposable {
  readonly #settings: Settings;
  readonly #globalState: vscode.Memento;
  readonly #subscription: vscode.Disposable;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when endpoints or arms may have changed. */
  readonly onDidChange = this.#changed.event;
  readonly #elsewhere: readonly ArmSource[];
  #parsed: ReturnType<typeof parseSettings> | undefined;

  constructor(settings: Settings, globalState: vscode.Memento, elsewhere: readonly ArmSource[] = []) {
    this.#settings = settings;
    this.#globalState = globalState;
    this.#elsewhere = elsewhere;
    this.#subscription = vscode.Disposable.from(
      settings.follow(['endpoints', 'models'], () => {
        this.#parsed = undefined;
        this.#changed.fire();
      }),
      ...elsewhere.map(({ onDidChange }) => onDidChange(() => this.#changed.fire())),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  get endpoints(): readonly Endpoint[] {
    return this.#read().endpoints;
  }

  get arms(): readonly Arm[] {
    const distrusted = this.#distrusted();
    const arms = [...this.#read().arms, ...this.#elsewhere.flatMap((source) => source.arms)];
    return distrusted.length === 0 ? arms : withoutDisproved(arms, distrusted);
  }

  get problems(): readonly SettingProblem[] {
    return [...this.#read().problems, ...this.#elsewhere.flatMap(({ problems }) => problems ?? [])];
  }

  get misplacedKeys(): readonly MisplacedKey[] {
    return this.#read().misplacedKeys;
  }

  endpointOf(arm: Arm): Endpoint | undefined {
    return this.endpoints.find(({ id }) => id === arm.endpointId);
  }

  /**
   * A model that counted as free and reported a cost has no known price until the user states one (`withoutDisproved`).
   */
  distrustPrice(arm: ArmId): void {
    if (this.#distrusted().includes(arm)) return;
    void this.#globalState
      .update(distrustedKey, [...this.#distrusted(), arm])
      .then(() => this.#changed.fire());
  }

  /** Also true for an arm that is not set up now, so its provider's listed price is not believed either. */
  distrusts(arm: ArmId): boolean {
    const price = this.arms.find(({ id }) => id === arm)?.price;
    return price === undefined && this.#distrusted().includes(arm);
  }

  trustPrice(arm: ArmId): void {
    if (!this.#distrusted().includes(arm)) return;
    const rest = this.#distrusted().filter((id) => id !== arm);
    void this.#globalState.update(distrustedKey, rest).then(() => this.#changed.fire());
  }

  #distrusted(): readonly unknown[] {
    const stored = this.#globalState.get<unknown>(distrustedKey);
    return Array.isArray(stored) ? stored : [];
  }

  #read(): ReturnType<typeof parseSettings> {
    if (this.#parsed === undefined) {
      const { endpoints, models } = this.#settings;
      this.#parsed = parseSettings({ endpoints, models }, PRESETS);
    }
    return this.#parsed;
  }
}

/** One sentence for an unusable setting: its key, the fault, the value used instead. */
export function settingSentence(problem: SettingProblem): string {
  const t = vscode.l10n.t;
  const wrong = wrongText(problem);
  if (problem.kind === 'not-dollars')
    return t('{0}: {1}; {2} is used instead.', problem.key, wrong, t('0 (free models only)'));
  if (problem.used === '') return t('{0}: {1}; it is ignored.', problem.key, wrong);
  return problem.used === undefined
    ? t('{0}: {1}; the entry is left out.', problem.key, wrong)
    : t('{0}: {1}; {2} is used instead.', problem.key, wrong, problem.used);
}

function wrongText({ kind, found, allowed }: SettingProblem): string {
  const t = vscode.l10n.t;
  switch (kind) {
    case 'missing':
      return t('it is missing');
    case 'wrong-type':
      return t('{0} is not of the type {1}', found, allowed);
    case 'out-of-range':
      return t('{0} is not within {1}', found, allowed);
    case 'not-one-of':
      return t('{0} is not one of {1}', found, allowed);
    case 'not-dollars':
      return t('it must be a number of dollars from 0 to {0}', Number(allowed).toLocaleString(locale()));
    case 'bad-id':
      return t('{0} cannot be an id: letters, digits, dots and dashes only', found);
    case 'bad-url':
      return t('{0} is not a web address that can be used', found);
    case 'bad-header':
      return t('this header cannot be sent');
    case 'bad-variable':
      return t('{0} is not the name of an environment variable', found);
    case 'duplicate':
      return t('{0} is there twice', found);
    case 'no-effort':
      return t('{0} takes no effort', allowed);
    case 'effort-in-name':
      return t('the model’s name already says an effort, {0}', allowed);
    case 'too-many':
      return t('there are more than {0}', allowed);
    case 'unknown-key':
      return t('it is not a known name');
    case 'unknown-endpoint':
      return t('there is no endpoint {0}', found);
    case 'secret-in-settings':
      return t('a key does not belong in settings, where it is synced and shown');
    case 'foreign-variable':
      return t('this environment variable belongs to another endpoint');
  }
}
