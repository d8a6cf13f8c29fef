/** The commands of the limit: set it, raise it once, confirm the spent amount after a recovery. */
import * as vscode from 'vscode';
import { dollarsIn, largestDollars } from '../../app/settings/dollars.ts';
import type { Ledger, StorageFault } from '../../app/ports/money.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Result } from '../../core/result.ts';
import { day, usd } from '../kit/format.ts';
import type { Settings } from '../settings/settings.ts';
import { showError, showInformation } from '../kit/notify.ts';
import { storageText } from '../words/storageText.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export interface BudgetDeps {
  readonly settings: Settings;
  readonly ledger: () => Promise<Ledger>;
}

export function registerBudgetCommands(deps: BudgetDeps): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('pilot.setMonthlyLimit', () => setMonthlyLimit(deps)),
    vscode.commands.registerCommand('pilot.raiseLimit', () => raiseLimit(deps)),
    vscode.commands.registerCommand('pilot.confirmSpending', () => confirmSpending(deps)),
  );
}

/** True once a limit is set. */
export async function setMonthlyLimit({ settings }: BudgetDeps): Promise<boolean> {
  const current = settings.limits().monthly;
  const entered = await askForDollars({
    title: t('PILOT: Set Monthly Limit'),
    prompt: limitPrompt(),
    value: current === undefined ? '5' : String(current / 1e9),
  });
  if (entered === undefined) return false;
  await settings.setMonthlyLimit(entered);
  return true;
}

export const limitPrompt = (): string =>
  t('The most PILOT may spend in a calendar month, over all windows and workspaces. 0 = free models only.');

async function raiseLimit(deps: BudgetDeps): Promise<void> {
  const ledger = await deps.ledger();
  const limits = deps.settings.limits();
  if (limits.monthly === undefined) {
    await setMonthlyLimit(deps);
    return;
  }
  const { raisedBy, periodEnd } = ledger.summary();
  const standing = usd((limits.monthly + raisedBy) as NanoUsd);
  const entered = await askForDollars({
    title: t('PILOT: Raise Limit for This Month'),
    prompt: t(
      'Added to {0} for this month only. On {1}, the limit is {2} again.',
      standing,
      day(periodEnd),
      usd(limits.monthly),
    ),
    value: '1',
  });
  if (entered === undefined || entered === 0) return;
  const raised = await ledger.raiseLimit(Math.floor(entered * 1e9) as NanoUsd);
  tellFailure(raised, t('The limit was not raised'));
}

async function confirmSpending(deps: BudgetDeps): Promise<void> {
  const ledger = await deps.ledger();
  const { candidates, state } = ledger.summary();
  if (state !== 'needs-confirmation') {
    void showInformation(t('There is nothing to confirm: the spending ledger is in order.'));
    return;
  }
  const highest = Math.max(0, ...candidates.map(({ total }) => total)) as NanoUsd;
  const known = candidates.map(({ source, total }) => `${source}: ${usd(total)}`).join(', ');
  const entered = await askForDollars({
    title: t('PILOT: Confirm Spending'),
    prompt: t(
      'How much was spent this month? Recovered from the ledger: {0}.',
      known === '' ? t('nothing') : known,
    ),
    value: String(highest / 1e9),
  });
  if (entered === undefined) return;
  const confirmed = await ledger.confirmTotal(Math.ceil(entered * 1e9) as NanoUsd);
  tellFailure(confirmed, t('Nothing was confirmed'));
}

/** `what`: the failed action, as in "The limit was not raised". */
export function tellFailure(result: Result<unknown, StorageFault>, what: string): void {
  if (result.ok) return;
  void showError(t('{0}, because the spending ledger cannot be used: {1}', what, storageText(result.error)));
}

/** Undefined = canceled. */
export async function askForDollars(options: {
  title: string;
  prompt: string;
  value: string;
}): Promise<number | undefined> {
  const entered = await vscode.window.showInputBox({
    ...options,
    ignoreFocusOut: true,
    validateInput: (text) =>
      dollarsIn(text) === undefined
        ? t('Enter an amount in dollars from 0 to {0}.', largestDollars.toLocaleString(locale()))
        : undefined,
  });
  return entered === undefined ? undefined : dollarsIn(entered);
}
