/** Releasing what is reserved for calls without a bill, all of it or one call's, with the provider's bill in hand. */
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { left } from '../../core/money.ts';
import { tellFailure } from '../money/budgetCommands.ts';
import { usd } from '../kit/format.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { modelName } from '../reports/names.ts';
import type { SteeringDeps } from './deps.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

/**
 * `id`: the one call; without it all calls of this month whose bill is not known. Nothing is freed without a question, and
 * all of it is recorded.
 */
export async function releaseHolds(deps: SteeringDeps, id?: string): Promise<void> {
  const { ledger, usage } = (await deps.engine()).store;
  const holds = (await usage.holds()).filter((hold) => id === undefined || hold.id === id);
  const [first] = holds;
  if (!first) {
    void showInformation(t('Nothing is reserved for calls that have ended.'));
    return;
  }
  const amount = holds.reduce((sum, hold) => sum + freedBy(hold), 0) as NanoUsd;
  const release = t('Release {0}', usd(amount));
  const detail =
    id === undefined
      ? t('Check your providers’ bills first. The calls stay counted at their estimated cost; the rest can be spent again this month. A bill that arrives later is still counted in full.')
      : t('Check the bill of {0} first. The call stays counted at its estimated cost; the rest can be spent again this month. A bill that arrives later is still counted in full.', callText(deps, first)); // prettier-ignore
  const question =
    id === undefined ? t('Release all reserved money?') : t('Release what this call reserves?');
  const total = t('Enter Provider’s Total…');
  const picked = await showWarning(question, { modal: true, detail }, release, ...(id === undefined ? [total] : [])); // prettier-ignore
  if (picked === total) await vscode.commands.executeCommand('pilot.enterProviderTotal');
  if (picked !== release) return;
  tellFailure(await ledger.releaseHold(id === undefined ? 'all' : first.id, 'released by the user'), t('Nothing was released')); // prettier-ignore
}

/** A call that a crash left stands at its worst case; released, it counts at what it was expected to cost. */
const freedBy = ({ heldBack, cost, expected }: LedgerEntry): NanoUsd =>
  heldBack > 0 ? heldBack : left(cost, expected);

const callText = ({ models }: SteeringDeps, { armId, at, generationId }: LedgerEntry): string => {
  const when = new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  const call = `${modelName(models.arms, armId)}, ${when}`;
  return generationId === undefined ? call : `${call}, ${generationId}`;
};
