import * as vscode from 'vscode';
import type { ModelDraft, PriceOrigin } from '../../app/setup/draft.ts';
import type { RateCard } from '../../core/arm.ts';
import { isFree } from '../../core/arm.ts';
import { atEffort, shownName } from '../kit/armName.ts';
import { locale } from '../kit/locale.ts';

const { t } = vscode.l10n;

/** A model as a line of the picker: name, price, source of the price, context. */
export function describeModel({ model, price, origin, effort }: ModelDraft): {
  label: string;
  description: string;
} {
  const name = model.name ?? model.id;
  const facts = [
    price ? describePrice(price) : t('price unknown'),
    originText(origin),
    model.contextTokens === undefined
      ? ''
      : t('{0} tokens of context', model.contextTokens.toLocaleString(locale())),
  ];
  return {
    label: atEffort(shownName({ label: name, simulated: model.simulated }), effort),
    description: facts.filter((fact) => fact !== '').join(' · '),
  };
}

function describePrice(price: RateCard): string {
  if (isFree(price)) return t('free');
  const usd = (value: number) =>
    value.toLocaleString(locale(), { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
  return t('{0} in, {1} out per million', usd(price.inputUsdPerMTok), usd(price.outputUsdPerMTok));
}

function originText(origin: PriceOrigin | undefined): string {
  switch (origin?.kind) {
    case 'table':
      // Its commit and license are only in the table itself (src/core/models/prices.json).
      return t('{0}, {1}', origin.source.replace(/@.*/, ''), origin.date);
    case 'local':
      return t('runs on this machine');
    case 'settings':
      return t('your own price');
    case 'endpoint':
    case undefined:
      return '';
  }
}
