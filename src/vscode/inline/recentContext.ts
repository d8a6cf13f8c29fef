/** Pieces of other files that may help: the ones looked at lately, and the places edited lately. */
import * as vscode from 'vscode';
import { holdsPrivateKey, isSecretFile } from '../../app/context/secretFiles.ts';
import type { ContextSource } from '../../core/inline/contextRanking.ts';

/** Everything has a limit: ranking all of this takes about a millisecond. */
const MAX_NEIGHBOURS = 5;
const MAX_EDITS = 6;
const NEIGHBOUR_LINES = 120;
const EDIT_LINES = 6;
/** A private key is shorter: so far above a piece its first line is looked for. */
const KEY_LINES = 120;

interface Spot {
  readonly document: vscode.TextDocument;
  readonly line: number;
}

export class RecentContext implements vscode.Disposable {
  readonly #isExcluded: (path: string) => boolean;
  readonly #subscription: vscode.Disposable;
  /** Newest first. */
  #looked: Spot[] = [];
  #edited: Spot[] = [];

  constructor(isExcluded: (path: string) => boolean) {
    this.#isExcluded = isExcluded;
    for (const { document, selection } of vscode.window.visibleTextEditors) {
      this.#look(document, selection.active.line);
    }
    this.#subscription = vscode.Disposable.from(
      vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document, selection } }) =>
        this.#look(document, selection.active.line),
      ),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges: [change] }) => {
        if (change !== undefined) this.#edit(document, change.range.start.line);
      }),
      vscode.workspace.onDidCloseTextDocument((closed) => {
        this.#looked = this.#looked.filter(({ document }) => document !== closed);
        this.#edited = this.#edited.filter(({ document }) => document !== closed);
      }),
    );
  }

  near(documentId: string): readonly ContextSource[] {
    const source = (kind: ContextSource['kind'], lines: number) => (spot: Spot, age: number) => ({
      kind,
      age,
      path: vscode.workspace.asRelativePath(spot.document.uri, false),
      text: around(spot, lines),
    });
    const others = (spots: readonly Spot[]): readonly Spot[] =>
      spots.filter(({ document }) => !document.isClosed && document.uri.toString() !== documentId);
    return [
      ...others(this.#edited).map(source('edit', EDIT_LINES)),
      ...others(this.#looked).map(source('neighbour', NEIGHBOUR_LINES)),
    ];
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #look(document: vscode.TextDocument, line: number): void {
    const [newest] = this.#looked;
    if ((newest?.document === document && newest.line === line) || !this.#mayBeSent(document)) return;
    const others = this.#looked.filter((spot) => spot.document !== document);
    this.#looked = [{ document, line }, ...others].slice(0, MAX_NEIGHBOURS + 1);
  }

  #edit(document: vscode.TextDocument, line: number): void {
    if (!this.#mayBeSent(document)) return;
    const others = this.#edited.filter(
      (spot) => spot.document !== document || Math.abs(spot.line - line) > EDIT_LINES,
    );
    this.#edited = [{ document, line }, ...others].slice(0, MAX_EDITS);
  }

  #mayBeSent({ uri }: vscode.TextDocument): boolean {
    const isSource = uri.scheme === 'file' || uri.scheme === 'vscode-remote' || uri.scheme === 'vscode-vfs';
    return (
      isSource && !isSecretFile(uri.path) && !this.#isExcluded(vscode.workspace.asRelativePath(uri, false))
    );
  }
}

function around({ document, line }: Spot, lines: number): string {
  const first = Math.max(0, line - lines);
  const last = Math.min(document.lineCount, line + lines);
  const range = new vscode.Range(first, 0, last, 0);
  // A line of a megabyte is data, and joining it costs what it costs to read it.
  if (document.lineAt(Math.min(line, document.lineCount - 1)).text.length > 2000) return '';
  const above = new vscode.Range(Math.max(0, first - KEY_LINES), 0, last, 0);
  return holdsPrivateKey(document.getText(above)) ? '' : document.getText(range).slice(0, 12_000);
}
