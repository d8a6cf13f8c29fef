/** Passes the editor's events on typing, cursors and documents to their consumers. */
import * as vscode from 'vscode';
import type { InlineCompleter } from '../../app/inline/completer.ts';
import type { OutcomeTracker } from '../../app/inline/outcomeTracker.ts';
import type { DocumentChange } from '../../app/inline/liveText.ts';

export interface ListenerDeps {
  readonly completer: InlineCompleter;
  readonly tracker: OutcomeTracker;
  /** Called when the shown suggestion may have changed. */
  readonly onVisibility: () => void;
}

/** A larger change is a paste, a format or an accepted suggestion, not typing. */
const MOST_TYPED = 4;

export function listenToEditor({ completer, tracker, onVisibility }: ListenerDeps): vscode.Disposable {
  const onChange = ({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void => {
    if (contentChanges.length === 0) return;
    const changes = contentChanges.map(toChange);
    if (reason === undefined && document === vscode.window.activeTextEditor?.document) {
      const typed = typedCharacters(changes);
      if (typed > 0) completer.typed(typed);
    }
    tracker.changed(document.uri.toString(), changes, reason === vscode.TextDocumentChangeReason.Undo);
    onVisibility();
  };
  const onSelection = ({ textEditor, selections }: vscode.TextEditorSelectionChangeEvent): void => {
    const [selection] = selections;
    if (selection === undefined || tracker.visible === undefined) return;
    const { document } = textEditor;
    tracker.moved(document.uri.toString(), document.offsetAt(selection.active));
    onVisibility();
  };
  const onClose = (document: vscode.TextDocument): void => {
    tracker.closed(document.uri.toString());
    completer.stop(document.uri.toString());
    onVisibility();
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(onChange),
    vscode.window.onDidChangeTextEditorSelection(onSelection),
    vscode.workspace.onDidCloseTextDocument(onClose),
  );
}

const toChange = (change: vscode.TextDocumentContentChangeEvent): DocumentChange => ({
  offset: change.rangeOffset,
  removed: change.rangeLength,
  text: change.text,
});

/** An auto-closed pair counts as one key, and so does a new line with its indentation. */
function typedCharacters(changes: readonly DocumentChange[]): number {
  const [change] = changes;
  if (change === undefined || changes.length > 1) return 0;
  if (/^\r?\n[ \t]*$/.test(change.text)) return 1;
  if (change.text.length > MOST_TYPED) return 0;
  return /^(?:\(\)|\[\]|\{\}|""|''|``)$/.test(change.text) ? 1 : change.text.length;
}
