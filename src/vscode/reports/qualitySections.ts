/** Learned quality of the models: over the prompts, and against cost with the policy's threshold. */
import * as vscode from 'vscode';
import { planeOf, type Plane, type PlanePoint } from '../../app/usage/plane.ts';
import { qualitySeries, type QualityPoint, type QualitySeries } from '../../app/usage/quality.ts';
import { decades } from '../../app/usage/ticks.ts';
import type { Digest } from '../../app/usage/digest.ts';
import type { Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { usd as dollars } from '../../core/money.ts';
import type { PlotOf } from '../../protocol/report.ts';
import { cost, usd } from '../kit/format.ts';
import { clampUnit, tableFrom, wordsOnly, type BuiltSection, sectionOf } from './built.ts';
import { estimate, modelName, quality } from './names.ts';
import { locale } from '../kit/locale.ts';
import { observationCount, promptCount } from '../words/counts.ts';

const t = vscode.l10n.t;

export const qualityTitle = (): string => t('Quality by model, as it was learned');
export const planeTitle = (): string => t('Quality against cost');

export function qualitySection(digest: Digest, arms: readonly Arm[]): BuiltSection {
  const series = qualitySeries(digest);
  const best = series[0];
  const last = best?.points.at(-1);
  if (!best || !last) return wordsOnly('quality', qualityTitle(), t('Nothing has been asked yet.'));
  const name = (id: ArmId): string => modelName(arms, id);
  interface Row extends QualityPoint {
    readonly armId: ArmId;
  }
  const rows = series.flatMap(({ armId, points }): Row[] => points.map((point) => ({ ...point, armId })));
  const latest = series.flatMap(({ armId, points }): Row[] =>
    points.slice(-1).map((point) => ({ ...point, armId })),
  );
  const columns = [
    {
      label: t('Model'),
      text: (row: Row) => name(row.armId),
      data: ['model', (row: Row) => row.armId] as const,
    },
    { label: '', text: () => '', data: ['prompt', (row: Row) => row.prompt] as const },
    { label: t('Quality'), numeric: true, text: (row: Row) => estimate(row.mean, row.width), data: ['quality', (row: Row) => row.mean] as const }, // prettier-ignore
    { label: '', text: () => '', data: ['uncertainty', (row: Row) => row.width] as const },
    { label: t('Learned from'), numeric: true, text: (row: Row) => row.observations.toFixed(0), data: ['observations', (row: Row) => row.observations] as const }, // prettier-ignore
  ];
  const summary = t('{0} is expected to answer best now: {1} points of 100.', name(best.armId), estimate(last.mean, last.width)); // prettier-ignore
  return {
    section: sectionOf({
      id: 'quality',
      title: qualityTitle(),
      summary,
      note: t(
        'Averaged over stretches of prompts as they came; the bands are one standard uncertainty. Quality is the chance that you keep or like an answer.',
      ),
      plot: linesOf(series, digest.rows.length, name),
      table: tableFrom(latest, columns).table,
    }),
    csv: tableFrom(rows, columns).csv,
  };
}

function linesOf(
  series: readonly QualitySeries[],
  prompts: number,
  name: (id: ArmId) => string,
): PlotOf<'lines'> {
  const all = series.flatMap(({ points }) => points);
  const scale = qualityScale(all.flatMap(({ mean, width }) => [mean - width, mean + width]));
  const x = (prompt: number): number => clampUnit(prompt / Math.max(1, prompts));
  return {
    type: 'lines',
    series: series.map(({ armId, points }) => ({
      name: name(armId),
      points: points.map((point) => ({
        x: x(point.prompt),
        y: scale.at(point.mean),
        low: scale.at(point.mean - point.width),
        high: scale.at(point.mean + point.width),
        said: t('{0} around prompt {1}: {2} points (learned from: {3}).', name(armId), Math.round(point.prompt).toLocaleString(locale()), estimate(point.mean, point.width), observationCount(Math.round(point.observations))), // prettier-ignore
      })),
    })),
    // With few prompts, neighboring quarters would have the same label.
    xTicks: (prompts < 20 ? [0, 1] : [0, 0.25, 0.5, 0.75, 1]).map((at) => ({
      at,
      label: promptTick(at, prompts),
    })),
    yTicks: scale.ticks,
    yLabel: t('Expected quality, points of 100'),
  };
}

const promptTick = (at: number, prompts: number): string =>
  at === 0 ? t('first prompt') : at === 1 ? t('now') : Math.round(at * prompts).toLocaleString(locale());

/** Multiples of ten around all values, so close models remain distinguishable. */
export function qualityScale(values: readonly number[]): {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
} {
  const low = Math.max(0, Math.floor(Math.min(1, ...values) * 10) / 10);
  const high = Math.min(1, Math.max(low + 0.1, Math.ceil(Math.max(0, ...values) * 10) / 10));
  const at = (value: number): number => clampUnit((value - low) / (high - low));
  const step = high - low > 0.5 ? 0.2 : high - low > 0.2 ? 0.1 : 0.05;
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => low + i * step);
  return { at, ticks: ticks.map((tick) => ({ at: at(tick), label: quality(tick) })) };
}

export function planeSection(digest: Digest, arms: readonly Arm[]): BuiltSection {
  const plane = planeOf(digest);
  if (!plane) return wordsOnly('plane', planeTitle(), t('Nothing has been asked yet.'));
  const name = (id: ArmId): string => modelName(arms, id);
  const { table, csv } = tableFrom([...plane.points].sort((a, b) => b.mean - a.mean), [
    { label: t('Model'), text: (row: PlanePoint) => name(row.armId), data: ['model', (row) => row.armId] },
    { label: t('Quality'), numeric: true, text: (row) => estimate(row.mean, row.width), data: ['quality', (row) => row.mean] },
    { label: '', text: () => '', data: ['uncertainty', (row) => row.width] },
    { label: t('Cost of a prompt'), numeric: true, text: (row) => cost(row.cost), data: ['cost_usd', (row) => dollars(row.cost)] },
    { label: t('Worth it now'), text: (row) => (row.worth ? t('yes') : t('no')), data: ['worth', (row) => String(row.worth)] },
  ]); // prettier-ignore
  return {
    section: sectionOf({
      id: 'plane',
      title: planeTitle(),
      summary: priceSentence(plane),
      note: t(
        'Averages ({0}, the newest). Filled: worth its price for most of them.',
        promptCount(plane.prompts),
      ),
      plot: planePlot(plane, name),
      table,
      actions: [{ id: 'profile', label: t('Choose Profile') }],
    }),
    csv,
  };
}

function priceSentence({ price }: Plane): string {
  if (price <= 0) return t('Money is not tight: what is left will last the month, so quality alone decides.');
  return t('A point of quality is worth up to {0} now; models above the line earn their price.', usd((0.01e9 / price) as NanoUsd)); // prettier-ignore
}

/** Cost on a logarithmic axis, since models differ by factors of thousands; free models have a strip of their own. */
function planePlot(plane: Plane, name: (id: ArmId) => string): PlotOf<'plane'> {
  const paid = plane.points.filter((point) => point.cost > 0).map((point) => point.cost / 1e9);
  const ticks = decades(Math.min(...paid), Math.max(...paid));
  const [low = 1e-4, high = 1] = [ticks[0], ticks.at(-1)];
  const free = plane.points.some((point) => point.cost <= 0);
  const strip = free ? 0.12 : 0;
  const inset = free ? 0.06 : 0.02;
  const x = (nano: number): number =>
    nano <= 0
      ? strip / 2
      : clampUnit(
          strip + inset + ((1 - strip - 2 * inset) * Math.log(nano / 1e9 / low)) / Math.log(high / low),
        );
  const scale = qualityScale(plane.points.flatMap(({ mean, width }) => [mean - width, mean + width]));
  const shown = (value: number): boolean => 0 <= value && value <= 1;
  const along = Array.from({ length: 61 }, (_, i) => low * (high / low) ** (i / 60) * 1e9);
  const line = along
    .map((nano) => ({ x: x(nano), required: plane.required(nano) }))
    .filter(({ required }) => shown(required) && scale.at(required) > 0 && scale.at(required) < 1)
    .map((point) => ({ x: point.x, y: scale.at(point.required) }));
  return {
    type: 'plane',
    points: plane.points.map((point) => ({
      name: name(point.armId),
      said: t('{0}: {1} points at {2} a prompt; {3}.', name(point.armId), estimate(point.mean, point.width), cost(point.cost), point.worth ? t('worth its price') : t('mostly not worth its price')), // prettier-ignore
      x: x(point.cost),
      y: scale.at(point.mean),
      low: scale.at(point.mean - point.width),
      high: scale.at(point.mean + point.width),
      worth: point.worth,
    })),
    line: plane.price > 0 ? line : [],
    lineLabel: t('least quality worth paying for'),
    freeUntil: free ? strip : undefined,
    xTicks: [
      ...(free ? [{ at: strip / 2, label: t('free') }] : []),
      ...ticks.map((tick) => ({ at: x(tick * 1e9), label: usd((tick * 1e9) as NanoUsd) })),
    ],
    yTicks: scale.ticks,
    xLabel: t('Expected cost of a prompt'),
    yLabel: t('Expected quality, points of 100'),
  };
}
