/** Spending by day, its running total, the pace to the limit, and the forecast, all in dollars on one axis. */
import type { PlotOf } from '../../src/protocol/report.ts';
import { makeFrame, type Frame } from './frame.ts';
import type { Drawing } from './marks.ts';
import { path, svg } from './svg.ts';

type Month = PlotOf<'month'>;
type Point = readonly [x: number, y: number];

export function drawMonth(plot: Month, width: number, height: number): Drawing {
  const { days } = plot;
  const count = Math.max(1, days.length);
  const frame = makeFrame({
    width,
    height,
    left: 52,
    right: 12,
    xTicks: days.map(({ label }, i) => ({ at: (i + 0.5) / count, label })),
    yTicks: plot.yTicks,
  });
  const centre = (i: number): number => frame.x((i + 0.5) / count);
  const points = (of: (day: Month['days'][number]) => number | undefined): Point[] =>
    days.flatMap((day, i): Point[] => {
      const value = of(day);
      return value === undefined ? [] : [[centre(i), frame.y(value)]];
    });
  const total = points(({ total: value }) => value);
  const committed = points((day) => day.committed);
  const low = points((day) => day.low);
  const high = points((day) => day.high);
  const columns = days.map((day, i) => column(frame, count, i, day));
  const elements = [
    frame.grid,
    band(low, high),
    reserved(total, committed),
    middle(low, high),
    ...paceAndLimit(frame, plot),
    ...columns.flatMap(({ bar }) => bar ?? []),
    svg('path', { class: 'total', d: path([[frame.x(0), frame.y(0)], ...total]) }),
    lastDot(total),
    ...columns.map(({ hit }) => hit),
  ];
  return {
    elements: elements.filter((element) => element !== undefined),
    marks: days.map(({ said }, i) => ({ element: columns[i]?.hit ?? svg('g'), said })),
    legend: [
      { class: 'total', label: plot.totalLabel },
      { class: 'reserved-band', label: plot.reservedLabel },
      { class: 'pace', label: plot.paceLabel },
      { class: 'forecast', label: plot.forecastLabel },
    ].filter(({ label }) => label !== ''),
  };
}

/** The visible column, and an invisible one of full height for the pointer. */
function column(frame: Frame, count: number, i: number, day: Month['days'][number]) {
  const slot = (frame.right - frame.left) / count;
  const wide = Math.max(1, Math.min(18, slot - 2));
  const at = frame.x((i + 0.5) / count) - wide / 2;
  const hit = svg('rect', {
    class: 'hit',
    x: frame.x(i / count),
    y: frame.top,
    width: slot,
    height: frame.bottom - frame.top,
  });
  if (day.spent === undefined || day.spent <= 0) return { hit, bar: undefined };
  const y = Math.min(frame.y(day.spent), frame.bottom - 1);
  return { hit, bar: svg('rect', { class: 'day', x: at, y, width: wide, height: frame.bottom - y }) };
}

function band(low: readonly Point[], high: readonly Point[]): SVGElement | undefined {
  if (high.length === 0) return undefined;
  return svg('path', { class: 'band', d: `${path([...high, ...[...low].reverse()])}Z` });
}

/** The band of the reserved amount above the spent amount. */
function reserved(total: readonly Point[], committed: readonly Point[]): SVGElement | undefined {
  if (committed.length === 0) return undefined;
  return svg('path', { class: 'reserved-band', d: `${path([...committed, ...[...total].reverse()])}Z` });
}

function middle(low: readonly Point[], high: readonly Point[]): SVGElement | undefined {
  if (high.length === 0) return undefined;
  const points = high.map(([x, y], i): Point => [x, (y + (low[i]?.[1] ?? y)) / 2]);
  return svg('path', { class: 'forecast', d: path(points) });
}

function paceAndLimit(frame: Frame, { limit, limitLabel }: Month): SVGElement[] {
  if (limit === undefined) return [];
  const y = frame.y(limit);
  const above = y > frame.top + 14;
  return [
    svg('line', { class: 'pace', x1: frame.x(0), y1: frame.y(0), x2: frame.right, y2: y }),
    svg('line', { class: 'limit', x1: frame.left, y1: y, x2: frame.right, y2: y }),
    svg('text', { class: 'limit-label', x: frame.left + 6, y: above ? y - 5 : y + 14 }, limitLabel),
  ];
}

function lastDot(total: readonly Point[]): SVGElement | undefined {
  const last = total.at(-1);
  return last && svg('circle', { class: 'now', cx: last[0], cy: last[1], r: 3.5 });
}
