import * as vscode from 'vscode';
import { showError, showInformation } from './notify.ts';

/** Asks for a file, writes it, and confirms; undefined when the user canceled, or the write failed. */
export async function saveText(
  name: string,
  content: string,
  kind: 'csv' | 'json',
): Promise<vscode.Uri | undefined> {
  const t = vscode.l10n.t;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: t('PILOT: Save {0}', name),
    filters: kind === 'csv' ? { CSV: ['csv'] } : { JSON: ['json'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return undefined;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void showError(t('{0} could not be saved: {1}', name, reason));
    return undefined;
  }
  const open = t('Open');
  void showInformation(t('Saved as {0}.', name), open).then((picked) => {
    if (picked === open) void vscode.commands.executeCommand('vscode.open', target);
  });
  return target;
}
