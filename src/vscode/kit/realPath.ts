/** The real location of a file, since a link's own name does not tell its target. */
import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { isSecretFile } from '../../app/ask/secretFiles.ts';

/** By version: an edit asks the file system again, a moving cursor does not. */
const known = new WeakMap<vscode.TextDocument, { readonly version: number; readonly uri: vscode.Uri }>();

/** The address of a local file with all links followed; any other address, and one without a file yet, unchanged. */
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

/** By its own name, and by that of a link's target. */
export const isSecretUri = (uri: vscode.Uri): boolean =>
  isSecretFile(uri.path) || isSecretFile(realUri(uri).path);

/** Like `isSecretUri`, but asks the file system once for each version of the document. */
export const hasSecretName = (document: vscode.TextDocument): boolean =>
  isSecretFile(document.uri.path) || isSecretFile(realUriOf(document).path);
