/**
 * Accept and Discard in the status bar while the active editor shows a proposed change. VS Code cannot remove a
 * notification with buttons, so one would remain after the user accepted the change above the diff or by a key.
 */
import * as vscode from 'vscode';

const { t } = vscode.l10n;
/** Before all other items on the left. */
const priority = 10_000;

export class ReviewBar implements vscode.Disposable {
  readonly #items: readonly vscode.StatusBarItem[];
  readonly #subscription: vscode.Disposable;
  readonly #inFront: () => boolean;

  constructor(inFront: () => boolean) {
    this.#inFront = inFront;
    this.#items = [
      item(`$(check) ${t('Accept Change')}`, 'pilot.acceptChange', priority),
      item(`$(discard) ${t('Discard Change')}`, 'pilot.discardChange', priority - 1),
    ];
    this.#subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.show());
  }

  show(): void {
    const isShown = this.#inFront();
    for (const each of this.#items) {
      if (isShown) each.show();
      else each.hide();
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const each of this.#items) each.dispose();
  }
}

function item(text: string, command: string, at: number): vscode.StatusBarItem {
  const made = vscode.window.createStatusBarItem(command, vscode.StatusBarAlignment.Left, at);
  made.text = text;
  made.name = text;
  made.command = command;
  made.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  return made;
}
