/**
 * What the pipeline sees of a document, cut out around the cursor. Lines are fetched one window at a time and long
 * lines are cut, so that a keystroke in a file of 1 MB, or on one line of 1 MB, costs what it costs in a small one.
 */
import * as vscode from 'vscode';
import type { InlineRequest } from '../../app/inline/request.ts';
import { cursorText } from '../../core/inline/cursorText.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';

/** Characters before and after the cursor: more than any prompt takes. */
const BEFORE = 24_000;
const AFTER = 8000;
const LINES_BEFORE = 600;
const LINES_AFTER = 200;

export function cursorTextAt(document: vscode.TextDocument, position: vscode.Position): CursorText {
  const firstLine = Math.max(0, position.line - LINES_BEFORE);
  const from =
    position.character > BEFORE
      ? new vscode.Position(position.line, position.character - BEFORE)
      : new vscode.Position(firstLine, 0);
  const to = new vscode.Position(position.line + LINES_AFTER, 0);
  const line = document.lineAt(position.line);
  const restOfLine = line.text.length - position.character;
  const before = document.getText(new vscode.Range(from, position));
  const after =
    restOfLine > AFTER
      ? line.text.slice(position.character, position.character + AFTER)
      : document.getText(new vscode.Range(position, to));
  return cursorText(before.slice(-BEFORE), after.slice(0, AFTER));
}

export function requestAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.InlineCompletionContext,
): InlineRequest {
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  return {
    documentId: document.uri.toString(),
    path: document.isUntitled ? '' : vscode.workspace.asRelativePath(document.uri, false),
    languageId: document.languageId,
    scheme: document.uri.scheme,
    cursor: cursorTextAt(document, position),
    cursors: editor?.selections.length ?? 1,
    tabSize: numberOr(editor?.options.tabSize, 4),
    insertSpaces: editor?.options.insertSpaces !== false,
    explicit: context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke,
    selected: selectedItem(document, position, context),
  };
}

/** The item selected in the suggestion list, and how much of it stands before the cursor. */
function selectedItem(
  document: vscode.TextDocument,
  position: vscode.Position,
  { selectedCompletionInfo: info }: vscode.InlineCompletionContext,
): InlineRequest['selected'] {
  if (info === undefined) return undefined;
  const typed = document.getText(new vscode.Range(info.range.start, position));
  return { text: info.text, typed };
}

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;
