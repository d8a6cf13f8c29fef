import * as vscode from 'vscode';
import type { InlineSettingsReader } from './settings.ts';

/** Visible only while completions may cost money; one click turns that off. */
export function showPaidItem(settings: InlineSettingsReader): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pilot.inline.paid', vscode.StatusBarAlignment.Right, 99);
  item.name = vscode.l10n.t('PILOT: paid inline completions');
  item.text = '$(edit)$(credit-card)';
  item.tooltip = vscode.l10n.t('Inline completions may cost money. Click to turn paid ones off.');
  item.accessibilityInformation = { label: item.tooltip, role: 'button' };
  item.command = 'pilot.inline.togglePaid';
  const update = (): void => {
    const { enabled, paid } = settings.get();
    if (enabled && paid) item.show();
    else item.hide();
  };
  update();
  return vscode.Disposable.from(item, settings.onDidChange(update));
}
