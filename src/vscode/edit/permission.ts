/** Checks whether a file may be sent to a model and changed. */
import * as vscode from 'vscode';
import { holdsPrivateKey } from '../../app/ask/secretFiles.ts';
import { confirmSecret } from '../ask/dialogs.ts';
import { showWarning } from '../kit/notify.ts';
import { hasSecretName } from '../kit/realPath.ts';

const { t } = vscode.l10n;

/** Tells the user why not; asks before it sends a file that looks like a secret. */
export async function mayEdit(document: vscode.TextDocument, how?: 'read'): Promise<boolean> {
  if (how === undefined && (await isReadOnly(document.uri))) {
    void showWarning(t('The change could not be applied: the file is read-only.'));
    return false;
  }
  const isSecret = hasSecretName(document) || holdsPrivateKey(document.getText());
  return !isSecret || confirmSecret(vscode.workspace.asRelativePath(document.uri, false));
}

async function isReadOnly(uri: vscode.Uri): Promise<boolean> {
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false) return true;
  if (uri.scheme !== 'file') return false;
  try {
    return (await vscode.workspace.fs.stat(uri)).permissions === vscode.FilePermission.Readonly;
  } catch {
    // A file that was never saved.
    return false;
  }
}
