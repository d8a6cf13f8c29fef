import * as vscode from 'vscode';
import type { Month, MonthDay } from '../../app/usage/month.ts';
import { decimalsFor, niceTicks } from '../../app/usage/ticks.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { usd as dollars } from '../../core/money.ts';
import type { PlotOf } from '../../protocol/report.ts';
import { axisUsd, callCount, percent, usd } from '../kit/format.ts';
import { clampUnit, tableFrom, type BuiltSection, type Column, sectionOf } from './built.ts';
import { locale } from '../kit/locale.ts';

const t = vscode.l10n.t;

const columnsOf = (): readonly Column<MonthDay>[] => [
  { label: t('Day'), text: ({ at }) => dayName(at), data: ['day', ({ id }: MonthDay) => id] },
  {
    label: t('Spent'),
    numeric: true,
    text: ({ spent }) => (spent ? usd(spent) : '–'),
    data: ['spent_usd', ({ spent }) => dollars(spent ?? (0 as NanoUsd))],
  },
  {
    label: t('Reserved'),
    numeric: true,
    text: ({ reserved }) => (reserved ? usd(reserved) : '–'),
    data: ['reserved_usd', ({ reserved }) => dollars(reserved ?? (0 as NanoUsd))],
  },
  {
    label: t('Total'),
    numeric: true,
    text: ({ total }) => usd(total ?? (0 as NanoUsd)),
    data: ['total_usd', ({ total }) => dollars(total ?? (0 as NanoUsd))],
  },
  {
    label: t('Calls'),
    numeric: true,
    text: ({ calls }) => calls.toLocaleString(locale()),
    data: ['calls', ({ calls }) => calls],
  },
];

const isUsed = ({ calls, spent, reserved }: MonthDay): boolean =>
  calls > 0 || (spent ?? 0) + (reserved ?? 0) > 0;

export function monthSection(month: Month): BuiltSection {
  const come = month.days.filter(({ spent }) => spent !== undefined);
  const columns = columnsOf();
  const { csv } = tableFrom([...come].reverse(), columns);
  // Days without a call are only in the CSV.
  const { table } = tableFrom([...come].reverse().filter(isUsed), columns);
  const section = sectionOf({
    id: 'month',
    title: t('Spend by day'),
    summary: summary(month),
    note: month.forecast
      ? t(
          'The forecast follows your own week: what such days cost over the last four weeks. Its range is right four times in five. The limit cannot be exceeded.',
        )
      : undefined,
    plot: plotOf(month),
    table,
  });
  return { section, csv };
}

function summary({ spent, reserved, limit, forecast, running }: Month): string {
  const parts = [
    limit === undefined || limit === 0
      ? t('{0} spent.', usd(spent))
      : t('{0} of {1} spent ({2}).', usd(spent), usd(limit), percent(spent / limit)),
  ];
  if (reserved > 0) parts.push(t('{0} more is reserved.', usd(reserved)));
  if (forecast) {
    const [low, middle, high] = [forecast.low, forecast.middle, forecast.high].map((n) =>
      usd(Math.round(n) as NanoUsd),
    );
    parts.push(t('At this pace about {0} by the end of the month, probably between {1} and {2}.', middle ?? '', low ?? '', high ?? '')); // prettier-ignore
  } else if (running) {
    parts.push(t('A forecast needs three whole days.'));
  }
  return parts.join(' ');
}

function plotOf(month: Month): PlotOf<'month'> {
  const { days, limit, forecast } = month;
  const reached = Math.max(month.spent + month.reserved, forecast?.high ?? 0);
  const highest = Math.max(reached, limit ?? 0) / 1e9;
  // A limit far above the spending would flatten the chart, so it is left out.
  const showLimit = limit !== undefined && limit > 0 && limit <= 6 * Math.max(reached, 1);
  const top = showLimit ? highest : reached / 1e9;
  const ticks = niceTicks(top > 0 ? top * 1.04 : 0.01);
  const decimals = decimalsFor(ticks);
  const most = (ticks.at(-1) ?? 1) * 1e9;
  const at = (amount: number | undefined): number | undefined =>
    amount === undefined ? undefined : clampUnit(amount / most);
  const limitText = limit === undefined ? '' : t('Limit {0}', usd(limit));
  return {
    type: 'month',
    days: days.map((day) => ({
      label: new Date(day.at).getDate().toLocaleString(locale()),
      said: saidOf(day),
      spent: at(day.spent),
      total: at(day.total),
      committed: month.reserved > 0 ? at(day.committed) : undefined,
      low: at(day.forecast?.low),
      high: at(day.forecast?.high),
    })),
    limit: showLimit ? at(limit) : undefined,
    limitLabel: limitText,
    totalLabel: t('spent so far (columns: each day)'),
    reservedLabel: month.reserved > 0 ? t('reserved') : '',
    paceLabel: showLimit ? t('even pace to the limit') : '',
    forecastLabel: forecast ? t('forecast') : '',
    yTicks: ticks.map((tick) => ({
      at: clampUnit((tick * 1e9) / most),
      label: axisUsd(tick, decimals),
    })),
  };
}

function saidOf({ at, spent, total, forecast, calls }: MonthDay): string {
  const name = dayName(at);
  if (spent !== undefined && total !== undefined) {
    return t('{0}: {1} spent, {2}; {3} so far.', name, usd(spent), callCount(calls), usd(total));
  }
  if (!forecast) return name;
  const [low, high] = [forecast.low, forecast.high].map((amount) => usd(Math.round(amount) as NanoUsd));
  return t('{0}: forecast {1} to {2}.', name, low ?? '', high ?? '');
}

const dayName = (at: number): string =>
  new Date(at).toLocaleDateString(locale(), { weekday: 'short', month: 'short', day: 'numeric' });
