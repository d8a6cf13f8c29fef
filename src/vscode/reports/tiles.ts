/** The month in four numbers, before any plot. */
import * as vscode from 'vscode';
import type { SpendReport } from '../../app/usage/spend.ts';
import type { NanoUsd } from '../../core/brand.ts';
import type { Report } from '../../protocol/report.ts';
import { day, percent, usd } from '../kit/format.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

export function tilesOf({ month, heldBack, calls, holds }: SpendReport, resetsAt: number): Report['tiles'] {
  const { spent, limit, forecast, running } = month;
  const settled = (spent - heldBack) as NanoUsd;
  const tiles = [
    {
      label: t('Spent'),
      value: usd(settled),
      detail: t('{0} calls', calls.toLocaleString(locale())),
    },
    {
      label: t('Held back'),
      value: usd(heldBack),
      detail:
        holds.length === 0
          ? t('every bill is known')
          : t('{0} calls whose bill is not known', holds.length.toLocaleString(locale())),
    },
  ];
  if (!running) return tiles;
  const left = {
    label: t('Left of the limit'),
    value: limit === undefined ? '–' : usd(Math.max(0, limit - spent) as NanoUsd),
    detail:
      limit === undefined
        ? t('no limit set for this view')
        : t('of {0}, anew on {1}', usd(limit), day(resetsAt)),
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
  return [tiles[0], left, end, tiles[1]].filter((tile) => tile !== undefined);
}
