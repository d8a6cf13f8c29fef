import * as vscode from 'vscode';

/** Schemes of documents that are not the user's work: output channels, PILOT's diffs and others. */
const foreignSchemes = new Set(['output', 'debug', 'vscode', 'walkThrough', 'comment', 'pilot-proposed']);

const isWork = (editor: vscode.TextEditor | undefined): editor is vscode.TextEditor =>
  editor !== undefined && !foreignSchemes.has(editor.document.uri.scheme);

/** The editor in which the user last worked: while the Ask panel has the focus, VS Code has no active text editor. */
export class LastEditor implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  #editor: vscode.TextEditor | undefined;

  constructor() {
    const active = vscode.window.activeTextEditor;
    this.#editor = isWork(active) ? active : vscode.window.visibleTextEditors.find(isWork);
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (!isWork(editor)) return;
        this.#editor = editor;
        this.#changed.fire();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.#editor) this.#changed.fire();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document !== this.#editor?.document) return;
        this.#editor = vscode.window.visibleTextEditors.find(isWork);
        this.#changed.fire();
      }),
    ];
  }

  get current(): vscode.TextEditor | undefined {
    return this.#editor;
  }

  /** Brings that editor to the front for an edit; undefined when there is none. */
  async reveal(): Promise<vscode.TextEditor | undefined> {
    const editor = this.#editor;
    if (!editor) return undefined;
    const { document, selection, viewColumn } = editor;
    const shown = await vscode.window.showTextDocument(document, {
      selection,
      preview: false,
      viewColumn: viewColumn ?? vscode.ViewColumn.One,
    });
    this.#editor = shown;
    return shown;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
