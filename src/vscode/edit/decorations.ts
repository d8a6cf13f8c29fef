/**
 * The look of an edit: added lines as in VS Code's diff; removed lines, which are no longer in the document, as text
 * after the line that replaced them, and in full on hover.
 */
import * as vscode from 'vscode';
import type { EditSession } from '../../app/edit/session.ts';
import { linesOf } from '../../core/edit/lines.ts';
import type { ReviewHunk } from '../../core/edit/review.ts';

const { t } = vscode.l10n;
/** Characters of a removed line that are shown after its replacement. */
const MOST_SHOWN = 80;
const MOST_HOVER = 4_000;

export class EditDecorations implements vscode.Disposable {
  readonly #asked = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
  });
  readonly #added = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('diffEditor.insertedLineBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.addedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  readonly #removed = vscode.window.createTextEditorDecorationType({
    after: {
      margin: '0 0 0 3ch',
      backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
      color: new vscode.ThemeColor('editor.foreground'),
      textDecoration: 'line-through',
    },
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.deletedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });

  show(editor: vscode.TextEditor, session: EditSession | undefined): void {
    const { document } = editor;
    const pending = session?.hunks.filter(({ state }) => state === 'pending') ?? [];
    const asked = session?.state === 'asking' ? [linesAt(document, session.region)] : [];
    editor.setDecorations(
      this.#asked,
      asked.filter((range) => range !== undefined),
    );
    editor.setDecorations(
      this.#added,
      pending.flatMap(({ at }) => linesAt(document, at) ?? []),
    );
    editor.setDecorations(
      this.#removed,
      pending.flatMap((hunk) => removedOptions(document, hunk)),
    );
  }

  /** The lines of a coming request. */
  mark(editor: vscode.TextEditor, range: vscode.Range | undefined): void {
    editor.setDecorations(this.#asked, range ? [range] : []);
  }

  dispose(): void {
    for (const type of [this.#asked, this.#added, this.#removed]) type.dispose();
  }
}

/** Undefined where it contains no line. */
export function linesAt(
  document: vscode.TextDocument,
  { start, end }: ReviewHunk['at'],
): vscode.Range | undefined {
  if (end <= start) return undefined;
  return new vscode.Range(document.positionAt(start), document.positionAt(end - 1));
}

function removedOptions(document: vscode.TextDocument, hunk: ReviewHunk): vscode.DecorationOptions[] {
  const removed = linesOf(hunk.before).map((line) => line.replace(/\r?\n$/, ''));
  const told = removed.filter((line) => line.trim() !== '');
  if (told.length === 0) return [];
  const hoverMessage = hoverOf(document.languageId, removed);
  const range = linesAt(document, hunk.at);
  // Removed lines without a replacement are shown after the line above.
  const first = range?.start.line ?? Math.max(0, document.positionAt(hunk.at.start).line - 1);
  const last = range?.end.line ?? first;
  const rows = last - first + 1;
  return Array.from({ length: Math.min(rows, told.length) }, (_, i) => {
    const isLast = i === Math.min(rows, told.length) - 1;
    const more = isLast ? told.length - i - 1 : 0;
    return {
      range: document.lineAt(first + i).range,
      hoverMessage,
      renderOptions: { after: { contentText: shown(told[i] ?? '', more) } },
    };
  });
}

function shown(line: string, more: number): string {
  const text = line.trim();
  const cut = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  if (more === 0) return cut;
  return more === 1 ? t('{0} and 1 more line', cut) : t('{0} and {1} more lines', cut, more);
}

/** Only as code: the text of a file is not PILOT's Markdown. */
function hoverOf(languageId: string, removed: readonly string[]): vscode.MarkdownString {
  const hover = new vscode.MarkdownString(`${t('Removed:')}\n`);
  const text = removed.join('\n');
  hover.appendCodeblock(text.length > MOST_HOVER ? `${text.slice(0, MOST_HOVER)}…` : text, languageId);
  return hover;
}
