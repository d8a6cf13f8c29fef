import * as vscode from 'vscode';

interface Entry extends vscode.QuickPickItem {
  readonly command: string;
}

/** What a click on the status bar offers; `paidInline` undefined = the switch makes no sense now. */
export async function showMenu(state: string, paidInline: boolean | undefined): Promise<void> {
  const t = vscode.l10n.t;
  const entries: Entry[] = [
    { label: t('$(comment) Ask'), command: 'pilot.ask' },
    ...(paidInline === undefined
      ? []
      : [
          {
            label: paidInline
              ? t('$(circle-slash) Turn Paid Inline Completions Off')
              : t('$(edit) Turn Paid Inline Completions On'),
            command: 'pilot.inline.togglePaid',
          },
        ]),
    { label: t('$(graph) Show Spending'), command: 'pilot.showSpending' },
    { label: t('$(credit-card) Set Monthly Limit'), command: 'pilot.setMonthlyLimit' },
    { label: t('$(add) Raise Limit for This Month'), command: 'pilot.raiseLimit' },
    { label: t('$(server) Set Up Models'), command: 'pilot.setUpModels' },
    { label: t('$(output) Show Log'), command: 'pilot.showLog' },
  ];
  const picked = await vscode.window.showQuickPick(entries, { title: `PILOT: ${state}` });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
