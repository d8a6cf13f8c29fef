/** A report webview as a pipe: checked messages in, the newest report out. What is no message is refused and counted. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import {
  parseFromReport,
  type FromReport,
  type Report,
  type ReportStrings,
  type Section,
  type ToReport,
} from '../../protocol/report.ts';
import { Refusals } from '../kit/refusals.ts';
import { webviewHtml, webviewRoot } from '../kit/html.ts';

const t = vscode.l10n.t;

export interface ReportHandlers {
  /** The page is there, for the first time or again after it was hidden. */
  readonly onReady: () => void;
  readonly onMessage: (message: Exclude<FromReport, { type: 'ready' }>) => void;
  readonly onClosed: () => void;
}

export interface ReportPanelOptions {
  readonly extensionUri: vscode.Uri;
  /** The page's script and style sheet. */
  readonly page: 'usage' | 'decision';
  readonly title: string;
  readonly log: Log;
}

export class ReportPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions: readonly vscode.Disposable[];
  #ready = false;
  readonly #refused: Refusals;

  constructor(panel: vscode.WebviewPanel, options: ReportPanelOptions, handlers: ReportHandlers) {
    const { extensionUri, page, title, log } = options;
    this.#panel = panel;
    this.#refused = new Refusals(`The ${page} page`, log);
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'pilot.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parseFromReport(value);
        if (!message) this.#refused.add();
        else if (message.type !== 'ready') handlers.onMessage(message);
        else this.#start(handlers);
      }),
      panel.onDidChangeViewState(() => {
        // A hidden webview is destroyed; it says `ready` again when it comes back.
        if (!panel.visible) this.#ready = false;
      }),
      panel.onDidDispose(() => {
        this.#ready = false;
        handlers.onClosed();
      }),
    ];
    panel.webview.html = webviewHtml(panel.webview, extensionUri, page, title);
  }

  static open(options: ReportPanelOptions, handlers: ReportHandlers): ReportPanel {
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const type = `pilot.${options.page}`;
    const panel = vscode.window.createWebviewPanel(type, options.title, column, { enableScripts: true });
    return new ReportPanel(panel, options, handlers);
  }

  get ready(): boolean {
    return this.#ready;
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  /** `keep` comes back with the panel that VS Code restores after a reload (reports/index.ts). */
  show(report: Report, keep?: string): void {
    this.#post({ type: 'report', report, keep });
  }

  update(section: Section): void {
    this.#post({ type: 'section', section });
  }

  dispose(): void {
    this.#panel.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #start(handlers: ReportHandlers): void {
    this.#ready = true;
    this.#post({ type: 'init', strings: strings() });
    handlers.onReady();
  }

  #post(message: ToReport): void {
    if (this.#ready) void this.#panel.webview.postMessage(message);
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
