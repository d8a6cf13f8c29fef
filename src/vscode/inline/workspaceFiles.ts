/** Which files of the workspace are worth indexing, listed without holding up the editor. */
import * as vscode from 'vscode';
import { isSecretFile } from '../../app/context/secretFiles.ts';
import { IgnoreRules } from '../../core/local/gitignore.ts';
import { FOREIGN_FOLDERS, isIndexablePath } from '../../core/local/indexable.ts';

/** Everything has a limit: of a workspace with a million files, the first so many that VS Code finds. */
const MAX_FILES = 20_000;
const MAX_GITIGNORES = 300;
/** Paths judged between two pauses, about 2 ms. */
const SLICE = 150;

export async function* sourceFiles(
  isExcluded: (path: string) => boolean,
  token: vscode.CancellationToken,
): AsyncGenerator<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles('**/*', FOREIGN_FOLDERS, MAX_FILES, token);
  const rules = await ignoreRules(token);
  for (let start = 0; start < found.length && !token.isCancellationRequested; start += SLICE) {
    const slice = found.slice(start, start + SLICE);
    yield slice.filter((uri) => {
      const path = vscode.workspace.asRelativePath(uri, false);
      return (
        isIndexablePath(path) && !isSecretFile(path) && !isExcluded(path) && !rules.isIgnored(rulePath(uri))
      );
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function ignoreRules(token: vscode.CancellationToken): Promise<IgnoreRules> {
  const rules = new IgnoreRules();
  const files = await vscode.workspace.findFiles('**/.gitignore', FOREIGN_FOLDERS, MAX_GITIGNORES, token);
  for (const uri of files) {
    const path = rulePath(uri);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    try {
      rules.add(folder, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      // It vanished between listing and reading: then it ignores nothing.
    }
  }
  return rules;
}

/** With the workspace folder's name in front, so that several folders keep their rules apart. */
const rulePath = (uri: vscode.Uri): string => {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const path = folder === undefined ? uri.path : uri.path.slice(folder.uri.path.length + 1);
  return folder === undefined ? path.slice(1) : `${folder.index}/${path}`;
};
