/** The user's models by cost and quality, and the line above which a model is worth its price now. */
import type { PlotOf } from '../../src/protocol/report.ts';
import { cut, makeFrame, textWidth, type Frame } from './frame.ts';
import type { Drawing } from './marks.ts';
import { symbol } from './symbols.ts';
import { path, svg } from './svg.ts';

type Plane = PlotOf<'plane'>;
/** The box of one line of text; y is its base line. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}
interface Name extends Box {
  readonly shown: string;
}

export function drawPlane(plot: Plane, width: number, height: number): Drawing {
  const frame = makeFrame({ ...plot, width, height, left: 40, right: 16 });
  const line = plot.line.map(({ x, y }) => [frame.x(x), frame.y(y)] as const);
  const kindOf = (i: number): string => `series series-${i % 6} ${plot.points[i]?.worth ? '' : 'faint'}`;
  const names = placeNames(frame, plot.points);
  const drawn = plot.points.map((point, i) => {
    const [x, y] = [frame.x(point.x), frame.y(point.y)];
    const kind = kindOf(i);
    const whisker = svg('path', {
      class: `${kind} whisker`,
      d: path([[x, frame.y(point.low)], [x, frame.y(point.high)]]), // prettier-ignore
    });
    const dot = symbol(i, x, y, `${kind} symbol`);
    const place = names?.[i];
    const label = place && svg('text', { class: 'name', x: place.x, y: place.y }, place.shown);
    return { element: svg('g', {}, whisker, dot, ...(label ? [label] : [])), said: point.said };
  });
  const symbols = names ? [] : plot.points.map(({ name }, i) => ({ class: `${kindOf(i)} symbol`, label: name, symbol: i })); // prettier-ignore
  const elements = [
    frame.grid,
    free(frame, plot.freeUntil),
    line.length === 0 ? undefined : svg('path', { class: 'price-line', d: path(line) }),
    ...drawn.map(({ element }) => element),
  ];
  return {
    elements: elements.filter((element) => element !== undefined),
    marks: drawn,
    legend: [...symbols, ...(line.length === 0 ? [] : [{ class: 'price-line', label: plot.lineLabel }])],
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

/**
 * The place of each name beside its dot: right, left, above or below, the first that covers no other name, dot or line
 * of uncertainty. Undefined where a name finds no place: then the legend has the names beside the dots' shapes.
 */
function placeNames(frame: Frame, points: Plane['points']): readonly Name[] | undefined {
  const taken: Box[] = points.flatMap(({ x, y, low, high }) => [
    { x: frame.x(x) - 6, y: frame.y(y) + 5, width: 12 },
    ...whiskerBoxes(frame.x(x), frame.y(high), frame.y(low)),
  ]);
  const names: Name[] = [];
  for (const point of points) {
    const [x, y] = [frame.x(point.x), frame.y(point.y)];
    const shown = cut(point.name, 170);
    const width = textWidth(shown);
    const places: readonly Box[] = [
      { x: x + 9, y: y + 4, width },
      { x: x - 9 - width, y: y + 4, width },
      { x: x - width / 2, y: y - 11, width },
      { x: x - width / 2, y: y + 20, width },
      { x: x + 9, y: y + 18, width },
      { x: x + 9, y: y - 11, width },
    ];
    const inside = (box: Box): boolean =>
      box.x >= frame.left &&
      box.x + box.width <= frame.width &&
      box.y - 10 >= frame.top &&
      box.y <= frame.bottom;
    const place = places.find((box) => inside(box) && taken.every((other) => !overlap(box, other)));
    if (!place) return undefined;
    taken.push(place);
    names.push({ ...place, shown });
  }
  return names;
}

/** A line of uncertainty as a series of text boxes, for the overlap test. */
const whiskerBoxes = (x: number, top: number, bottom: number): Box[] =>
  Array.from({ length: Math.ceil((bottom - top) / lineHeight) + 1 }, (_, i) => ({
    x: x - 2,
    y: Math.min(bottom, top + i * lineHeight) + 5,
    width: 4,
  }));

const lineHeight = 13;
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < lineHeight;
