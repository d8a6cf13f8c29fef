/**
 * A panel with one of PILOT's pages: passes each checked message of the page to its handler, and sends messages while
 * the page is loaded. Messages that are not of the page's protocol are refused and counted.
 */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import { webviewHtml, webviewRoot } from './html.ts';
import { showError } from './notify.ts';
import { panelType, type Page } from './panelType.ts';
import { Refusals } from './refusals.ts';

/** One handler for each type of message; the compiler checks that none is missing. */
export type MessageHandlers<Message extends { readonly type: string }> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { readonly type: Type }>) => unknown;
};

export interface WebviewPanelOptions<From extends { readonly type: string }> {
  readonly extensionUri: vscode.Uri;
  /** The page's script and style sheet, and the panel's type. */
  readonly page: Page;
  readonly title: string;
  readonly log: Log;
  readonly parse: (value: unknown) => From | undefined;
  /** `ready`: the page is loaded, for the first time or again after it was hidden. */
  readonly handlers: MessageHandlers<From>;
  /** Called when the page is hidden, which destroys it. */
  readonly onHidden?: () => void;
  readonly onActive?: () => void;
  readonly onClosed: () => void;
}

export class WebviewPanel<From extends { readonly type: string }, To> implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #options: WebviewPanelOptions<From>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #ready = false;

  /** `panel`: the column for a new one, or the panel that VS Code restored. */
  constructor(options: WebviewPanelOptions<From>, panel: vscode.ViewColumn | vscode.WebviewPanel) {
    const { extensionUri, page, title, log, parse } = options;
    this.#options = options;
    this.#panel =
      typeof panel === 'object'
        ? panel
        : vscode.window.createWebviewPanel(panelType(page), title, panel, { enableScripts: true });
    const { webview } = this.#panel;
    this.#panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'pilot.svg');
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const refused = new Refusals(`The ${page} page`, log);
    this.#subscriptions = [
      webview.onDidReceiveMessage((value: unknown) => {
        const message = parse(value);
        if (message) void this.#handle(message);
        else refused.add();
      }),
      this.#panel.onDidChangeViewState(() => {
        if (!this.#panel.visible) this.#hidden();
        if (this.#panel.active) options.onActive?.();
      }),
      this.#panel.onDidDispose(() => {
        this.#hidden();
        options.onClosed();
      }),
    ];
    webview.html = webviewHtml(webview, extensionUri, page, title);
  }

  /** Nothing is sent before the page is ready: it then gets the whole content. */
  get ready(): boolean {
    return this.#ready;
  }

  get active(): boolean {
    return this.#panel.active;
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  post(message: To): void {
    if (this.#ready) void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#panel.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #handle(message: From): Promise<void> {
    const { handlers, page, log } = this.#options;
    const type: From['type'] = message.type;
    if (type === 'ready') this.#ready = true;
    try {
      await handlers[type](message as never);
    } catch (error) {
      log.error(`The ${page} page's "${type}" failed`, error);
      void showError(vscode.l10n.t('PILOT could not do that. The log has the details.'));
    }
  }

  #hidden(): void {
    this.#ready = false;
    this.#options.onHidden?.();
  }
}
