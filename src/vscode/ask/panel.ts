/** The Ask panel: combines the pieces of a fast answer, and omits text beyond what the page shows. */
import * as vscode from 'vscode';
import { maxShownChars, parseFromWebview, type FromWebview, type ToWebview } from '../../protocol/ask.ts';
import { WebviewPanel, type WebviewPanelOptions } from '../kit/webviewPanel.ts';

/**
 * Milliseconds, one frame at 30 Hz: the first piece is sent at once, the next ones are combined, so that fast models do
 * not flood the webview.
 */
const gatherMs = 33;

export type AskPanelOptions = Pick<
  WebviewPanelOptions<FromWebview>,
  'extensionUri' | 'log' | 'handlers' | 'onClosed'
>;

/**
 * With nothing open: a locked group on the right, so the next file opens in the left group and does not cover the
 * conversation. VS Code puts a webview into the only group while that is empty, whatever column is requested, and does
 * not lock a single group; therefore the second group is created first. Undefined = something is open.
 */
export async function lockedGroup(): Promise<vscode.ViewColumn | undefined> {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  if (all.length > 1 || activeTabGroup.tabs.length > 0) return undefined;
  await vscode.commands.executeCommand('workbench.action.newGroupRight');
  await vscode.commands.executeCommand('workbench.action.lockEditorGroup');
  return vscode.ViewColumn.Two;
}

export class AskPanel extends WebviewPanel<FromWebview, ToWebview> {
  /** Whether it opened in a new group, which is locked once it exists. */
  #ownGroup: boolean;
  #gathered: { answerId: string; text: string; reasoning: string } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Monotonic: with a clock that is set back, the next piece would wait as long. */
  #sentAt = 0;
  /** Number of characters that the webview has, by answer: beyond the cap nothing more is sent. */
  readonly #shown = new Map<string, number>();

  /** `at`: the panel that VS Code restored, or the group that was created for a new one. */
  constructor(options: AskPanelOptions, at?: vscode.ViewColumn | vscode.WebviewPanel) {
    const { all, activeTabGroup } = vscode.window.tabGroups;
    // The panel covers neither code, a picture nor the walkthrough of this group.
    const beside = activeTabGroup.tabs.length > 0;
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
      at ?? (beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active),
    );
    this.#ownGroup =
      at === undefined && beside && !all.some(({ viewColumn }) => viewColumn > activeTabGroup.viewColumn);
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
    const wait = this.#sentAt + gatherMs - performance.now();
    if (wait <= 0) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  /** The webview received this many characters in a snapshot. */
  holds(answerId: string, chars: number): void {
    this.#shown.set(answerId, chars);
  }

  #lock(): void {
    if (!this.#ownGroup || !this.active) return;
    this.#ownGroup = false;
    // A file opened from here must not cover the conversation about it.
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
    this.#sentAt = performance.now();
    const held = this.#shown.get(piece.answerId) ?? 0;
    const room = maxShownChars - held;
    if (room <= 0) return;
    const text = piece.text.slice(0, room);
    const reasoning = piece.reasoning.slice(0, room - text.length);
    this.#shown.set(piece.answerId, held + text.length + reasoning.length);
    super.post({ type: 'append', answerId: piece.answerId, text, reasoning });
  }
}
