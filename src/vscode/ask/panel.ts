/** The webview panel as a pipe: checked messages in, views out, nothing kept but what is not sent yet. */
import * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import { maxShownChars, parseFromWebview, type FromWebview, type ToWebview } from '../../protocol/ask.ts';
import { Refusals } from '../kit/refusals.ts';
import { webviewHtml, webviewRoot } from '../kit/html.ts';
import { panelType } from './panelType.ts';

/** One frame at 30 Hz: the first piece goes at once, the rest are gathered, so that fast models do not flood the pipe. */
const gatherMs = 33;

export class AskPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions: readonly vscode.Disposable[];
  #ready = false;
  /** It opened in a new group, which is to be locked once it is there. */
  #ownGroup = false;
  #gathered: { answerId: string; text: string; reasoning: string } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  /** Characters the webview holds, by answer: above the cap nothing more is sent. */
  readonly #shown = new Map<string, number>();

  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    log: Log,
    handlers: { readonly onMessage: (message: FromWebview) => void; readonly onClosed: () => void },
  ) {
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'pilot.svg');
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const refused = new Refusals('The Ask panel', log);
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((value: unknown) => {
        const message = parseFromWebview(value);
        if (!message) {
          refused.add();
          return;
        }
        if (message.type === 'ready') this.#greeted();
        handlers.onMessage(message);
      }),
      panel.onDidChangeViewState(() => {
        // A hidden webview is destroyed; it says `ready` again when it comes back.
        if (!panel.visible) this.#reset();
        if (panel.active && this.#ready) this.#lock();
      }),
      panel.onDidDispose(() => {
        this.#reset();
        handlers.onClosed();
      }),
    ];
    panel.webview.html = webviewHtml(panel.webview, extensionUri, 'ask', vscode.l10n.t('PILOT: Ask'));
  }

  static create(
    extensionUri: vscode.Uri,
    log: Log,
    handlers: ConstructorParameters<typeof AskPanel>[3],
  ): AskPanel {
    const { all, activeTabGroup } = vscode.window.tabGroups;
    // Whatever has the focus: code, a picture or the walkthrough in this group is not covered.
    const beside = activeTabGroup.tabs.length > 0;
    const column = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const title = vscode.l10n.t('PILOT: Ask');
    const panel = vscode.window.createWebviewPanel(panelType, title, column, { enableScripts: true });
    const made = new AskPanel(panel, extensionUri, log, handlers);
    made.#ownGroup = beside && !all.some(({ viewColumn }) => viewColumn > activeTabGroup.viewColumn);
    return made;
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  /** Before the webview is ready nothing is sent: it gets the whole conversation when it asks. */
  post(message: ToWebview): void {
    if (!this.#ready) return;
    this.#flush();
    if (message.type === 'conversation') this.#shown.clear();
    void this.#panel.webview.postMessage(message);
  }

  append(answerId: string, text: string, reasoning: string): void {
    if (!this.#ready) return;
    if (this.#gathered?.answerId !== answerId) this.#flush();
    this.#gathered ??= { answerId, text: '', reasoning: '' };
    this.#gathered.text += text;
    this.#gathered.reasoning += reasoning;
    const wait = this.#sentAt + gatherMs - Date.now();
    if (wait <= 0) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  /** The webview was told of this many characters in a snapshot. */
  holds(answerId: string, chars: number): void {
    this.#shown.set(answerId, chars);
  }

  dispose(): void {
    this.#panel.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #greeted(): void {
    this.#ready = true;
    this.#lock();
  }

  #lock(): void {
    if (!this.#ownGroup || !this.#panel.active) return;
    this.#ownGroup = false;
    // So that a file opened from here does not cover the conversation about it.
    void vscode.commands.executeCommand('workbench.action.lockEditorGroup');
  }

  #reset(): void {
    this.#ready = false;
    this.#gathered = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const piece = this.#gathered;
    this.#gathered = undefined;
    if (!piece) return;
    this.#sentAt = Date.now();
    const held = this.#shown.get(piece.answerId) ?? 0;
    const room = maxShownChars - held;
    if (room <= 0) return;
    const text = piece.text.slice(0, room);
    const reasoning = piece.reasoning.slice(0, room - text.length);
    this.#shown.set(piece.answerId, held + text.length + reasoning.length);
    void this.#panel.webview.postMessage({ type: 'append', answerId: piece.answerId, text, reasoning });
  }
}
