import * as vscode from 'vscode';
import type { SpendReport } from '../../app/usage/spend.ts';
import type { Head } from '../../core/decision.ts';
import { periodOf } from '../../core/money/period.ts';
import type { ReportChoice } from '../../protocol/report.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export interface Chosen {
  /** Undefined = the current month. */
  readonly period: string | undefined;
  /** Undefined = all workspaces. */
  readonly workspaceId: string | undefined;
  readonly head: Head;
}

export function choicesOf(chosen: Chosen, spend: SpendReport, workspaceId: string): readonly ReportChoice[] {
  const shown = spend.month.period.id;
  const ids = [...new Set([shown, ...spend.periods.map(({ period }) => period)])].sort().reverse();
  return [
    {
      id: 'period',
      label: t('Month'),
      options: ids.slice(0, 200).map((id) => ({ id, label: monthName(id) })),
      chosen: shown,
    },
    {
      id: 'scope',
      label: t('Workspaces'),
      options: [
        { id: 'all', label: t('All') },
        { id: 'this', label: t('This one') },
      ],
      chosen: chosen.workspaceId === workspaceId ? 'this' : 'all',
    },
    {
      id: 'head',
      label: t('Learned from'),
      options: [
        { id: 'ask', label: t('Ask and Chat') },
        { id: 'inline', label: t('Inline completions') },
      ],
      chosen: chosen.head,
    },
  ];
}

function monthName(id: string): string {
  const period = periodOf(id);
  return period
    ? new Date(period.start).toLocaleDateString(locale(), { month: 'long', year: 'numeric' })
    : id;
}
