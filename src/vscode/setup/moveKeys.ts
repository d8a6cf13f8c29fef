import * as vscode from 'vscode';
import { withoutMoved } from '../../app/setup/entries.ts';
import type { MisplacedKey } from '../../app/settings/index.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Secrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { showWarning } from '../kit/notify.ts';

const { t } = vscode.l10n;

interface MoveKeysDeps {
  readonly settings: Pick<Settings, 'endpoints' | 'models' | 'update'>;
  readonly models: Pick<ModelSettings, 'endpoints' | 'misplacedKeys'>;
  readonly secrets: Pick<Secrets, 'store'>;
}

/**
 * Settings are synced, shown in screen shares, and committed with dotfiles, so that a key found there is moved to the
 * keyring.
 */
export class MisplacedKeys {
  readonly #deps: MoveKeysDeps;
  /** Endpoints whose refused key was reported: without a keyring, every change of the settings would fail again. */
  readonly #told = new Set<string>();

  constructor(deps: MoveKeysDeps) {
    this.#deps = deps;
  }

  async moveOut(): Promise<void> {
    const { settings, models, secrets } = this.#deps;
    const moved: { readonly key: MisplacedKey; readonly label: string }[] = [];
    const refused = new Map<string, string>();
    for (const key of models.misplacedKeys) {
      const { endpointId, value } = key;
      const endpoint = models.endpoints.find(({ id }) => id === endpointId);
      if (!endpoint) continue;
      if (!(await secrets.store(endpoint, value))) {
        refused.set(endpointId, endpoint.label);
        continue;
      }
      moved.push({ key, label: endpoint.label });
    }
    this.#tellRefused(refused);
    if (moved.length === 0) return;
    // The settings may have changed while the keyring waited.
    const keys = moved.map(({ key }) => key);
    await settings.update('endpoints', withoutMoved(settings.endpoints, models.misplacedKeys, keys));
    const text = t(
      'PILOT moved the key for {0} from the settings to the system keyring. If these settings were synced or shared, renew the key.',
      moved.map(({ label }) => label).join(', '),
    );
    void showWarning(text);
  }

  /** Labels by endpoint. */
  #tellRefused(refused: ReadonlyMap<string, string>): void {
    const fresh = [...refused].filter(([id]) => !this.#told.has(id));
    const [first] = fresh;
    if (first === undefined) return;
    for (const [id] of fresh) this.#told.add(id);
    const way = t('Name an Environment Variable');
    const text = t(
      'The key for {0} is in the settings, where PILOT does not use it, and the system keyring refused it. Use an environment variable instead.',
      fresh.map(([, label]) => label).join(', '),
    );
    void showWarning(text, way).then((picked) => {
      if (picked === way) void vscode.commands.executeCommand('pilot.enterKey', first[0]);
    });
  }
}
