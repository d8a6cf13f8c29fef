/** Where a file really is: a link's own name says nothing of what it leads to. */
import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { isSecretFile } from '../../app/ask/secretFiles.ts';

/** By version: a cursor that moves does not ask the file system again, an edit does. */
const known = new WeakMap<vscode.TextDocument, { readonly version: number; readonly uri: vscode.Uri }>();

/** Of this machine's files with all links followed; any other address, and one without a file yet, as it stands. */
export function realUri(uri: vscode.Uri): vscode.Uri {
  if (uri.scheme !== 'file') return uri;
  try {
    return vscode.Uri.file(realpathSync.native(uri.fsPath));
  } catch {
    return uri;
  }
}

export function realUriOf(document: vscode.TextDocument): vscode.Uri {
  const found = known.get(document);
  if (found?.version === document.version) return found.uri;
  const uri = realUri(document.uri);
  known.set(document, { version: document.version, uri });
  return uri;
}

/** By its name, and by that of the file a link leads to. */
export const isSecretUri = (uri: vscode.Uri): boolean =>
  isSecretFile(uri.path) || isSecretFile(realUri(uri).path);

/** The same without asking the file system for each movement of the cursor. */
export const hasSecretName = (document: vscode.TextDocument): boolean =>
  isSecretFile(document.uri.path) || isSecretFile(realUriOf(document).path);
