/**
 * A plot's box: of fixed height, drawn again at each width, with its legend and the line that shows the text of its
 * marks.
 */
import type { Plot, ReportStrings } from '../../src/protocol/report.ts';
import { h } from '../ask/dom.ts';
import { drawIntervals, intervalsHeight } from './intervals.ts';
import { drawLines } from './lines.ts';
import { readable, type Drawing } from './marks.ts';
import { drawMonth } from './month.ts';
import { drawPlane } from './plane.ts';
import { svg } from './svg.ts';
import { symbol } from './symbols.ts';

export const plotHeight = 260;

export class PlotBox {
  readonly element: HTMLElement;
  readonly #canvas = h('div', { class: 'canvas' });
  readonly #legend = h('div', { class: 'legend', 'aria-hidden': 'true' });
  readonly #readout = h('p', { class: 'readout quiet', 'aria-hidden': 'true' });
  readonly #plot: Plot;
  readonly #summary: string;
  readonly #strings: ReportStrings;
  readonly #observer: ResizeObserver;
  #width = 0;

  constructor(plot: Plot, summary: string, strings: ReportStrings) {
    this.#plot = plot;
    this.#summary = summary;
    this.#strings = strings;
    this.#canvas.style.height = `${heightOf(plot)}px`;
    this.element = h('div', { class: `plot plot-${plot.type}` }, this.#legend, this.#canvas, this.#readout);
    this.#readout.textContent = strings.reading;
    this.#observer = new ResizeObserver(([entry]) => this.#draw(Math.floor(entry?.contentRect.width ?? 0)));
    this.#observer.observe(this.#canvas);
  }

  dispose(): void {
    this.#observer.disconnect();
  }

  #draw(width: number): void {
    if (width < 60 || width === this.#width) return;
    this.#width = width;
    const height = heightOf(this.#plot);
    const drawing = draw(this.#plot, width, height);
    const figure = svg(
      'svg',
      {
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        role: 'group',
        'aria-label': `${this.#summary} ${this.#strings.keys}`,
      },
      ...drawing.elements,
    );
    const focused = [...this.#canvas.querySelectorAll('.mark')].indexOf(document.activeElement ?? figure);
    readable(figure, drawing.marks, this.#readout);
    this.#canvas.replaceChildren(figure);
    this.#legend.replaceChildren(...drawing.legend.map(legendEntry));
    const again = drawing.marks[focused]?.element;
    again?.setAttribute('tabindex', '0');
    again?.focus();
  }
}

const heightOf = (plot: Plot): number => (plot.type === 'intervals' ? intervalsHeight(plot) : plotHeight);

function draw(plot: Plot, width: number, height: number): Drawing {
  switch (plot.type) {
    case 'month':
      return drawMonth(plot, width, height);
    case 'lines':
      return drawLines(plot, width, height);
    case 'plane':
      return drawPlane(plot, width, height);
    case 'intervals':
      return drawIntervals(plot, width, height);
  }
}

function legendEntry(entry: Drawing['legend'][number]): HTMLElement {
  const sample = svg('svg', { width: 22, height: 12 });
  sample.append(
    entry.symbol !== undefined
      ? symbol(entry.symbol, 11, 6, entry.class)
      : entry.class === 'after'
        ? svg('path', { class: 'after', d: 'M11 1L16 6L11 11L6 6Z' })
        : svg('line', { class: entry.class, x1: 1, x2: 21, y1: 6, y2: 6 }),
  );
  return h('span', {}, sample as unknown as Node, entry.label);
}
