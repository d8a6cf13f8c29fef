/**
 * Keeps the local model's index: open documents, what is saved, and in the background the workspace. The worker
 * reads files of this machine itself; of remote and virtual workspaces only the open files are indexed.
 */
import * as vscode from 'vscode';
import { isSecretFile } from '../../app/context/secretFiles.ts';
import { OpenDocuments } from '../../app/inline/openDocuments.ts';
import type { OpenDocument } from '../../app/inline/openDocuments.ts';
import type { Timers } from '../../app/inline/ports.ts';
import type { Disposable, Log } from '../../app/ports.ts';
import { isIndexablePath, MAX_FILE_CHARS } from '../../core/local/indexable.ts';
import type { LocalModelHost } from '../../providers/localModel/host.ts';
import { sourceFiles } from './workspaceFiles.ts';
import { withProgress } from '../notify.ts';

export interface IndexerDeps {
  readonly host: LocalModelHost;
  readonly timers: Timers;
  readonly isExcluded: (path: string) => boolean;
  readonly log: Log;
}

/** The editor starts first. */
const START_MS = 3000;
/** Lines above which a document's text is not even asked for. */
const MAX_LINES = 20_000;

export class Indexer implements vscode.Disposable {
  readonly #deps: IndexerDeps;
  readonly #subscription: vscode.Disposable;
  readonly #open: OpenDocuments;
  readonly #start: Disposable;
  #run: vscode.CancellationTokenSource | undefined;

  constructor(deps: IndexerDeps) {
    this.#deps = deps;
    const { host, timers } = deps;
    this.#open = new OpenDocuments({ timers, index: (id, text) => this.#indexText(id, text) });
    this.#start = timers.after(START_MS, () => void this.indexAll());
    const workspace = vscode.workspace;
    this.#subscription = vscode.Disposable.from(
      workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.#mayIndex(document)) this.#open.changed(seen(document));
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document } }) =>
        this.#open.moved(seen(document)),
      ),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      workspace.onDidDeleteFiles(({ files }) => host.remove(files.map(String))),
      workspace.onDidRenameFiles(({ files }) => host.remove(files.map(({ oldUri }) => oldUri.toString()))),
      workspace.onDidChangeWorkspaceFolders(() => void this.indexAll()),
      host.onDidRestart(() => void this.indexAll()),
    );
  }

  /** Anew from the beginning; a run that is under way ends. */
  async indexAll(): Promise<void> {
    this.stop();
    const run = new vscode.CancellationTokenSource();
    this.#run = run;
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
    if (!isHere()) {
      this.#deps.log.info('The local model indexes open files only: the workspace is not on this machine');
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('PILOT: the local model knows open files only here'),
        8000,
      );
      return;
    }
    const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('PILOT: indexing') };
    await withProgress(options, (progress) => this.#indexFiles(run.token, progress));
  }

  stop(): void {
    this.#run?.cancel();
    this.#run?.dispose();
    this.#run = undefined;
    this.#deps.host.cancelIndexing();
  }

  dispose(): void {
    this.#start.dispose();
    this.#open.dispose();
    this.stop();
    this.#subscription.dispose();
  }

  async #indexFiles(
    token: vscode.CancellationToken,
    progress: vscode.Progress<{ message?: string }>,
  ): Promise<void> {
    const { host, isExcluded, log } = this.#deps;
    try {
      for await (const files of sourceFiles(isExcluded, token)) {
        const closed = files.filter((uri) => uri.scheme === 'file' && !isOpen(uri));
        // One batch at a time: what waits in the worker's queue is memory.
        await host.indexFiles(closed.map((uri) => ({ id: uri.toString(), path: uri.fsPath })));
        progress.report({ message: vscode.l10n.t('{0} files', host.stats.documents.toLocaleString()) });
        if (host.stats.full || token.isCancellationRequested) break;
      }
      const { documents, tokens, full } = host.stats;
      log.info(`The local model knows ${documents} files, ${tokens} tokens${full ? ' (its limit)' : ''}`);
    } catch (error) {
      log.error('The workspace could not be indexed', error);
    }
  }

  #opened(document: vscode.TextDocument): void {
    if (this.#mayIndex(document)) this.#open.opened(seen(document));
  }

  /** What was not indexed yet, or not whole, is read once more as it was left. */
  #closed({ uri }: vscode.TextDocument): void {
    const id = uri.toString();
    if (this.#open.closed(id) && uri.scheme === 'file' && isHere())
      void this.#deps.host.indexFiles([{ id, path: uri.fsPath }]);
  }

  #indexText(id: string, text: string): void {
    if (text.length <= MAX_FILE_CHARS) void this.#deps.host.indexTexts([{ id, text }]);
  }

  #mayIndex({ uri, isUntitled, lineCount }: vscode.TextDocument): boolean {
    const named = isUntitled || uri.scheme === 'vscode-notebook-cell' || isIndexablePath(uri.path);
    const skipped = ['output', 'debug', 'vscode', 'vscode-scm', 'git', 'comment', 'search-editor'];
    return (
      named &&
      lineCount <= MAX_LINES &&
      !skipped.includes(uri.scheme) &&
      !isSecretFile(uri.path) &&
      !this.#deps.isExcluded(vscode.workspace.asRelativePath(uri, false))
    );
  }
}

const seen = (document: vscode.TextDocument): OpenDocument => ({
  id: document.uri.toString(),
  get isClosed() {
    return document.isClosed;
  },
  text: () => document.getText(),
  cursorLines: () =>
    vscode.window.visibleTextEditors
      .filter((editor) => editor.document === document)
      .flatMap(({ selections }) => selections.map(({ active }) => active.line)),
});

/** The extension runs on the machine that holds the files. */
const isHere = (): boolean =>
  vscode.env.remoteName === undefined ||
  vscode.workspace.workspaceFolders?.every(({ uri }) => uri.scheme === 'file') === true;

const isOpen = (uri: vscode.Uri): boolean =>
  vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
