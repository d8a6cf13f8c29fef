/**
 * The part of a document that the pipeline sees, cut out around the cursor, so a keystroke in a file of 1 MB, or on a
 * line of 1 MB, takes no longer than in a small one.
 */
import * as vscode from 'vscode';
import type { InlineRequest } from '../../app/inline/request.ts';
import { cursorText } from '../../core/inline/cursorText.ts';
import type { CursorText } from '../../core/inline/cursorText.ts';
import { realUriOf } from '../kit/realPath.ts';

/** Characters before and after the cursor, more than any prompt uses. */
const BEFORE = 24_000;
const AFTER = 8000;
const LINES_BEFORE = 600;
const LINES_AFTER = 200;

export function cursorTextAt(document: vscode.TextDocument, position: vscode.Position): CursorText {
  const { text } = document.lineAt(position.line);
  const { line, character } = position;
  const above = linesFrom(document, line - 1, -1, { chars: BEFORE - character, lines: LINES_BEFORE });
  const below = linesFrom(document, line + 1, 1, {
    chars: AFTER - text.length + character,
    lines: LINES_AFTER,
  });
  const before = [...above.reverse(), text.slice(Math.max(0, character - BEFORE), character)];
  const after = [text.slice(character, character + AFTER), ...below];
  return cursorText(before.join('\n'), after.join('\n'));
}

/** Line by line until the room is used up, the last line cut, so lines of a megabyte take no longer. */
export function linesFrom(
  document: Pick<vscode.TextDocument, 'lineAt' | 'lineCount'>,
  start: number,
  step: 1 | -1,
  room: { readonly chars: number; readonly lines: number },
): string[] {
  const found: string[] = [];
  let left = room.chars;
  for (
    let at = start;
    0 <= at && at < document.lineCount && left > 0 && found.length < room.lines;
    at += step
  ) {
    const { text } = document.lineAt(at);
    found.push(text.length <= left ? text : step > 0 ? text.slice(0, left) : text.slice(-left));
    left -= text.length + 1;
  }
  return found;
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
    realPath: vscode.workspace.asRelativePath(realUriOf(document), false),
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

/** The selected item of the suggestion list, and the part of it before the cursor. */
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
