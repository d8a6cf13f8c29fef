import * as vscode from 'vscode';
import type { Folder, FolderEntry } from './historyFiles.ts';

/** A folder of the extension's own storage; it is created by the first write. */
export function storageFolder(uri: vscode.Uri): Folder {
  const { fs } = vscode.workspace;
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(uri, name);
  return {
    async list() {
      const names = await fs.readDirectory(uri).then(undefined, missingIsEmpty);
      const files = names.filter(([, type]) => type === vscode.FileType.File);
      return Promise.all(files.map(([name]) => entryOf(name, at(name))));
    },
    read: async (name) => new TextDecoder().decode(await fs.readFile(at(name))),
    async write(name, text) {
      await fs.createDirectory(uri);
      const half = at(`${name}.part`);
      await fs.writeFile(half, new TextEncoder().encode(text));
      await fs.rename(half, at(name), { overwrite: true });
    },
    rename: async (from, to) => fs.rename(at(from), at(to), { overwrite: true }),
    remove: async (name) => fs.delete(at(name)),
  };
}

async function entryOf(name: string, uri: vscode.Uri): Promise<FolderEntry> {
  const { size, mtime } = await vscode.workspace.fs.stat(uri);
  return { name, size, modifiedAt: mtime };
}

function missingIsEmpty(error: unknown): [string, vscode.FileType][] {
  if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return [];
  throw error;
}
