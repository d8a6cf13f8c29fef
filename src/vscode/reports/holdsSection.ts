/** The amounts held back, call by call: the user may release one after checking the provider's bill. */
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { Arm } from '../../core/arm.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { reservedOf } from '../../core/money/available.ts';
import { BELOW_SENT, BELOW_VISIBLE } from '../../core/money/billing.ts';
import { usd as dollars } from '../../core/money.ts';
import { usd } from '../kit/format.ts';
import { tableFrom, wordsOnly, type BuiltSection, sectionOf } from './built.ts';
import { modelName, surfaceName } from './names.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export function holdsSection(holds: readonly LedgerEntry[], arms: readonly Arm[]): BuiltSection {
  const title = t('Reserved');
  if (holds.length === 0) return wordsOnly('holds', title, t('Nothing: every call’s bill is known.'));
  const { table, csv } = tableFrom(holds, [
    { label: t('When'), text: ({ at }) => when(at), data: ['at', ({ at }: LedgerEntry) => new Date(at).toISOString()] },
    { label: t('Model'), text: ({ armId }) => modelName(arms, armId), data: ['model', ({ armId }) => armId] },
    { label: t('Feature'), text: ({ purpose }) => surfaceName(purpose), data: ['surface', ({ purpose }) => purpose] },
    { label: t('Why'), text: why, data: ['why', ({ note, source }) => note ?? source ?? ''] },
    { label: t('Estimated cost'), numeric: true, text: (hold) => usd(estimateOf(hold)), data: ['estimate_usd', (hold) => dollars(estimateOf(hold))] },
    { label: t('Reserved'), numeric: true, text: (hold) => usd(reservedOf(hold)), data: ['reserved_usd', (hold) => dollars(reservedOf(hold))] },
    { label: '', text: () => '', data: ['generation', ({ generationId }) => generationId ?? ''] },
  ], { action: (hold) => releaseOne(hold, arms) }); // prettier-ignore
  return {
    section: sectionOf({
      id: 'holds',
      title,
      summary: t(
        'Stopped calls and calls without a bill. The most they can have cost stays reserved until the provider reports the bill, you release it, or the month ends.',
      ),
      table,
      actions: [
        { id: 'release', label: t('Release All') },
        { id: 'total', label: t('Enter Provider’s Total') },
      ],
    }),
    csv,
    act: (action) =>
      action === 'total'
        ? vscode.commands.executeCommand('pilot.enterProviderTotal')
        : vscode.commands.executeCommand('pilot.releaseHolds', ...rowOf(action)),
  };
}

const ROW = 'release:';

const releaseOne = ({ id, armId, at }: LedgerEntry, arms: readonly Arm[]) => ({
  id: ROW + id,
  label: t('Release'),
  said: t('Release what is reserved for {0} since {1}', modelName(arms, armId), when(at)),
});

/** The call of the row; empty for the section's own action, which concerns all calls. */
const rowOf = (action: string): readonly string[] =>
  action.startsWith(ROW) ? [action.slice(ROW.length)] : [];

/** A call left by a crash stands at its worst case; after a release it counts at its expected cost. */
export const estimateOf = ({ heldBack, cost, expected }: LedgerEntry): NanoUsd =>
  heldBack > 0 ? cost : (Math.min(cost, expected) as NanoUsd);

function why({ note, source }: LedgerEntry): string {
  if (note === BELOW_VISIBLE) return t('it claimed less than was received');
  if (note === BELOW_SENT) return t('it claimed less than was sent');
  return source === 'worst-case' ? t('the window ended before its bill') : t('it came without a bill');
}

const when = (at: number): string =>
  new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
