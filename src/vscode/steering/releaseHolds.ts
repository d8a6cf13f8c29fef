/**
 * Releases the amounts reserved for calls without a bill, of all calls or one, for a user who has checked the
 * provider's bill.
 */
import * as vscode from 'vscode';
import type { Ledger, LedgerEntry } from '../../app/ports/money.ts';
import type { NanoUsd, ReservationId } from '../../core/brand.ts';
import { left } from '../../core/money.ts';
import { tellFailure } from '../money/budgetCommands.ts';
import { usd } from '../kit/format.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { modelName } from '../reports/names.ts';
import type { SteeringDeps } from './deps.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

/**
 * `ids`: one call, or the calls of an answer; without them, all calls of this month without a known bill. Each release
 * is confirmed by the user and recorded. Returns the released amount; undefined where none was released.
 */
export async function releaseHolds(
  deps: SteeringDeps,
  ids?: readonly string[],
): Promise<NanoUsd | undefined> {
  const { ledger, usage } = (await deps.engine()).store;
  const holds = (await usage.holds()).filter(({ id }) => ids?.includes(id) ?? true);
  if (holds.length === 0) {
    void showInformation(t('Nothing is reserved for calls that have ended.'));
    return undefined;
  }
  const amount = holds.reduce((sum, hold) => sum + freedBy(hold), 0) as NanoUsd;
  const release = t('Release {0}', usd(amount));
  const detail =
    ids === undefined
      ? t('Check your providers’ bills first. The calls stay counted at their estimated cost; the rest can be spent again this month. A bill that arrives later is still counted in full.')
      : t('Check the bill of {0} first. The call stays counted at its estimated cost; the rest can be spent again this month. A bill that arrives later is still counted in full.', holds.map((hold) => callText(deps, hold)).join('; ')); // prettier-ignore
  const question =
    ids === undefined ? t('Release all reserved money?') : t('Release what this call reserves?');
  const total = t('Enter Provider’s Total…');
  const picked = await showWarning(question, { modal: true, detail }, release, ...(ids === undefined ? [total] : [])); // prettier-ignore
  if (picked === total) await vscode.commands.executeCommand('pilot.enterProviderTotal');
  if (picked !== release) return undefined;
  return releaseEach(ledger, ids === undefined ? ['all'] : holds.map(({ id }) => id));
}

async function releaseEach(
  ledger: Ledger,
  ids: readonly (ReservationId | 'all')[],
): Promise<NanoUsd | undefined> {
  let freed: number | undefined;
  for (const id of ids) {
    const released = await ledger.releaseHold(id, 'released by the user');
    if (!released.ok) {
      tellFailure(
        released,
        freed === undefined ? t('Nothing was released') : t('Not everything was released'),
      );
      break;
    }
    freed = (freed ?? 0) + released.value;
  }
  return freed as NanoUsd | undefined;
}

/** A call left by a crash stands at its worst case; after a release it counts at its expected cost. */
const freedBy = ({ heldBack, cost, expected }: LedgerEntry): NanoUsd =>
  heldBack > 0 ? heldBack : left(cost, expected);

const callText = ({ models }: SteeringDeps, { armId, at, generationId }: LedgerEntry): string => {
  const when = new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
  const call = `${modelName(models.arms, armId)}, ${when}`;
  return generationId === undefined ? call : `${call}, ${generationId}`;
};
