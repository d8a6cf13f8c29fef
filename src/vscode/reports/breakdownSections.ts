/** Spending by model, surface, language, workspace, and by the source of each cost. */
import * as vscode from 'vscode';
import type { Breakdown, ShareRow, SpendReport } from '../../app/usage/spend.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { usd as dollars } from '../../core/money.ts';
import { cost, percent, usd } from '../kit/format.ts';
import { tableFrom, type BuiltSection, sectionOf } from './built.ts';
import { languageName, modelName, sourceName, surfaceName, type WorkspaceNames } from './names.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export interface Naming {
  readonly arms: readonly Arm[];
  readonly workspaces: WorkspaceNames;
}

export const breakdownSections = (report: SpendReport, naming: Naming): readonly BuiltSection[] => [
  breakdown('model', t('By model'), t('Model'), report, (key) => modelName(naming.arms, key as ArmId)),
  breakdown('surface', t('By feature'), t('Feature'), report, surfaceName),
  breakdown('language', t('By language'), t('Language'), report, languageName),
  breakdown('workspace', t('By workspace'), t('Workspace'), report, (key) => naming.workspaces.of(key)),
  breakdown('source', t('How costs are known'), t('Source'), report, sourceName),
];

function breakdown(
  by: Breakdown,
  title: string,
  keyLabel: string,
  report: SpendReport,
  name: (key: string) => string,
): BuiltSection {
  const rows = report.by[by];
  const whole = rows.reduce((sum, row) => sum + row.settled, 0);
  const { table, csv } = tableFrom(
    rows,
    [
      { label: keyLabel, text: (row: ShareRow) => name(row.key), data: [by, (row) => row.key] },
      {
        label: t('Spent'),
        numeric: true,
        text: (row) => cost(row.settled),
        data: ['spent_usd', (row) => dollars(row.settled)],
      },
      { label: t('Share'), numeric: true, text: (row) => (whole > 0 ? percent(row.settled / whole) : '–') },
      {
        label: t('Reserved'),
        numeric: true,
        text: (row) => (reservedOf(row) > 0 ? usd(reservedOf(row)) : '–'),
        data: ['reserved_usd', (row) => dollars(reservedOf(row))],
      },
      {
        label: t('Calls'),
        numeric: true,
        text: (row) => row.calls.toLocaleString(locale()),
        data: ['calls', (row) => row.calls],
      },
      {
        label: t('Tokens in'),
        numeric: true,
        text: (row) => inputTokens(row).toLocaleString(locale()),
        data: ['input_tokens', inputTokens],
      },
      {
        label: t('Tokens out'),
        numeric: true,
        text: (row) => (row.tokens.output + row.tokens.reasoning).toLocaleString(locale()),
        data: ['output_tokens', (row) => row.tokens.output + row.tokens.reasoning],
      },
    ],
    { bar: (row) => row.bar, heldBar: (row) => row.heldBar },
  );
  const first = rows[0];
  const summary = first
    ? t('{0} comes first with {1}.', name(first.key), cost(first.settled))
    : t('Nothing in this month.');
  return {
    section: sectionOf({ id: by, title, summary, table: first && table }),
    csv: first && csv,
  };
}

const reservedOf = ({ heldBack, reserved }: ShareRow): NanoUsd => (heldBack + reserved) as NanoUsd;

const inputTokens = ({ tokens }: ShareRow): number => tokens.input + tokens.cachedInput + tokens.cacheWrite;
