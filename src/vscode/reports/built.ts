/** A section with the numbers behind it, so the CSV has the shown values, unrounded. */
import { csv } from '../../app/usage/csv.ts';
import type { Section, Table } from '../../protocol/report.ts';

export interface BuiltSection {
  readonly section: Section;
  /** Undefined where there is nothing to write. */
  readonly csv: (() => string) | undefined;
  /** Runs an action of the section or of a row, by its id. */
  readonly act?: (action: string) => unknown;
}

export interface Column<Row> {
  readonly label: string;
  /** The shown text. */
  readonly text: (row: Row) => string;
  /** The CSV's column, with its own English header; undefined = not written. */
  readonly data?: readonly [header: string, value: (row: Row) => string | number];
  readonly numeric?: boolean;
}

interface RowParts<Row> {
  readonly bar?: (row: Row) => number;
  readonly heldBar?: (row: Row) => number;
  readonly action?: (row: Row) => Table['rows'][number]['action'];
}

export function tableFrom<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { bar, heldBar, action }: RowParts<Row> = {},
): { readonly table: Table; readonly csv: () => string } {
  const shown = columns.filter(({ label }) => label !== '');
  const table: Table = {
    columns: shown.map(({ label, numeric }) => ({ label, numeric: numeric ?? false })),
    rows: rows.slice(0, 400).map((row) => ({
      cells: shown.map(({ text }) => text(row).slice(0, 300)),
      bar: bar && clampUnit(bar(row)),
      heldBar: heldBar && clampUnit(heldBar(row)),
      action: action?.(row),
    })),
  };
  const written = columns.flatMap(({ data }) => (data ? [data] : []));
  const header = written.map(([name]) => name);
  return {
    table,
    csv: () =>
      csv(
        header,
        rows.map((row) => written.map(([, value]) => value(row))),
      ),
  };
}

export const clampUnit = (value: number): number => (value >= 0 ? Math.min(1, value) : 0);

/** A section; what it does not state, it does not have. */
export const sectionOf = (stated: Pick<Section, 'id' | 'title' | 'summary'> & Partial<Section>): Section => ({
  note: undefined,
  plot: undefined,
  reserve: false,
  table: undefined,
  actions: [],
  ...stated,
});

/** A section whose numbers are still being read; it reserves the space of its plot. */
export const pending = (id: string, title: string, summary: string): BuiltSection => ({
  section: sectionOf({ id, title, summary, reserve: true }),
  csv: undefined,
});

/** A section of text only. */
export const wordsOnly = (id: string, title: string, summary: string, note?: string): BuiltSection => ({
  section: sectionOf({ id, title, summary, note }),
  csv: undefined,
});
