/** VS Code's document for an edit: distinguishes own writes from all other changes. */
import * as vscode from 'vscode';
import type { EditedDocument, Written } from '../../app/edit/ports.ts';
import type { LineReplacement } from '../../core/edit/lines.ts';
import type { TextChange } from '../../core/inline/survival.ts';

type Listener = (changes: readonly TextChange[], isUndo: boolean) => void;

export class EditorDocument implements EditedDocument {
  readonly document: vscode.TextDocument;
  #listener: Listener = () => undefined;
  #known: { readonly version: number; readonly text: string } | undefined;
  /** Changes that arrived during a write; undefined = no write is running. */
  #waiting: vscode.TextDocumentChangeEvent[] | undefined;

  constructor(document: vscode.TextDocument) {
    this.document = document;
  }

  follow(listener: Listener): void {
    this.#listener = listener;
  }

  /** VS Code joins a document's lines at each call. */
  text(): string {
    const { version } = this.document;
    if (this.#known?.version !== version) this.#known = { version, text: this.document.getText() };
    return this.#known.text;
  }

  /** Called for each event of this document. */
  changed(event: vscode.TextDocumentChangeEvent): void {
    if (event.contentChanges.length === 0) return;
    if (this.#waiting) this.#waiting.push(event);
    else this.#tell(event);
  }

  /**
   * VS Code writes nothing where the document has changed since the call, so that the first change after it is this
   * one.
   */
  async write(
    replacements: readonly LineReplacement[],
    join: boolean,
    applied: () => void,
  ): Promise<Written> {
    const { document } = this;
    if (document.isClosed) return 'refused';
    const { version } = document;
    this.#waiting = [];
    const done = await this.#apply(replacements, join).then(undefined, () => false);
    const [first, ...others] = this.#waiting;
    this.#waiting = undefined;
    if (done) applied();
    else if (first) this.#tell(first);
    for (const event of others) this.#tell(event);
    if (done) return 'done';
    return document.version === version ? 'refused' : 'changed';
  }

  async undo(): Promise<void> {
    if (vscode.window.activeTextEditor?.document === this.document)
      await vscode.commands.executeCommand('undo');
  }

  async #apply(replacements: readonly LineReplacement[], join: boolean): Promise<boolean> {
    const { document } = this;
    const edits = replacements.map(({ start, end, text }) => ({
      range: new vscode.Range(document.positionAt(start), document.positionAt(end)),
      text,
    }));
    const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
    if (editor) {
      const steps = { undoStopBefore: !join, undoStopAfter: false };
      return editor.edit((builder) => {
        for (const { range, text } of edits) builder.replace(range, text);
      }, steps);
    }
    // The document is not visible: only a workspace edit reaches it, which is a step of its own.
    const edit = new vscode.WorkspaceEdit();
    for (const { range, text } of edits) edit.replace(document.uri, range, text);
    return vscode.workspace.applyEdit(edit);
  }

  #tell({ contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    this.#listener(changes, reason === vscode.TextDocumentChangeReason.Undo);
  }
}
