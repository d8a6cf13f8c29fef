/** Export and import: the content of the file, the changes it makes, and one sentence for each fault in it. */
import * as vscode from 'vscode';
import type { ExchangeFile } from '../../app/exchange/exchange.ts';
import { exchangeVersion, maxFileBytes } from '../../app/exchange/exchange.ts';
import {
  applyImport,
  exportCsv,
  exportJson,
  readImport,
  type Imported,
  type ImportProblem,
} from '../../app/exchange/portable.ts';
import type { ImportedTotals } from '../../app/ports/money.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { periodAt } from '../../core/money/period.ts';
import { callCount, usd } from '../kit/format.ts';
import { saveText } from '../kit/saveText.ts';
import { staysOpen } from './commands.ts';
import type { SteeringDeps } from './deps.ts';
import { showError, showInformation, showWarning } from '../kit/notify.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export async function exportCommand(deps: SteeringDeps): Promise<void> {
  const engine = await deps.engine();
  const picked = await vscode.window.showQuickPick(
    [
      { label: t('JSON: what was learned, and the ledger'), detail: t('Can be imported again.'), as: 'json' as const },
      { label: t('CSV: the ledger'), detail: t('For a spreadsheet.'), as: 'csv' as const },
    ],
    { title: t('PILOT: Export'), ...staysOpen },
  ); // prettier-ignore
  if (!picked) return;
  const content = picked.as === 'json' ? await exportJson(engine, deps.clock.now()) : await exportCsv(engine);
  await saveText(picked.as === 'json' ? 'pilot-export.json' : 'pilot-ledger.csv', content, picked.as);
}

export async function importCommand(deps: SteeringDeps): Promise<void> {
  const engine = await deps.engine();
  const [uri] =
    (await vscode.window.showOpenDialog({ title: t('PILOT: Import'), filters: { JSON: ['json'] } })) ?? [];
  if (!uri) return;
  const now = deps.clock.now();
  const read = await readFile(uri, now);
  if (!read.ok) {
    tell(read.error);
    return;
  }
  const what = await choose(read.value, now);
  if (!what) return;
  const applied = await applyImport(engine, read.value, what);
  if (!applied.ok) tell(applied.error);
  else if (applied.value.totals?.missing === undefined) void showInformation(doneText(applied.value));
  else void showWarning(doneText(applied.value));
}

async function readFile(uri: vscode.Uri, now: number): Promise<ReturnType<typeof readImport>> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) return { ok: false, error: { kind: 'too-large' } };
  return readImport(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), now);
}

/** The user chooses the parts to import; each shows what it changes. */
async function choose(
  file: ExchangeFile,
  now: number,
): Promise<{ readonly learnt: boolean; readonly ledger: boolean } | undefined> {
  const month = periodAt(now).id;
  const thisMonth = file.entries
    .filter(({ period }) => period === month)
    .reduce((sum, { cost }) => sum + cost, 0);
  const parts = [
    ...(file.learnt === undefined
      ? []
      : [{ label: t('What was learned'), detail: t('Replaces what was learned here.'), part: 'learnt' as const, picked: true }]),
    ...(file.entries.length === 0
      ? []
      : [
          {
            label: t('The ledger: {0}', callCount(file.entries.length)),
            detail:
              thisMonth > 0
                ? t('{0} of it counts toward this month’s limit. Calls that are already here are left out.', usd(thisMonth as NanoUsd))
                : t('Calls that are already here are left out.'),
            part: 'ledger' as const,
            picked: true,
          },
        ]),
  ]; // prettier-ignore
  const exported = new Date(file.exportedAt).toLocaleDateString(locale());
  const picked = await vscode.window.showQuickPick(parts, {
    canPickMany: true,
    ...staysOpen,
    title: file.holdsSettings
      ? t('Import from {0}? Prices, limits and settings in the file are not imported.', exported)
      : t('Import from {0}?', exported),
  });
  if (!picked || picked.length === 0) return undefined;
  const has = (part: 'learnt' | 'ledger'): boolean => picked.some((each) => each.part === part);
  return { learnt: has('learnt'), ledger: has('ledger') };
}

/** What was imported, and that the rest is missing where the import broke off. */
export function doneText({ learnt, totals }: Imported): string {
  const parts = [
    ...(learnt ? [t('What was learned was imported.')] : []),
    ...(totals ? [addedText(totals)] : []),
    ...(totals?.missing === undefined ? [] : [missingText(totals.missing)]),
  ];
  return parts.length > 0 ? parts.join(' ') : t('Nothing was imported.');
}

const addedText = ({ added, spent }: ImportedTotals): string =>
  added === 1
    ? t('1 call ({0}) was added to the ledger.', usd(spent))
    : t('{0} calls ({1}) were added to the ledger.', added.toLocaleString(locale()), usd(spent));

const missingText = (rows: number): string =>
  rows === 1
    ? t('Then the ledger became unavailable: 1 call in the file was not added. Import the file again to add it; what is already there is not counted twice.')
    : t('Then the ledger became unavailable: {0} calls in the file were not added. Import the file again to add them; what is already there is not counted twice.', rows.toLocaleString(locale())); // prettier-ignore

const tell = (problem: ImportProblem): void => void showError(problemText(problem));

export function problemText(problem: ImportProblem): string {
  switch (problem.kind) {
    case 'too-large':
      return t('This file is larger than anything PILOT exports; nothing was imported.');
    case 'truncated':
      return t('This file is incomplete; nothing was imported.');
    case 'foreign':
      return t('This is not a file that PILOT exported; nothing was imported.');
    case 'older':
      return t(
        'This file has version {0}, which is too old to be read; nothing was imported.',
        problem.version,
      );
    case 'newer':
      return t('This file has version {0}, and this PILOT reads up to {1}; nothing was imported. Please update PILOT.', problem.version, exchangeVersion); // prettier-ignore
    case 'damaged':
      return t('{0} in this file is not valid; nothing was imported.', problem.where);
    case 'learnt-unusable':
      return t('What was learned in this file belongs to another version of PILOT; nothing was imported.');
    case 'ledger-unavailable':
      return t('The ledger cannot be used now; nothing was imported.');
  }
}
