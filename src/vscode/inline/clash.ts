/** Two providers of ghost text make Tab a lottery: said once, with what to do. */
import * as vscode from 'vscode';
import type { InlineSettingsReader } from './settings.ts';
import { showInformation } from '../notify.ts';

interface Rival {
  readonly extension: string;
  readonly name: string;
  /** The setting that turns its inline suggestions off. */
  readonly setting: string;
  /** Undefined = it has no such value, or it is not read: assume it is on. */
  readonly isOn: () => boolean;
}

const copilotOn = (): boolean => {
  const map = vscode.workspace.getConfiguration('github.copilot').get<unknown>('enable');
  return typeof map !== 'object' || map === null || (map as Record<string, unknown>)['*'] !== false;
};
const settingOn = (section: string, key: string) => () =>
  vscode.workspace.getConfiguration(section).get<unknown>(key) !== false;

const RIVALS: readonly Rival[] = [
  { extension: 'github.copilot', name: 'GitHub Copilot', setting: 'github.copilot.enable', isOn: copilotOn },
  {
    extension: 'github.copilot-chat',
    name: 'GitHub Copilot',
    setting: 'github.copilot.enable',
    isOn: copilotOn,
  },
  {
    extension: 'continue.continue',
    name: 'Continue',
    setting: 'continue.enableTabAutocomplete',
    isOn: settingOn('continue', 'enableTabAutocomplete'),
  },
  {
    extension: 'codeium.codeium',
    name: 'Codeium',
    setting: 'codeium.enableConfig',
    isOn: () => true,
  },
  { extension: 'tabnine.tabnine-vscode', name: 'Tabnine', setting: 'tabnine', isOn: () => true },
  {
    extension: 'sourcegraph.cody-ai',
    name: 'Cody',
    setting: 'cody.autocomplete.enabled',
    isOn: settingOn('cody.autocomplete', 'enabled'),
  },
  { extension: 'tabbyml.vscode-tabby', name: 'Tabby', setting: 'tabby', isOn: () => true },
  { extension: 'ggml-org.llama-vscode', name: 'llama.vscode', setting: 'llama-vscode', isOn: () => true },
];

const NOTICED = 'pilot.inline.clashNoticed';

export function watchForClash(settings: InlineSettingsReader, state: vscode.Memento): vscode.Disposable {
  const check = (): void => void noticeOnce(settings, state);
  check();
  return vscode.extensions.onDidChange(check);
}

async function noticeOnce(settings: InlineSettingsReader, state: vscode.Memento): Promise<void> {
  if (!settings.get().enabled || state.get<boolean>(NOTICED) === true) return;
  const rival = RIVALS.find(({ extension, isOn }) => vscode.extensions.getExtension(extension) && isOn());
  if (rival === undefined) return;
  await state.update(NOTICED, true);
  const ours = vscode.l10n.t('Turn PILOT’s Off');
  const theirs = vscode.l10n.t('Open {0}’s Setting', rival.name);
  const choice = await showInformation(
    vscode.l10n.t(
      '{0} suggests code as you type, and so does PILOT. With both on, Tab takes whichever comes first.',
      rival.name,
    ),
    ours,
    theirs,
    vscode.l10n.t('Keep Both'),
  );
  if (choice === ours) await settings.set('enabled', false);
  if (choice === theirs) await vscode.commands.executeCommand('workbench.action.openSettings', rival.setting);
}
