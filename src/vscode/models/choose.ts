/**
 * Chooses the VS Code language models that PILOT may use, and how each is paid. The choice is the user's consent: the
 * text names the destination of the prompts, nothing is requested before, and VS Code asks for its own consent at the
 * first prompt.
 */
import * as vscode from 'vscode';
import { keyOf, type VscodeModels } from './vscodeModels.ts';
import { showInformation } from '../kit/notify.ts';
import { locale } from '../kit/locale.ts';
import { isRecord } from '../../core/shape.ts';

const { t } = vscode.l10n;

interface ModelItem extends vscode.QuickPickItem {
  readonly key: string;
}

export async function chooseVscodeModels(models: VscodeModels): Promise<void> {
  const offered = await models.list();
  const stored = models.stored();
  if (offered.length === 0 && stored.length === 0) {
    await showInformation(t('VS Code has no language models of other extensions at the moment.'));
    return;
  }
  const chosen = await pickModels(offered, stored);
  if (!chosen) return;
  const entries: unknown[] = [];
  for (const { key, label } of chosen) {
    const entry = stored.find((one) => modelOf(one) === key) ?? (await newEntry(key, label));
    if (!entry) return;
    entries.push(entry);
  }
  await models.store(entries);
}

/** A model that is set up but absent now (its extension is off) stays in the list, so it is not lost unnoticed. */
function pickModels(
  offered: readonly vscode.LanguageModelChat[],
  stored: readonly unknown[],
): Thenable<readonly ModelItem[] | undefined> {
  const keys = new Set(stored.map(modelOf));
  const items = offered.map((model): ModelItem => {
    const key = keyOf(model);
    const detail = t('{0} tokens of input', model.maxInputTokens.toLocaleString(locale()));
    return { key, label: model.name, description: key, detail, picked: keys.has(key) };
  });
  const known = new Set(items.map(({ key }) => key));
  const absent = [...keys].flatMap((key): ModelItem[] =>
    key === undefined || known.has(key)
      ? []
      : [{ key, label: key, description: t('not there at the moment'), picked: true }],
  );
  return vscode.window.showQuickPick([...items, ...absent], {
    title: t('Language Models of VS Code That PILOT May Ask'),
    placeHolder: t('Prompts go to the extension that provides the model'),
    canPickMany: true,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
}

/** Undefined = the user canceled, and nothing changes. */
async function newEntry(model: string, label: string): Promise<object | undefined> {
  const payments = [
    // First: pressing Enter at once must not mark a model as free.
    {
      label: t('A price for each request'),
      detail: t('It counts against the monthly limit'),
      how: 'request',
    },
    {
      label: t('My plan covers it'),
      detail: t('It counts as free and is never stopped by the limit'),
      how: 'plan',
    },
    { label: t('Decide later'), detail: t('PILOT does not use it until then'), how: 'later' },
  ] as const;
  const options = { title: t('How Is {0} Paid?', label), ignoreFocusOut: true };
  const payment = await vscode.window.showQuickPick(payments, options);
  if (!payment) return undefined;
  if (payment.how === 'later') return { model };
  if (payment.how === 'plan') return { model, coveredByPlan: true };
  const requestUsd = await askPrice(label);
  return requestUsd === undefined ? undefined : { model, requestUsd };
}

async function askPrice(label: string): Promise<number | undefined> {
  const given = await vscode.window.showInputBox({
    title: t('Price of One Request to {0}', label),
    prompt: t('In USD, as your plan bills it; for example 0.04'),
    ignoreFocusOut: true,
    validateInput: (value) => (isPrice(value) ? undefined : t('Enter a number from 0 to 1000.')),
  });
  return given === undefined ? undefined : Number(given.trim().replace(',', '.'));
}

function isPrice(value: string): boolean {
  const usd = Number(value.trim().replace(',', '.'));
  return value.trim() !== '' && 0 <= usd && usd <= 1000;
}

function modelOf(entry: unknown): string | undefined {
  const model = isRecord(entry) ? entry['model'] : undefined;
  return typeof model === 'string' ? model : undefined;
}
