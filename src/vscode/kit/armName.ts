import * as vscode from 'vscode';
import { effortName, type Arm, type Effort } from '../../core/arm.ts';
import { locale } from './locale.ts';

export const saysSimulated = (label: string): boolean => /simulated/i.test(label);

/** The shown label of an arm: a simulated model is marked as simulated everywhere, once. */
export const shownName = ({
  label,
  simulated,
}: {
  readonly label: string;
  readonly simulated: boolean;
}): string => (simulated && !saysSimulated(label) ? vscode.l10n.t('{0} (simulated)', label) : label);

/** "o4-mini at high effort": one model at one of its efforts, in a sentence. */
export function atEffort(name: string, effort: Effort | undefined): string {
  if (effort === undefined) return name;
  const { t } = vscode.l10n;
  if (typeof effort === 'object')
    return t('{0} with up to {1} tokens of reasoning', name, effort.thinkingTokens.toLocaleString(locale()));
  switch (effort) {
    case 'none':
      return t('{0} without reasoning', name);
    case 'minimal':
      return t('{0} at minimal effort', name);
    case 'low':
      return t('{0} at low effort', name);
    case 'medium':
      return t('{0} at medium effort', name);
    case 'high':
      return t('{0} at high effort', name);
    case 'xhigh':
      return t('{0} at highest effort', name);
  }
}

/** Like `atEffort`; a user's own label stays as it is. */
export function nameAtEffort(arm: Arm): string {
  const { effort } = arm;
  const suffix = effort === undefined ? '' : ` (${effortName(effort)})`;
  if (effort === undefined || !arm.label.endsWith(suffix)) return shownName(arm);
  return atEffort(shownName({ ...arm, label: arm.label.slice(0, -suffix.length) }), effort);
}
