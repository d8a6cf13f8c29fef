/** Freeing what is held back, all of it or one call's: by the user, with the provider's bill in hand. */
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

/** `id`: the one call; without it all that is held back this month. Nothing is freed unasked, all of it is recorded. */
export async function releaseHolds(deps: SteeringDeps, id?: string): Promise<void> {
  const { ledger, usage } = (await deps.engine()).store;
  const holds = (await usage.holds()).filter((hold) => id === undefined || hold.id === id);
  const [first] = holds;
  if (!first) {
    void showInformation(t('Nothing is held back.'));
    return;
  }
  const listed = holds.reduce((sum, hold) => sum + freedBy(hold), 0);
  // The list ends somewhere; what is held does not.
  const amount = Math.max(listed, id === undefined ? ledger.summary().heldBack : 0) as NanoUsd;
  const release = t('Release {0}', usd(amount));
  const detail =
    id === undefined
      ? t('Look at the bills of your providers first: what these calls really cost is not known here, and what you release can be spent again this month.')
      : t('Look at the bill of {0} first: what this call really cost is not known here, and what you release can be spent again this month.', callText(deps, first)); // prettier-ignore
  const question =
    id === undefined ? t('Release what is held back?') : t('Release what this call holds back?');
  const picked = await showWarning(question, { modal: true, detail }, release);
  if (picked !== release) return;
  tellFailure(await ledger.releaseHold(id === undefined ? 'all' : first.id, 'released by the user'), t('Nothing was released')); // prettier-ignore
}

/** A call that a crash left counts as spent at its worst case; released, at what it was expected to cost. */
const freedBy = ({ heldBack, cost, expected }: LedgerEntry): NanoUsd =>
  heldBack > 0 ? heldBack : left(cost, expected);

const callText = ({ models }: SteeringDeps, { armId, at, generationId }: LedgerEntry): string => {
  const when = new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  const call = `${modelName(models.arms, armId)}, ${when}`;
  return generationId === undefined ? call : `${call}, ${generationId}`;
};
