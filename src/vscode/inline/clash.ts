/** The notice of another extension that suggests code: its name, and the possible actions. */
import * as vscode from 'vscode';
import { ClashWatch } from '../../app/inline/clash.ts';
import type { Rival } from '../../app/inline/clash.ts';
import type { Timers } from '../../app/inline/ports.ts';
import type { Log } from '../../app/ports/environment.ts';
import { showInformation } from '../kit/notify.ts';
import type { InlineSettingsReader } from '../settings/inlineSettings.ts';

const TOLD_KEY = 'pilot.inline.clashesTold';

export function watchForClash(
  settings: InlineSettingsReader,
  state: vscode.Memento,
  { timers, log }: { readonly timers: Timers; readonly log: Log },
): vscode.Disposable {
  const watch = new ClashWatch({
    timers,
    log,
    has: (id) => vscode.extensions.getExtension(id) !== undefined,
    setting: (key) => vscode.workspace.getConfiguration().get<unknown>(key),
    isOn: () =>
      settings.get().enabled &&
      vscode.workspace.getConfiguration('editor').get<unknown>('inlineSuggest.enabled') !== false,
    told: { load: () => state.get<unknown>(TOLD_KEY), save: (names) => void state.update(TOLD_KEY, names) },
    tell: (rival) => tell(rival, settings),
  });
  const check = (): void => watch.check();
  check();
  return vscode.Disposable.from(
    watch,
    vscode.extensions.onDidChange(check),
    // PILOT's own switch, the rival's, or the editor's: the check is the same for each.
    vscode.workspace.onDidChangeConfiguration(check),
  );
}

async function tell(rival: Rival, settings: InlineSettingsReader): Promise<void> {
  const ours = vscode.l10n.t('Turn PILOT’s Off');
  const theirs = vscode.l10n.t('Open {0}’s Setting', rival.name);
  const choice = await showInformation(
    vscode.l10n.t(
      '{0} suggests code as you type, and so does PILOT. With both on, Tab accepts whichever comes first.',
      rival.name,
    ),
    ours,
    theirs,
    vscode.l10n.t('Keep Both'),
  );
  if (choice === ours) await settings.set('enabled', false);
  if (choice === theirs) await vscode.commands.executeCommand('workbench.action.openSettings', rival.setting);
}
