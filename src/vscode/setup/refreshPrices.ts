/** "PILOT: Refresh Prices": a preview of the changes from the endpoints' lists; only confirmed changes are written. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import type { PricesRefreshed, RateChange } from '../../app/setup/prices.ts';
import type { Arm } from '../../core/arm.ts';
import type { PriceChange, SuspiciousBecause } from '../../core/models/priceTable.ts';
import { listModels } from '../../providers/openai/models.ts';
import { shownName } from '../kit/armName.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Secrets } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import { showError, showInformation, showWarning } from '../kit/notify.ts';
import { locale } from '../kit/locale.ts';

const { t } = vscode.l10n;

export interface RefreshPricesDeps {
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly secrets: Secrets;
  readonly log: Log;
}

export const registerRefreshPrices = (deps: RefreshPricesDeps): vscode.Disposable =>
  vscode.commands.registerCommand('pilot.refreshPrices', async () => {
    try {
      tell(await run(deps));
    } catch (error) {
      deps.log.error('Refreshing prices failed', error);
      const reason = error instanceof Error ? error.message : String(error);
      void showError(t('PILOT could not change its settings: {0}', reason));
    }
  });

async function run({ settings, models, secrets, log }: RefreshPricesDeps): Promise<PricesRefreshed> {
  // Imported here: the use case loads the price table, which activation must not read.
  const { rateChanges, refreshPrices } = await import('../../app/setup/prices.ts');
  const { arms, endpoints } = models;
  const { signal } = new AbortController();
  return refreshPrices({
    endpoints,
    arms,
    list: (endpoint) =>
      listModels(
        { endpoint, key: () => secrets.key(endpoint), log, mayGoPlain: (each) => secrets.mayGoPlain(each) },
        signal,
      ),
    pick: (changes) => preview(changes, arms, rateChanges),
    settings: {
      models: () => settings.models,
      write: (value) => settings.update('models', value),
    },
    trustPrice: (id) => models.trustPrice(id),
  });
}

type PriceItem = vscode.QuickPickItem & { readonly change: PriceChange };

/** Plausible prices are ticked; a jump is marked with its reason, and is written only if the user ticks it. */
async function preview(
  changes: readonly PriceChange[],
  arms: readonly Arm[],
  rates: (change: PriceChange) => readonly RateChange[],
): Promise<readonly PriceChange[] | undefined> {
  const items = changes.map((change): PriceItem => {
    const arm = arms.find(({ id }) => id === change.armId);
    const name = arm ? shownName(arm) : change.armId;
    const suspicious = change.verdict === 'suspicious';
    return {
      change,
      label: suspicious ? `$(warning) ${name}` : name,
      description: arm?.endpointId ?? '',
      detail: [...(suspicious ? [reasonOf(change.why)] : []), ...rates(change).map(rateText)].join(' · '),
      picked: !suspicious,
    };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('PILOT: Refresh Prices'),
    placeHolder: t('Which new prices should PILOT use? In dollars per million tokens.'),
    canPickMany: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen?.map(({ change }) => change);
}

function rateText({ rate, before, after }: RateChange): string {
  const usd = (value: number | undefined): string =>
    value === undefined ? '–' : `$${value.toLocaleString(locale(), { maximumFractionDigits: 6 })}`;
  return t('{0} {1} → {2}', rateName(rate), usd(before), usd(after));
}

function rateName(rate: RateChange['rate']): string {
  switch (rate) {
    case 'inputUsdPerMTok':
      return t('input');
    case 'outputUsdPerMTok':
      return t('output');
    case 'cachedInputUsdPerMTok':
      return t('cached input');
    case 'cacheWriteUsdPerMTok':
      return t('cache write');
    case 'reasoningUsdPerMTok':
      return t('reasoning');
    case 'requestUsd':
      return t('each request');
  }
}

function reasonOf(why: SuspiciousBecause): string {
  switch (why) {
    case 'ten-times-dearer':
      return t('at least ten times the old price: is that right?');
    case 'ten-times-cheaper':
      return t('a tenth of the old price or less: is that right?');
    case 'now-free':
      return t('listed as free: it would be used without a limit');
    case 'beyond-known-prices':
      return t('more expensive than any known model');
  }
}

function tell({ outcome, nWritten, failed }: PricesRefreshed): void {
  const names = failed.map(({ endpoint }) => endpoint.label).join(', ');
  if (failed.length > 0) void showWarning(t('PILOT got no price list from {0}.', names));
  switch (outcome) {
    case 'no-models':
      void vscode.commands.executeCommand('pilot.setUpModels');
      return;
    case 'nothing-listed':
      if (failed.length === 0)
        void showInformation(t('None of your endpoints lists prices for your models.'));
      return;
    case 'up-to-date':
      void showInformation(t('The prices are those that the endpoints list.'));
      return;
    case 'written':
      void showInformation(t('Prices written to your settings: {0}.', nWritten));
      return;
    case 'cancelled':
      return;
  }
}
