/** Estimates over time with their bands; names are at the lines' ends, and dashes distinguish lines without color. */
import type { PlotOf } from '../../src/protocol/report.ts';
import { cut, labelRoom, makeFrame } from './frame.ts';
import type { Drawing } from './marks.ts';
import { symbol } from './symbols.ts';
import { path, svg } from './svg.ts';

const lineHeight = 14;

export function drawLines(plot: PlotOf<'lines'>, width: number, height: number): Drawing {
  const room = labelRoom(
    plot.series.map(({ name }) => `${name}iiiii`),
    Math.min(190, width * 0.35),
  );
  const frame = makeFrame({ ...plot, width, height, left: 40, right: room });
  const ends = spread(
    plot.series.map(({ points }) => frame.y(points.at(-1)?.y ?? 0)),
    frame.top + 6,
    frame.bottom,
  );
  const elements: SVGElement[] = [frame.grid];
  const marks: Drawing['marks'][number][] = [];
  plot.series.forEach(({ points, name }, i) => {
    const at = points.map(({ x, y }) => [frame.x(x), frame.y(y)] as const);
    const upper = points.map(({ x, high }) => [frame.x(x), frame.y(high)] as const);
    const lower = points.map(({ x, low }) => [frame.x(x), frame.y(low)] as const);
    const kind = `series series-${i % 6}`;
    elements.push(svg('path', { class: `${kind} band`, d: `${path([...upper, ...lower.reverse()])}Z` }));
    elements.push(svg('path', { class: `${kind} line`, d: path(at) }));
    const end = ends[i] ?? 0;
    elements.push(
      symbol(i, frame.right + 9, end - 4, `${kind} symbol`),
      svg('text', { class: 'name', x: frame.right + 18, y: end }, cut(name, room - 18)),
    );
    points.forEach(({ said }, n) => {
      const [x, y] = at[n] ?? [0, 0];
      const element = svg('circle', { class: `${kind} point`, cx: x, cy: y, r: 4 });
      marks.push({ element, said });
      elements.push(element);
    });
  });
  return { elements, marks, legend: [] };
}

/** Positions of the labels, in their order and at least one line's height apart. */
export function spread(wanted: readonly number[], top: number, bottom: number): readonly number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  let last = top - lineHeight;
  for (const entry of order) {
    entry.y = Math.max(entry.y + 4, last + lineHeight);
    last = entry.y;
  }
  let next = bottom + lineHeight;
  for (const entry of [...order].reverse()) {
    entry.y = Math.min(entry.y, next - lineHeight);
    next = entry.y;
  }
  const placed = new Array<number>(wanted.length).fill(0);
  for (const { y, i } of order) placed[i] = y;
  return placed;
}
