/** The user's models by cost and quality, and the line above which a model is worth its price now. */
import type { PlotOf } from '../../src/usageProtocol.ts';
import { cut, makeFrame, textWidth, type Frame } from './frame.ts';
import type { Drawing } from './plot.ts';
import { symbol } from './symbols.ts';
import { path, svg } from './svg.ts';

type Plane = PlotOf<'plane'>;
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export function drawPlane(plot: Plane, width: number, height: number): Drawing {
  const frame = makeFrame({ ...plot, width, height, left: 40, right: 16 });
  const line = plot.line.map(({ x, y }) => [frame.x(x), frame.y(y)] as const);
  const taken: Box[] = [];
  const drawn = plot.points.map((point, i) => {
    const [x, y] = [frame.x(point.x), frame.y(point.y)];
    const kind = `series series-${i % 6} ${point.worth ? '' : 'faint'}`;
    const whisker = svg('path', {
      class: `${kind} whisker`,
      d: path([[x, frame.y(point.low)], [x, frame.y(point.high)]]), // prettier-ignore
    });
    const dot = symbol(i, x, y, `${kind} symbol`);
    const label = name(frame, taken, x, y, point.name);
    return { element: svg('g', {}, whisker, dot, label), said: point.said };
  });
  const elements = [
    frame.grid,
    free(frame, plot.freeUntil),
    line.length === 0 ? undefined : svg('path', { class: 'price-line', d: path(line) }),
    ...drawn.map(({ element }) => element),
  ];
  return {
    elements: elements.filter((element) => element !== undefined),
    marks: drawn,
    legend: line.length === 0 ? [] : [{ class: 'price-line', label: plot.lineLabel }],
  };
}

const free = (frame: Frame, until: number | undefined): SVGElement | undefined =>
  until === undefined
    ? undefined
    : svg('rect', {
        class: 'free',
        x: frame.x(0),
        y: frame.top,
        width: frame.x(until) - frame.x(0),
        height: frame.bottom - frame.top,
      });

/** Beside the dot where there is room: right, left, above, below; the first that covers no other name. */
function name(frame: Frame, taken: Box[], x: number, y: number, label: string): SVGElement {
  const shown = cut(label, 170);
  const width = textWidth(shown);
  const places: readonly Box[] = [
    { x: x + 9, y: y + 4, width },
    { x: x - 9 - width, y: y + 4, width },
    { x: x - width / 2, y: y - 11, width },
    { x: x - width / 2, y: y + 20, width },
    { x: x + 9, y: y + 18, width },
    { x: x + 9, y: y - 11, width },
  ];
  const inside = (box: Box): boolean => box.x >= frame.left && box.x + box.width <= frame.width;
  const clear = (box: Box): boolean => taken.every((other) => !overlap(box, other));
  const place = places.find((box) => inside(box) && clear(box)) ?? places.find(inside) ?? places[0];
  if (!place) return svg('g');
  taken.push(place);
  return svg('text', { class: 'name', x: place.x, y: place.y }, shown);
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < 13;
