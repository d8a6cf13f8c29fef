/** The parts of the API of VS Code's own git extension that PILOT uses, checked before use. */
import * as vscode from 'vscode';
import { isObject } from '../../core/shape.ts';

export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  readonly state: {
    readonly mergeChanges: readonly unknown[];
    readonly indexChanges: readonly unknown[];
  };
  /** `cached`: the index against HEAD; else the files against the index. */
  diff(cached?: boolean): Promise<string>;
  log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
  getCommit(ref: string): Promise<{ readonly message: string }>;
  readonly onDidCommit?: vscode.Event<unknown>;
}

interface GitApi {
  readonly repositories: readonly Repository[];
  getRepository(uri: vscode.Uri): Repository | null;
}

/** Undefined where git is missing, switched off, or too old for this. */
async function api(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<unknown>('vscode.git');
  if (!extension) return undefined;
  try {
    const exported = await extension.activate();
    if (!hasApi(exported)) return undefined;
    const found = exported.getAPI(1);
    return isApi(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const hasApi = (value: unknown): value is { getAPI(version: 1): unknown } =>
  isObject(value) && 'getAPI' in value && typeof value.getAPI === 'function';

const isApi = (value: unknown): value is GitApi =>
  isObject(value) && 'repositories' in value && Array.isArray(value.repositories) && 'getRepository' in value;

/** The repository of the view's title, of the active file, or the only one. */
export async function repositoryOf(root: vscode.Uri | undefined): Promise<Repository | 'no-git' | 'none'> {
  const git = await api();
  if (!git) return 'no-git';
  const near = root ?? vscode.window.activeTextEditor?.document.uri;
  return (near && git.getRepository(near)) ?? git.repositories[0] ?? 'none';
}
