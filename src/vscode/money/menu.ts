import * as vscode from 'vscode';
import type { Settings } from '../settings/settings.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly command: string;
}

/** The effect of each switch of inline completions. There are no completions in Restricted Mode. */
function inlineEntries(settings: Settings): readonly MenuItem[] {
  const t = vscode.l10n.t;
  return [
    {
      label: settings.get('inline.enabled')
        ? t('$(edit) Turn Inline Completions Off')
        : t('$(edit) Turn Inline Completions On'),
      command: 'pilot.inline.toggle',
    },
    {
      label: settings.get('inline.paid')
        ? t('$(credit-card) Turn Paid Inline Completions Off')
        : t('$(credit-card) Turn Paid Inline Completions On'),
      command: 'pilot.inline.togglePaid',
    },
  ];
}

/** The menu of the status bar item. */
export async function showMenu(state: string, settings: Settings): Promise<void> {
  const t = vscode.l10n.t;
  const entries: MenuItem[] = [
    { label: t('$(comment) Ask'), command: 'pilot.ask' },
    ...(vscode.workspace.isTrusted ? inlineEntries(settings) : []),
    { label: t('$(compass) Steer Routing'), command: 'pilot.steer' },
    { label: t('$(graph) Show Spending'), command: 'pilot.showSpending' },
    { label: t('$(dashboard) Set Monthly Limit'), command: 'pilot.setMonthlyLimit' },
    { label: t('$(add) Raise Limit for This Month'), command: 'pilot.raiseLimit' },
    { label: t('$(server) Set Up Models'), command: 'pilot.setUpModels' },
    { label: t('$(output) Show Log'), command: 'pilot.showLog' },
  ];
  const picked = await vscode.window.showQuickPick(entries, { title: `PILOT: ${state}` });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
