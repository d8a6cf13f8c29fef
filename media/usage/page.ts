/** A report page: the usage view and the page of one decision differ only in their sections. */
import {
  parseToReport,
  type FromReport,
  type Report,
  type ReportStrings,
  type ToReport,
} from '../../src/protocol/report.ts';
import { h } from '../ask/dom.ts';
import { SectionElement, type SectionHost } from './section.ts';

interface VsCodeApi {
  postMessage(message: FromReport): void;
  setState(state: { readonly keep: string | undefined }): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

class ReportPage {
  readonly #api: VsCodeApi;
  readonly #root: HTMLElement;
  readonly #host: SectionHost;
  #sections = new Map<string, SectionElement>();

  constructor(api: VsCodeApi, root: HTMLElement, strings: ReportStrings) {
    this.#api = api;
    this.#root = root;
    this.#host = {
      strings,
      csv: (section) => api.postMessage({ type: 'csv', section }),
      act: (section, action) => api.postMessage({ type: 'act', section, action }),
    };
  }

  show(report: Report): void {
    const focused = document.activeElement?.id;
    const scrolled = document.scrollingElement?.scrollTop ?? 0;
    for (const section of this.#sections.values()) section.dispose();
    this.#sections = new Map(
      report.sections.map((section) => [
        section.id,
        new SectionElement(section, this.#host, report.folded.includes(section.id)),
      ]),
    );
    this.#root.replaceChildren(
      h(
        'header',
        {},
        h('h1', {}, report.title),
        h('p', { class: 'lead' }, report.lead),
        this.#choices(report),
      ),
      ...(report.tiles.length === 0 ? [] : [tiles(report)]),
      ...[...this.#sections.values()].map(({ element }) => element),
    );
    if (document.scrollingElement) document.scrollingElement.scrollTop = scrolled;
    if (focused !== undefined && focused !== '') document.getElementById(focused)?.focus();
  }

  update(message: Extract<ToReport, { type: 'section' }>): void {
    this.#sections.get(message.section.id)?.show(message.section);
  }

  #choices({ choices }: Report): HTMLElement {
    return h(
      'div',
      { class: 'choices' },
      ...choices.map(({ id, label, options, chosen }) => {
        const change = (event: Event): void => {
          const { value } = event.target as HTMLSelectElement;
          this.#api.postMessage({ type: 'choose', id, option: value });
        };
        const select = h('select', { id: `choice-${id}`, on: { change } });
        for (const option of options) {
          select.append(h('option', { value: option.id, selected: option.id === chosen }, option.label));
        }
        return h('label', { for: `choice-${id}` }, label, select);
      }),
    );
  }
}

const tiles = (report: Report): HTMLElement =>
  h(
    'dl',
    { class: 'tiles' },
    ...report.tiles.map(({ label, value, detail }) =>
      h(
        'div',
        {},
        h('dt', {}, label),
        h('dd', { class: 'value' }, value),
        h('dd', { class: 'quiet' }, detail),
      ),
    ),
  );

/** The page's script calls it once. */
export function startReport(): void {
  const api = acquireVsCodeApi();
  const root = document.getElementById('root');
  if (!root) return;
  let page: ReportPage | undefined;
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parseToReport(data);
    switch (message?.type) {
      case 'init':
        page = new ReportPage(api, root, message.strings);
        return;
      case 'report':
        page?.show(message.report);
        api.setState({ keep: message.keep });
        return;
      case 'section':
        page?.update(message);
        return;
      case undefined:
        // Not a message of this protocol: other scripts of the host post messages too.
        return;
    }
  });
  api.postMessage({ type: 'ready' });
}
