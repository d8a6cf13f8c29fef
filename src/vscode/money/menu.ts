import * as vscode from 'vscode';

interface Entry extends vscode.QuickPickItem {
  readonly command: string;
}

/** There are no completions in Restricted Mode. */
function inlineEntries(): readonly Entry[] {
  const t = vscode.l10n.t;
  return [
    { label: t('$(edit) Turn Inline Completions On or Off'), command: 'pilot.inline.toggle' },
    { label: t('$(credit-card) Turn Paid Inline Completions On or Off'), command: 'pilot.inline.togglePaid' },
  ];
}

/** What a click on the status bar offers. */
export async function showMenu(state: string): Promise<void> {
  const t = vscode.l10n.t;
  const entries: Entry[] = [
    { label: t('$(comment) Ask'), command: 'pilot.ask' },
    ...(vscode.workspace.isTrusted ? inlineEntries() : []),
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
