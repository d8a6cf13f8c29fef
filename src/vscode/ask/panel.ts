/** The Ask panel: a fast answer's pieces are gathered, and what is longer than the page shows stays behind. */
import * as vscode from 'vscode';
import { maxShownChars, parseFromWebview, type FromWebview, type ToWebview } from '../../protocol/ask.ts';
import { WebviewPanel, type WebviewPanelOptions } from '../kit/webviewPanel.ts';

/** One frame at 30 Hz: the first piece goes at once, the rest are gathered, so that fast models do not flood the pipe. */
const gatherMs = 33;

export type AskPanelOptions = Pick<
  WebviewPanelOptions<FromWebview>,
  'extensionUri' | 'log' | 'handlers' | 'onClosed'
>;

export class AskPanel extends WebviewPanel<FromWebview, ToWebview> {
  /** It opened in a new group, which is to be locked once it is there. */
  #ownGroup: boolean;
  #gathered: { answerId: string; text: string; reasoning: string } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  /** Characters the webview holds, by answer: above the cap nothing more is sent. */
  readonly #shown = new Map<string, number>();

  constructor(options: AskPanelOptions, restored?: vscode.WebviewPanel) {
    const { all, activeTabGroup } = vscode.window.tabGroups;
    // The panel covers neither code, a picture nor the walkthrough of this group. With nothing open, the only group stays
    // free for the next file, which would cover the conversation there: VS Code does not lock a group that is alone.
    const beside = activeTabGroup.tabs.length > 0 || all.length === 1;
    const ready: typeof options.handlers.ready = (message) => {
      this.#lock();
      return options.handlers.ready(message);
    };
    super(
      {
        ...options,
        page: 'ask',
        title: vscode.l10n.t('PILOT: Ask'),
        parse: parseFromWebview,
        handlers: { ...options.handlers, ready },
        onHidden: () => this.#drop(),
        onActive: () => {
          if (this.ready) this.#lock();
        },
      },
      restored ?? (beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active),
    );
    this.#ownGroup =
      !restored && beside && !all.some(({ viewColumn }) => viewColumn > activeTabGroup.viewColumn);
  }

  override post(message: ToWebview): void {
    if (!this.ready) return;
    this.#flush();
    if (message.type === 'conversation') this.#shown.clear();
    super.post(message);
  }

  append(answerId: string, text: string, reasoning: string): void {
    if (!this.ready) return;
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

  #lock(): void {
    if (!this.#ownGroup || !this.active) return;
    this.#ownGroup = false;
    // So that a file opened from here does not cover the conversation about it.
    void vscode.commands.executeCommand('workbench.action.lockEditorGroup');
  }

  #drop(): void {
    this.#gathered = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    const piece = this.#gathered;
    this.#drop();
    if (!piece) return;
    this.#sentAt = Date.now();
    const held = this.#shown.get(piece.answerId) ?? 0;
    const room = maxShownChars - held;
    if (room <= 0) return;
    const text = piece.text.slice(0, room);
    const reasoning = piece.reasoning.slice(0, room - text.length);
    this.#shown.set(piece.answerId, held + text.length + reasoning.length);
    super.post({ type: 'append', answerId: piece.answerId, text, reasoning });
  }
}
