/** One section: title, summary, the plot beside its table, CSV, and its actions. */
import type { ReportStrings, Section } from '../../src/protocol/report.ts';
import { fill, h } from '../ask/dom.ts';
import { PlotBox } from './plot.ts';
import { tableOf } from './table.ts';

export interface SectionHost {
  readonly strings: ReportStrings;
  csv(section: string): void;
  act(section: string, action: string): void;
}

/** Folded sections that the user has opened; they stay open when the report is shown again. */
const opened = new Set<string>();

export class SectionElement {
  readonly element: HTMLElement;
  readonly #host: SectionHost;
  readonly #folded: boolean;
  #plot: PlotBox | undefined;

  constructor(section: Section, host: SectionHost, folded: boolean) {
    this.#host = host;
    this.#folded = folded;
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
    const heading = h('h2', { id: `title-${id}` }, title);
    const result = h('p', { class: 'summary' }, summary);
    const save = table && this.#csv(id, title);
    const rest = [
      ...(body.length === 0 ? [] : [h('div', { class: layoutOf(section) }, ...body)]),
      ...(note === undefined ? [] : [h('p', { class: 'note quiet' }, note)]),
      ...(actions.length === 0 ? [] : [this.#actions(id, actions)]),
    ];
    this.element.replaceChildren(
      ...(this.#folded && rest.length > 0
        ? [fold(id, [heading, result], save ? [h('div', { class: 'save' }, save), ...rest] : rest)]
        : [h('div', { class: 'heading' }, heading, save), result, ...rest]),
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

function fold(id: string, head: readonly HTMLElement[], body: readonly HTMLElement[]): HTMLElement {
  const details: HTMLDetailsElement = h('details', {}, h('summary', {}, ...head), ...body);
  details.open = opened.has(id);
  details.addEventListener('toggle', () => {
    if (details.open) opened.add(id);
    else opened.delete(id);
  });
  return details;
}

/** The table is beside the plot where it is narrow enough, else below it. */
function layoutOf({ plot, reserve, table }: Section): string {
  if (!table || !(plot ?? reserve)) return 'alone';
  return table.columns.length > maxBeside ? 'below' : 'beside';
}

const maxBeside = 5;
