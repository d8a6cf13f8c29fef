/**
 * The tray above the composer: the context sent automatically, and what the user added, removed, or released after a
 * warning. Automatic are the selection, or else the active file (in a trusted workspace, unless switched off).
 */
import * as vscode from 'vscode';
import type { ContextPiece } from '../../app/ask/conversations.ts';
import type { ComposerView } from '../../protocol/ask.ts';
import { fileItem, problemsItem, selectionItem, type ContextItem } from './contextItems.ts';
import { confirmSecret, pickFiles } from './dialogs.ts';
import type { LastEditor } from './editors.ts';

type Chip = ComposerView['chips'][number];

/** The most files that a user can add to one question. */
const maxAdded = 20;

export class ContextTray implements vscode.Disposable {
  readonly #editors: LastEditor;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  /** Whether the active file is sent automatically. */
  readonly #attachesActiveFile: () => boolean;
  readonly #added = new Map<string, vscode.Uri>();
  readonly #taken = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #released = new Set<string>();
  /** The selection that was sent with the last question; it is still there, but was not made for the next one. */
  #sent: { readonly id: string; readonly document: vscode.TextDocument } | undefined;

  constructor(editors: LastEditor, attachesActiveFile: () => boolean) {
    this.#editors = editors;
    this.#attachesActiveFile = attachesActiveFile;
    const fire = (): void => this.#changed.fire();
    this.#subscriptions = [
      editors.onDidChange(() => {
        this.#noteSelection();
        fire();
      }),
      vscode.languages.onDidChangeDiagnostics(fire),
      vscode.workspace.onDidGrantWorkspaceTrust(fire),
    ];
  }

  chips(): readonly Chip[] {
    return this.#items().map(({ item, on }) => ({
      id: item.id,
      kind: item.kind,
      name: item.name,
      label: item.label,
      detail: item.detail,
      state: on ? 'on' : item.secret ? 'withheld' : 'offered',
    }));
  }

  /** The context to send now. `failed` names the files that cannot be read. */
  async collect(): Promise<{ readonly pieces: readonly ContextPiece[]; readonly failed: readonly string[] }> {
    const pieces: ContextPiece[] = [];
    const failed: string[] = [];
    for (const { item, on } of this.#items()) {
      if (!on) continue;
      try {
        pieces.push(await item.read());
      } catch {
        failed.push(item.label);
      }
    }
    return { pieces, failed };
  }

  async toggle(id: string, on: boolean): Promise<void> {
    const found = this.#items().find(({ item }) => item.id === id);
    if (!found) return;
    if (on) {
      if (!(await this.#allowed(found.item))) return;
      this.#taken.delete(id);
      this.#wanted.add(id);
    } else {
      this.#wanted.delete(id);
      if (!this.#added.delete(id)) this.#taken.add(id);
    }
    this.#changed.fire();
  }

  async addFiles(): Promise<void> {
    for (const uri of await pickFiles(this.#editors.current?.document.uri)) {
      if (this.#added.size >= maxAdded) break;
      const item = fileItem(uri);
      if (!(await this.#allowed(item))) continue;
      this.#taken.delete(item.id);
      this.#added.set(item.id, uri);
    }
    this.#changed.fire();
  }

  /** A selection made for the last conversation is not sent in a new one until the user asks for it. */
  startNew(): void {
    if (this.#sent) this.#taken.add(this.#sent.id);
    this.#changed.fire();
  }

  /** The added files were sent with the question and leave the tray; automatic context stays. */
  sent(): void {
    const selection = this.#items().find(({ item, on }) => on && item.kind === 'selection');
    const document = this.#editors.current?.document;
    if (selection && document) this.#sent = { id: selection.item.id, document };
    this.#added.clear();
    this.#wanted.clear();
    this.#released.clear();
    this.#changed.fire();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  /** A new selection, even of the same lines, is for the next question. */
  #noteSelection(): void {
    const editor = this.#editors.current;
    if (!this.#sent || editor?.document !== this.#sent.document) return;
    if (selectionItem(editor)?.id === this.#sent.id) return;
    this.#taken.delete(this.#sent.id);
    this.#sent = undefined;
  }

  async #allowed(item: ContextItem): Promise<boolean> {
    if (!item.secret || this.#released.has(item.id)) return true;
    if (!(await confirmSecret(item.label))) return false;
    this.#released.add(item.id);
    return true;
  }

  #items(): readonly { readonly item: ContextItem; readonly on: boolean }[] {
    const items = new Map<string, { item: ContextItem; on: boolean }>();
    const put = (item: ContextItem | undefined, byItself: boolean): void => {
      if (!item || items.has(item.id)) return;
      const open = !item.secret || this.#released.has(item.id);
      items.set(item.id, {
        item,
        on: open && (this.#wanted.has(item.id) || (byItself && !this.#taken.has(item.id))),
      });
    };
    for (const uri of this.#added.values()) put(fileItem(uri), true);
    const editor = this.#editors.current;
    if (editor) {
      const selection = selectionItem(editor);
      put(selection, true);
      put(fileItem(editor.document.uri), !selection && this.#attachesActiveFile());
      put(problemsItem(editor.document), false);
    }
    return [...items.values()];
  }
}
