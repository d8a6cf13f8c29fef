/** The table as written to CSV; its first column may contain a bar of the row's share. */
import type { ReportStrings, Table } from '../../src/protocol/report.ts';
import { fill, h } from '../ask/dom.ts';
import { svg } from './svg.ts';

export interface TableHost {
  readonly strings: ReportStrings;
  act(action: string): void;
}

export function tableOf(table: Table, title: string, host: TableHost): HTMLElement {
  const barred = table.rows.some(({ bar }) => bar !== undefined);
  const head = table.columns.map(({ label, numeric }) =>
    h('th', { scope: 'col', class: numeric ? 'number' : undefined }, label),
  );
  if (barred)
    head.splice(
      1,
      0,
      h('th', { scope: 'col', class: 'bar' }, h('span', { class: 'sr-only' }, host.strings.bar)),
    );
  const acts = table.rows.some(({ action }) => action !== undefined);
  if (acts) head.push(h('th', { scope: 'col' }, h('span', { class: 'sr-only' }, host.strings.actions)));
  const rows = table.rows.map((row) => {
    const cells = row.cells.map((cell, i) =>
      i === 0
        ? h('th', { scope: 'row' }, cell)
        : h('td', { class: table.columns[i]?.numeric === true ? 'number' : undefined }, cell),
    );
    if (acts) cells.push(h('td', {}, ...(row.action ? [button(row.action, host)] : [])));
    if (barred) cells.splice(1, 0, h('td', { class: 'bar' }, bar(row.bar ?? 0, row.heldBar ?? 0)));
    return h('tr', {}, ...cells);
  });
  return h(
    'div',
    { class: 'table', tabindex: '0', role: 'region', 'aria-label': fill(host.strings.table, title) },
    h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)),
  );
}

const button = (
  { id, label, said }: NonNullable<Table['rows'][number]['action']>,
  host: TableHost,
): HTMLElement =>
  h(
    'button',
    { type: 'button', class: 'link', 'aria-label': said, on: { click: () => host.act(id) } },
    label,
  );

/** Sized in percent of the cell, so it needs no redrawing. */
function bar(share: number, held: number): Node {
  const wide = (value: number): string => `${(value * 100).toFixed(2)}%`;
  return svg(
    'svg',
    { class: 'share', width: '100%', height: 10, 'aria-hidden': 'true' },
    svg('rect', { class: 'part', width: wide(share), height: 10 }),
    held > 0
      ? svg('rect', { class: 'held', x: wide(share), width: wide(Math.min(held, 1 - share)), height: 10 })
      : undefined,
  );
}
