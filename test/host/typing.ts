/** Types in the extension host, and defines what the local model knows of the typed text. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** Text for the local model; `store` is a name of the test's own where other tests left unfinished lines. */
export const known = (store = 'store'): string =>
  `export function load(${store}) {\n  const stored = ${store}.get('settings');\n  return stored;\n}\n\n`;
export const begun = (store = 'store'): string =>
  `export function again(${store}) {\n  const stored = ${store}.g`;
export const KNOWN = known();
export const BEGUN = begun();
export const REST = "et('settings');";

/** Opens the document with the cursor at its end. */
export async function open(document: vscode.TextDocument | vscode.Uri): Promise<vscode.TextEditor> {
  const editor = await ('uri' in document
    ? vscode.window.showTextDocument(document, { preview: false })
    : vscode.window.showTextDocument(document, { preview: false }));
  const last = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(last, last);
  return editor;
}

/** Line by line, in the form of VS Code's own command for keys. */
export async function type(text: string): Promise<void> {
  for (const part of text.split(/(?<=\n)/)) await vscode.commands.executeCommand('type', { text: part });
}

/** Requests a suggestion by key and accepts it after a while, since an extension cannot see the screen. */
export async function askAndAccept(afterMs = 250): Promise<void> {
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
}

/** Requests and accepts until the text is there, with growing pauses, since a busy machine answers late. */
export async function acceptUntil(isThere: () => boolean): Promise<void> {
  for (let afterMs = 250; afterMs < LONGEST_WAIT_MS && !isThere(); afterMs *= 1.1)
    await askAndAccept(afterMs);
  const found = vscode.window.activeTextEditor?.document.getText().slice(-200);
  assert.ok(isThere(), JSON.stringify(found));
}

const LONGEST_WAIT_MS = 6_000;
