/** Lets the user state the actual cost of a call with a wrong bill, among the month's largest charges. */
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { usd } from '../kit/format.ts';
import { locale } from '../kit/locale.ts';
import { showInformation } from '../kit/notify.ts';
import { askForDollars, tellFailure } from '../money/budgetCommands.ts';
import { modelName } from '../reports/names.ts';
import type { SteeringDeps } from './deps.ts';

const t = vscode.l10n.t;

/** `id`: the call; without it the user picks one. */
export async function disputeCharge(deps: SteeringDeps, id?: string): Promise<void> {
  const { ledger, usage } = (await deps.engine()).store;
  const charges = await usage.charges();
  const charge = charges.find((each) => each.id === id) ?? (await pick(deps, charges));
  if (!charge) return;
  const { cost, billed = cost } = charge;
  const entered = await askForDollars({
    title: t('PILOT: Dispute a Charge'),
    prompt: t(
      'What did this call actually cost? Its provider billed {0}. The limit counts what you enter; {0} withdraws a dispute.',
      usd(billed),
    ),
    value: '0',
  });
  if (entered === undefined) return;
  const amount = entered * 1e9 >= billed ? billed : (Math.ceil(entered * 1e9) as NanoUsd);
  tellFailure(await ledger.dispute(charge.id, amount), t('The charge was not disputed'));
}

async function pick(
  { models }: SteeringDeps,
  charges: readonly LedgerEntry[],
): Promise<LedgerEntry | undefined> {
  if (charges.length === 0) {
    void showInformation(t('No call has cost anything this month.'));
    return undefined;
  }
  const items = charges.map((charge) => ({
    label: usd(charge.cost),
    description: modelName(models.arms, charge.armId),
    detail: [when(charge.at), ...(charge.billed === undefined ? [] : [t('{0} (disputed)', usd(charge.billed))])].join(' · '), // prettier-ignore
    charge,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('PILOT: Dispute a Charge'),
    placeHolder: t('The largest charges of this month'),
  });
  return picked?.charge;
}

const when = (at: number): string =>
  new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
