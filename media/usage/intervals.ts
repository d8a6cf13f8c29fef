/** One row for each estimate: a dot with its interval, and a diamond for the score after its price. */
import type { PlotOf } from '../../src/protocol/report.ts';
import { cut, labelRoom, makeFrame } from './frame.ts';
import type { Drawing } from './marks.ts';
import { path, svg } from './svg.ts';

const rowHeight = 26;

export function intervalsHeight(plot: PlotOf<'intervals'>): number {
  return plot.rows.length * rowHeight + 48;
}

export function drawIntervals(plot: PlotOf<'intervals'>, width: number, height: number): Drawing {
  const names = plot.rows.map(({ name }) => name);
  const left = labelRoom(names, width * 0.38);
  const frame = makeFrame({
    width,
    height,
    left,
    right: 16,
    xTicks: plot.xTicks,
    xLabel: plot.xLabel,
  });
  const step = (frame.bottom - frame.top) / Math.max(1, plot.rows.length);
  const rows = plot.rows.map((row, i) => {
    const y = frame.top + (i + 0.5) * step;
    const kind = row.strong ? 'strong' : row.faint ? 'faint' : '';
    const element = svg(
      'g',
      { class: `interval ${kind}` },
      svg('rect', { class: 'hit', x: 0, y: y - step / 2, width, height: step }),
      svg('text', { class: 'name', x: left - 8, y: y + 4, 'text-anchor': 'end' }, cut(row.name, left - 8)),
      svg('path', {
        class: 'whisker',
        d: path([[frame.x(row.low), y], [frame.x(row.high), y]]), // prettier-ignore
      }),
      svg('circle', { class: 'dot', cx: frame.x(row.middle), cy: y, r: 4.5 }),
      ...(row.after === undefined ? [] : charge(frame.x(row.middle), frame.x(row.after), y)),
    );
    return { element, said: row.said };
  });
  const guides = plot.xTicks.map(({ at }) =>
    svg('line', { class: 'guide', x1: frame.x(at), x2: frame.x(at), y1: frame.top, y2: frame.bottom }),
  );
  const origin =
    plot.origin === undefined
      ? []
      : [svg('line', { class: 'origin', x1: frame.x(plot.origin), x2: frame.x(plot.origin), y1: frame.top, y2: frame.bottom })]; // prettier-ignore
  return {
    elements: [
      svg('g', { class: 'grid' }, ...guides),
      frame.grid,
      ...origin,
      ...rows.map((row) => row.element),
    ],
    marks: rows,
    legend: plot.afterLabel === undefined ? [] : [{ class: 'after', label: plot.afterLabel }],
  };
}

/** The line from the dot to the score after the price; omitted where it would only hide the dot. */
function charge(from: number, to: number, y: number): SVGElement[] {
  if (Math.abs(from - to) < 2) return [];
  return [svg('line', { class: 'charge', x1: from, x2: to, y1: y, y2: y }), diamond(to, y)];
}

const diamond = (x: number, y: number): SVGElement =>
  svg('path', {
    class: 'after',
    d: `${path([[x, y - 5], [x + 5, y], [x, y + 5], [x - 5, y]])}Z`, // prettier-ignore
  });
