import * as vscode from 'vscode';

export const saysSimulated = (label: string): boolean => /simulated/i.test(label);

/** The shown label of an arm: a simulated model is marked as simulated everywhere, once. */
export const shownName = ({
  label,
  simulated,
}: {
  readonly label: string;
  readonly simulated: boolean;
}): string => (simulated && !saysSimulated(label) ? vscode.l10n.t('{0} (simulated)', label) : label);
