/**
 * Messages between the extension and its report webviews (usage view, single decision). The extension words and formats
 * everything: a report consists of sections of text, plots and tables, and plots have positions in the unit square, so
 * that the webview formats nothing and has no notion of money. Messages that do not parse are refused.
 */
import { flag, list, maybe, object, parse, text, unit, variants, type Infer } from '../core/shape.ts';

const id = text(200);
const label = text(300);
const sentence = text(2_000);

const tick = object({ at: unit, label });
/** Full text of a mark, for screen readers and below the plot while the mark has the focus. */
const said = text(500);

/**
 * A month: one column a day, the running total, the reserved amount above it, the pace to the limit, and the forecast
 * with its interval.
 */
const month = {
  days: list(
    object({
      label,
      said,
      spent: maybe(unit),
      total: maybe(unit),
      /** The running total including the reserved amount; the plot fills the band between the two. */
      committed: maybe(unit),
      low: maybe(unit),
      high: maybe(unit),
    }),
    31,
  ),
  /** Height of the limit, where the pace line ends. */
  limit: maybe(unit),
  limitLabel: label,
  totalLabel: label,
  reservedLabel: label,
  paceLabel: label,
  forecastLabel: label,
  yTicks: list(tick, 12),
};

const series = object({
  name: label,
  points: list(object({ x: unit, y: unit, low: unit, high: unit, said }), 120),
});
/** Estimates over time, each with a band of one standard uncertainty. */
const lines = { series: list(series, 12), xTicks: list(tick, 12), yTicks: list(tick, 12), yLabel: label };

/** Quality against cost; `line` is the least quality worth paying for at each cost. */
const plane = {
  points: list(object({ name: label, said, x: unit, y: unit, low: unit, high: unit, worth: flag }), 60),
  line: list(object({ x: unit, y: unit }), 100),
  lineLabel: label,
  /** Right end of the strip for free models; undefined = there are none. */
  freeUntil: maybe(unit),
  xTicks: list(tick, 12),
  yTicks: list(tick, 12),
  xLabel: label,
  yLabel: label,
};

/** One row for each estimate: a dot with its interval, and a diamond for the score after its price. */
const intervals = {
  rows: list(
    object({
      name: label,
      said,
      low: unit,
      middle: unit,
      high: unit,
      after: maybe(unit),
      strong: flag,
      faint: flag,
    }),
    60,
  ),
  /** Position of zero, such as zero savings; undefined = not shown. */
  origin: maybe(unit),
  xTicks: list(tick, 12),
  xLabel: label,
  afterLabel: maybe(label),
};

const plot = variants({ month, lines, plane, intervals });
export type Plot = Infer<typeof plot>;
export type PlotOf<T extends Plot['type']> = Extract<Plot, { type: T }>;

const table = object({
  columns: list(object({ label, numeric: flag }), 12),
  rows: list(
    object({
      cells: list(label, 12),
      /** Length of the bar in the row, as a share of the longest, followed by the reserved share. */
      bar: maybe(unit),
      heldBar: maybe(unit),
      /** The row's own action: a button at its end; `said` is its full name. */
      action: maybe(object({ id, label, said })),
    }),
    400,
  ),
});
export type Table = Infer<typeof table>;

const section = object({
  id,
  title: label,
  /** The content of the plot in words: its text alternative. */
  summary: sentence,
  note: maybe(sentence),
  plot: maybe(plot),
  /** Whether to reserve the plot's space while its data is still being read. */
  reserve: flag,
  table: maybe(table),
  /** Actions of the section, as buttons. */
  actions: list(object({ id, label }), 4),
});
export type Section = Infer<typeof section>;

const choice = object({ id, label, options: list(object({ id, label }), 200), chosen: id });
export type ReportChoice = Infer<typeof choice>;

const report = object({
  title: label,
  lead: sentence,
  choices: list(choice, 4),
  tiles: list(object({ label, value: label, detail: label }), 8),
  sections: list(section, 20),
  /** Sections that show only title and summary until the user opens them. */
  folded: list(id, 20),
});
export type Report = Infer<typeof report>;

const strings = object({
  csv: label,
  csvOf: label,
  table: label,
  bar: label,
  actions: label,
  keys: label,
  reading: label,
});
export type ReportStrings = Infer<typeof strings>;

const toReport = variants({
  init: { strings },
  /** Replaces everything. `keep`: what VS Code keeps for the page over a reload, to open the same report again. */
  report: { report, keep: maybe(id) },
  /** Replaces the section with its id, if it is shown. */
  section: { section },
});
export type ToReport = Infer<typeof toReport>;

const fromReport = variants({
  ready: {},
  choose: { id, option: id },
  csv: { section: id },
  /** An action of the section, or of one of its rows. */
  act: { section: id, action: id },
});
export type FromReport = Infer<typeof fromReport>;

export const parseToReport = (value: unknown): ToReport | undefined => parse(toReport, value);
export const parseFromReport = (value: unknown): FromReport | undefined => parse(fromReport, value);
