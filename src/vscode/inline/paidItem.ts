import * as vscode from 'vscode';
import type { Arm } from '../../core/arm.ts';
import type { ChosenFormat } from '../../core/inline/fim/infer.ts';
import type { InlineSettingsReader } from '../settings/inlineSettings.ts';

export interface PaidItemDeps {
  readonly settings: InlineSettingsReader;
  readonly arms: () => readonly Arm[];
  readonly formatOf: (arm: Arm) => ChosenFormat;
}

/**
 * Visible only while completions may cost money; one click turns that off. Its tooltip shows the format for each model,
 * since a wrong guess from the model's name makes a good model look useless.
 */
export function showPaidItem({ settings, arms, formatOf }: PaidItemDeps): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pilot.inline.paid', vscode.StatusBarAlignment.Right, 99);
  item.name = vscode.l10n.t('PILOT: paid inline completions');
  item.text = '$(edit)$(credit-card)';
  const label = vscode.l10n.t('Inline completions may cost money. Click to turn paid ones off.');
  item.accessibilityInformation = { label, role: 'button' };
  item.command = 'pilot.inline.togglePaid';
  const update = (): void => {
    const { enabled, paid } = settings.get();
    item.tooltip = [label, '', ...arms().map((arm) => formatLine(arm, formatOf(arm)))].join('\n');
    if (enabled && paid) item.show();
    else item.hide();
  };
  update();
  return vscode.Disposable.from(
    item,
    settings.onDidChange(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('pilot')) update();
    }),
  );
}

function formatLine({ label }: Arm, { id, source }: ChosenFormat): string {
  if (id === 'local') return vscode.l10n.t('{0}: in this VS Code', label);
  if (id === 'none') return vscode.l10n.t('{0}: not asked for completions', label);
  if (source === 'setting') return vscode.l10n.t('{0}: format {1}, as set', label, id);
  return source === 'name'
    ? vscode.l10n.t('{0}: format {1}, by its name', label, id)
    : vscode.l10n.t('{0}: format {1}, since its name says nothing', label, id);
}
