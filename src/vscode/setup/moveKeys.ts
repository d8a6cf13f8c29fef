import * as vscode from 'vscode';
import { withoutField } from '../../app/setup/entries.ts';
import type { ModelSettings } from '../modelSettings.ts';
import type { Secrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import { writeSettings } from './write.ts';
import { showWarning } from '../notify.ts';

interface MoveKeysDeps {
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly secrets: Secrets;
}

/** Settings are synced, shown in screen shares, and committed with dotfiles: a key found there goes to the keyring. */
export async function moveKeysOut({ settings, models, secrets }: MoveKeysDeps): Promise<void> {
  const moved: string[] = [];
  let endpoints = settings.endpoints;
  for (const { endpointId, field, value } of models.misplacedKeys) {
    const endpoint = models.endpoints.find(({ id }) => id === endpointId);
    if (!endpoint || !(await secrets.store(endpoint, value))) continue;
    endpoints = withoutField(endpoints, endpointId, field);
    moved.push(endpoint.label);
  }
  if (moved.length === 0) return;
  await writeSettings(endpoints, settings.models);
  const text = vscode.l10n.t(
    'PILOT moved the key of {0} from the settings to the keyring. If these settings were synced or shared, renew the key.',
    moved.join(', '),
  );
  void showWarning(text);
}
