/** What is held back, call by call: the user may free it with the provider's bill in hand. */
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { Arm } from '../../core/arm.ts';
import { BELOW_SENT, BELOW_VISIBLE } from '../../core/money/billing.ts';
import { usd as dollars } from '../../core/money.ts';
import { usd } from '../kit/format.ts';
import { tableFrom, wordsOnly, type BuiltSection } from './built.ts';
import { modelName, surfaceName } from './names.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export function holdsSection(holds: readonly LedgerEntry[], arms: readonly Arm[]): BuiltSection {
  const title = t('Held back');
  if (holds.length === 0) return wordsOnly('holds', title, t('Nothing: every call’s bill is known.'));
  const { table, csv } = tableFrom(holds, [
    { label: t('When'), text: ({ at }) => when(at), data: ['at', ({ at }: LedgerEntry) => new Date(at).toISOString()] },
    { label: t('Model'), text: ({ armId }) => modelName(arms, armId), data: ['model', ({ armId }) => armId] },
    { label: t('Surface'), text: ({ purpose }) => surfaceName(purpose), data: ['surface', ({ purpose }) => purpose] },
    { label: t('Why'), text: why, data: ['why', ({ note, source }) => note ?? source ?? ''] },
    { label: t('Shown as spent'), numeric: true, text: ({ cost }) => usd(cost), data: ['cost_usd', ({ cost }) => dollars(cost)] },
    { label: t('Held back'), numeric: true, text: ({ heldBack }) => usd(heldBack), data: ['held_back_usd', ({ heldBack }) => dollars(heldBack)] },
    { label: '', text: () => '', data: ['generation', ({ generationId }) => generationId ?? ''] },
  ], { action: (hold) => releaseOne(hold, arms) }); // prettier-ignore
  return {
    section: {
      id: 'holds',
      title,
      summary: t(
        'Calls that were cancelled or came back without a bill: the rest of what they could cost stays reserved this month.',
      ),
      note: undefined,
      plot: undefined,
      reserve: false,
      table,
      actions: [{ id: 'release', label: t('Release What Is Held Back') }],
    },
    csv,
    act: (action) => vscode.commands.executeCommand('pilot.releaseHolds', ...rowOf(action)),
  };
}

const ROW = 'release:';

const releaseOne = ({ id, armId, at }: LedgerEntry, arms: readonly Arm[]) => ({
  id: ROW + id,
  label: t('Release'),
  said: t('Release what {0} holds back since {1}', modelName(arms, armId), when(at)),
});

/** The call whose row it is; nothing for the section's own action, which is about all of them. */
const rowOf = (action: string): readonly string[] =>
  action.startsWith(ROW) ? [action.slice(ROW.length)] : [];

function why({ note, source }: LedgerEntry): string {
  if (note === BELOW_VISIBLE) return t('it claimed less than was received');
  if (note === BELOW_SENT) return t('it claimed less than was sent');
  return source === 'worst-case' ? t('the window ended before its bill') : t('it came without a bill');
}

const when = (at: number): string =>
  new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
