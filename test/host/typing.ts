/** Typing in the extension host, and what the local model knows of what is typed. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What the local model can know: `store` is a name of the test's own where others left unfinished lines. */
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

/** Line by line, as VS Code's own command takes keys. */
export async function type(text: string): Promise<void> {
  for (const part of text.split(/(?<=\n)/)) await vscode.commands.executeCommand('type', { text: part });
}

/** Asks by key and accepts what is there after a while; nothing tells an extension what is on the screen. */
export async function askAndAccept(afterMs = 250): Promise<void> {
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
}

/** Asks and accepts until the text is there, with more and more time between: a loaded machine answers late. */
export async function acceptUntil(isThere: () => boolean): Promise<void> {
  for (let afterMs = 250; afterMs < LONGEST_WAIT_MS && !isThere(); afterMs *= 1.1)
    await askAndAccept(afterMs);
  const found = vscode.window.activeTextEditor?.document.getText().slice(-200);
  assert.ok(isThere(), JSON.stringify(found));
}

const LONGEST_WAIT_MS = 6_000;
