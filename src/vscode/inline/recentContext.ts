/** Pieces of other files that may help: recently viewed ones, and recently edited places. */
import * as vscode from 'vscode';
import { holdsPrivateKey } from '../../app/ask/secretFiles.ts';
import type { ContextSource } from '../../core/inline/contextRanking.ts';
import { hasSecretName, realUriOf } from '../kit/realPath.ts';
import { linesFrom } from './documentView.ts';

/** Ranking this much takes about a millisecond. */
const MAX_NEIGHBOURS = 5;
const MAX_EDITS = 6;
const NEIGHBOUR_LINES = 120;
const EDIT_LINES = 6;
const PIECE_CHARS = 12_000;
/** Lines; a private key is shorter, so its first line is searched this far above a piece. */
const KEY_LINES = 120;
const KEY_CHARS = 10_000;

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

  #mayBeSent(document: vscode.TextDocument): boolean {
    const { uri } = document;
    const isSource = uri.scheme === 'file' || uri.scheme === 'vscode-remote' || uri.scheme === 'vscode-vfs';
    const paths = [uri, realUriOf(document)].map((each) => vscode.workspace.asRelativePath(each, false));
    return isSource && !hasSecretName(document) && !paths.some((path) => this.#isExcluded(path));
  }
}

/** Line by line until the room is used up, so a line of a megabyte takes no longer. */
function around({ document, line }: Spot, lines: number): string {
  const chars = PIECE_CHARS / 2;
  const read = linesFrom(document, line - 1, -1, { chars: chars + KEY_CHARS, lines: lines + KEY_LINES });
  const above = read.slice(0, lines).reverse().join('\n').slice(-chars);
  const below = linesFrom(document, line, 1, { chars, lines }).join('\n');
  return holdsPrivateKey(`${read.reverse().join('\n')}\n${below}`) ? '' : `${above}\n${below}`;
}
