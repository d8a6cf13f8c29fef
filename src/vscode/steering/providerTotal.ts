/** The user enters the month's total from a provider's own page, which settles the calls without a known bill. */
import * as vscode from 'vscode';
import type { StatedTotal } from '../../app/ports/money.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { nano } from '../../core/money.ts';
import { callCount, usd } from '../kit/format.ts';
import { locale } from '../kit/locale.ts';
import { showInformation, showWarning } from '../kit/notify.ts';
import { askForDollars, tellFailure } from '../money/budgetCommands.ts';
import type { SteeringDeps } from './deps.ts';

const t = vscode.l10n.t;

export async function enterProviderTotal(deps: SteeringDeps): Promise<void> {
  const endpoint = await chooseEndpoint(deps);
  if (endpoint === undefined) return;
  const { ledger } = (await deps.engine()).store;
  const { periodStart } = ledger.summary();
  const month = new Date(periodStart).toLocaleDateString(locale(), { month: 'long', year: 'numeric' });
  const entered = await askForDollars({
    title: t('PILOT: Enter Provider’s Total'),
    prompt: t(
      'What does {0} say PILOT’s calls cost in {1}, in US dollars? Calls whose bill is not known share what is left after the known bills.',
      endpoint,
      month,
    ),
    value: '',
  });
  if (entered === undefined) return;
  const stated = await ledger.stateTotal(nano(entered), endpoint);
  tellFailure(stated, t('Nothing was changed'));
  if (stated.ok) tell(stated.value, endpoint);
}

function tell(stated: StatedTotal, endpoint: string): void {
  if (stated.kind === 'below-bills') {
    void showWarning(
      t(
        'PILOT already knows of bills of {0} from {1} this month. Nothing was changed.',
        usd(stated.known),
        endpoint,
      ),
    );
    return;
  }
  const amount = usd(Math.abs(stated.freed) as NanoUsd);
  void showInformation(
    stated.freed >= 0
      ? t(
          '{0} of {1} settled by the total; {2} can be spent again.',
          callCount(stated.calls),
          endpoint,
          amount,
        )
      : t(
          '{0} of {1} settled by the total; {2} more is counted as spent.',
          callCount(stated.calls),
          endpoint,
          amount,
        ),
  );
}

/** Undefined = canceled. With a single endpoint there is no question. */
async function chooseEndpoint({ models }: SteeringDeps): Promise<string | undefined> {
  // An arm's id begins with its endpoint's id.
  const ids = [...new Set(models.arms.map(({ id }) => id.slice(0, id.indexOf('/'))))];
  if (ids.length <= 1) return ids[0];
  return vscode.window.showQuickPick(ids, {
    title: t('PILOT: Enter Provider’s Total'),
    placeHolder: t('Which provider’s total?'),
  });
}
