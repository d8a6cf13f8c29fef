/** A panel with a report: its texts first, then the newest report. */
import * as vscode from 'vscode';
import {
  parseFromReport,
  type FromReport,
  type Report,
  type ReportStrings,
  type Section,
  type ToReport,
} from '../../protocol/report.ts';
import { WebviewPanel, type WebviewPanelOptions } from '../kit/webviewPanel.ts';

const t = vscode.l10n.t;

export type ReportPanelOptions = Omit<WebviewPanelOptions<FromReport>, 'parse'>;

export class ReportPanel extends WebviewPanel<FromReport, ToReport> {
  constructor(options: ReportPanelOptions, restored: vscode.WebviewPanel | undefined) {
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const ready: typeof options.handlers.ready = (message) => {
      this.post({ type: 'init', strings: strings() });
      return options.handlers.ready(message);
    };
    const handlers = { ...options.handlers, ready };
    super({ ...options, parse: parseFromReport, handlers }, restored ?? column);
  }

  /** `keep` is part of the panel that VS Code restores after a reload (reports/index.ts). */
  show(report: Report, keep?: string): void {
    this.post({ type: 'report', report, keep });
  }

  update(section: Section): void {
    this.post({ type: 'section', section });
  }
}

const strings = (): ReportStrings => ({
  csv: t('Save CSV'),
  csvOf: t('Save CSV: {0}'),
  table: t('Table: {0}'),
  bar: t('Share of the largest'),
  actions: t('What can be done'),
  keys: t('Use the arrow keys to read the values.'),
  reading: t('Point at the plot, or move through it with the arrow keys, to read its values.'),
});
