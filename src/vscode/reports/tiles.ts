/** The month in four numbers, above the plots. */
import * as vscode from 'vscode';
import type { SpendReport } from '../../app/usage/spend.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Report } from '../../protocol/report.ts';
import { callCount, day, percent, usd, usdLeft } from '../kit/format.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export function tilesOf({ month, calls, holds }: SpendReport, resetsAt: number): Report['tiles'] {
  const { spent, reserved, available, limit, forecast, running } = month;
  const tiles = [
    {
      label: t('Spent'),
      value: usd(spent),
      detail: callCount(calls),
    },
    {
      label: t('Reserved'),
      value: usd(reserved),
      detail:
        holds.length > 0
          ? holdCount(holds.length)
          : reserved > 0
            ? t('calls whose bill is not known yet')
            : t('every bill is known'),
    },
  ];
  if (!running) return tiles;
  const left = {
    label: t('Available'),
    value: available === undefined ? '–' : usdLeft(available),
    detail:
      limit === undefined
        ? t('no limit set for this view')
        : t('of {0}, resets on {1}', usd(limit), day(resetsAt)),
  };
  const end = {
    label: t('By the end of the month'),
    value: forecast ? t('about {0}', usd(Math.round(forecast.middle) as NanoUsd)) : '–',
    detail:
      forecast && limit !== undefined && limit > 0
        ? t('{0} of the limit', percent(forecast.middle / limit))
        : forecast
          ? t('at this pace')
          : t('needs three whole days'),
  };
  return [tiles[0], tiles[1], left, end].filter((tile) => tile !== undefined);
}

const holdCount = (count: number): string =>
  count === 1
    ? t('1 call whose bill is not known')
    : t('{0} calls whose bill is not known', count.toLocaleString(locale()));
