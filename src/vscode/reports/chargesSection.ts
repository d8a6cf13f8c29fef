/** The most expensive calls of the month, and those whose bill the user disputes: table and CSV have both amounts. */
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { Arm } from '../../core/arm.ts';
import { usd as dollars } from '../../core/money.ts';
import { usd } from '../kit/format.ts';
import { tableFrom, wordsOnly, type BuiltSection, sectionOf } from './built.ts';
import { locale } from '../kit/locale.ts';
import { modelName, surfaceName } from './names.ts';

const t = vscode.l10n.t;

export function chargesSection(charges: readonly LedgerEntry[], arms: readonly Arm[]): BuiltSection {
  const title = t('Largest charges');
  if (charges.length === 0) return wordsOnly('charges', title, t('No call has cost anything this month.'));
  const { table, csv } = tableFrom(charges, [
    { label: t('When'), text: ({ at }) => when(at), data: ['at', ({ at }: LedgerEntry) => new Date(at).toISOString()] },
    { label: t('Model'), text: ({ armId }) => modelName(arms, armId), data: ['model', ({ armId }) => armId] },
    { label: t('Feature'), text: ({ purpose }) => surfaceName(purpose), data: ['surface', ({ purpose }) => purpose] },
    { label: t('Counted'), numeric: true, text: ({ cost }) => usd(cost), data: ['cost_usd', ({ cost }) => dollars(cost)] },
    { label: t('Billed'), numeric: true, text: billedText, data: ['billed_usd', ({ cost, billed }) => dollars(billed ?? cost)] },
    { label: '', text: () => '', data: ['disputed', ({ billed }) => (billed === undefined ? 0 : 1)] },
  ], { action: (charge) => disputeOne(charge, arms) }); // prettier-ignore
  return {
    section: sectionOf({
      id: 'charges',
      title,
      summary: t(
        'You can dispute a bill that cannot be right. The limit then counts the amount you enter, and the bill stays on record.',
      ),
      table,
    }),
    csv,
    act: (action) => vscode.commands.executeCommand('pilot.disputeCharge', action.slice(ROW.length)),
  };
}

const ROW = 'dispute:';

const disputeOne = ({ id, armId, at, cost }: LedgerEntry, arms: readonly Arm[]) => ({
  id: ROW + id,
  label: t('Dispute'),
  said: t('Dispute {0} for {1} of {2}', usd(cost), modelName(arms, armId), when(at)),
});

const billedText = ({ cost, billed }: LedgerEntry): string =>
  billed === undefined ? usd(cost) : t('{0} (disputed)', usd(billed));

const when = (at: number): string =>
  new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
