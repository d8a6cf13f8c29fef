/** One section: title, what it says, the plot and its table side by side, CSV, and what can be done about it. */
import type { ReportStrings, Section } from '../../src/protocol/report.ts';
import { fill, h } from '../ask/dom.ts';
import { PlotBox } from './plot.ts';
import { tableOf } from './table.ts';

export interface SectionHost {
  readonly strings: ReportStrings;
  csv(section: string): void;
  act(section: string, action: string): void;
}

export class SectionElement {
  readonly element: HTMLElement;
  readonly #host: SectionHost;
  #plot: PlotBox | undefined;

  constructor(section: Section, host: SectionHost) {
    this.#host = host;
    this.element = h('section', { 'aria-labelledby': `title-${section.id}` });
    this.show(section);
  }

  show(section: Section): void {
    this.#plot?.dispose();
    this.#plot = undefined;
    const { id, title, summary, note, plot, table, actions } = section;
    if (plot) this.#plot = new PlotBox(plot, summary, this.#host.strings);
    const place = section.reserve ? h('div', { class: 'canvas reserved' }) : undefined;
    const body = [
      this.#plot?.element ?? place,
      table &&
        tableOf(table, title, { strings: this.#host.strings, act: (action) => this.#host.act(id, action) }),
    ].filter((part) => part !== undefined);
    this.element.replaceChildren(
      h('div', { class: 'heading' }, h('h2', { id: `title-${id}` }, title), table && this.#csv(id, title)),
      h('p', { class: 'summary' }, summary),
      ...(body.length === 0 ? [] : [h('div', { class: layoutOf(section) }, ...body)]),
      ...(note === undefined ? [] : [h('p', { class: 'note quiet' }, note)]),
      ...(actions.length === 0 ? [] : [this.#actions(id, actions)]),
    );
    this.element.toggleAttribute('aria-busy', section.reserve);
    if (section.reserve) this.element.setAttribute('aria-busy', 'true');
  }

  dispose(): void {
    this.#plot?.dispose();
  }

  #csv(id: string, title: string): HTMLElement {
    const { csv, csvOf } = this.#host.strings;
    const attributes = { type: 'button', class: 'button secondary', 'aria-label': fill(csvOf, title) };
    return h('button', { ...attributes, on: { click: () => this.#host.csv(id) } }, csv);
  }

  #actions(id: string, actions: Section['actions']): HTMLElement {
    return h(
      'div',
      { class: 'actions' },
      ...actions.map((action) =>
        h(
          'button',
          { type: 'button', class: 'button secondary', on: { click: () => this.#host.act(id, action.id) } },
          action.label,
        ),
      ),
    );
  }
}

/** Beside the plot where the table is narrow enough, else below it. */
function layoutOf({ plot, reserve, table }: Section): string {
  if (!table || !(plot ?? reserve)) return 'alone';
  return table.columns.length > maxBeside ? 'below' : 'beside';
}

const maxBeside = 5;
