import * as vscode from 'vscode';

export const saysSimulated = (label: string): boolean => /simulated/i.test(label);

/** A label as people see it: a simulated model is called so wherever it is named, and once. */
export const shownName = ({
  label,
  simulated,
}: {
  readonly label: string;
  readonly simulated: boolean;
}): string => (simulated && !saysSimulated(label) ? vscode.l10n.t('{0} (simulated)', label) : label);
