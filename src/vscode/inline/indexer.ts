/**
 * Maintains the local model's index: open documents, saved files, and in the background the workspace. The worker lists
 * and reads the folders of this machine itself, since a list of 20,000 files alone would block the extension host for
 * tens of milliseconds; of remote and virtual workspaces only open files are indexed.
 */
import * as vscode from 'vscode';
import { OpenDocuments } from '../../app/inline/openDocuments.ts';
import type { OpenDocument } from '../../app/inline/openDocuments.ts';
import type { Timers } from '../../app/inline/ports.ts';
import type { Disposable, Log } from '../../app/ports/environment.ts';
import { isIndexablePath, MAX_FILE_CHARS } from '../../core/local/indexable.ts';
import type { LocalModelHost } from '../../providers/localModel/host.ts';
import type { SourceFile, WalkEnd } from '../../providers/localModel/protocol.ts';
import { withProgress } from '../kit/notify.ts';
import { isSecretUri } from '../kit/realPath.ts';
import { fileCount } from '../words/counts.ts';
import { isObject } from '../../core/shape.ts';

export interface IndexerDeps {
  readonly host: LocalModelHost;
  readonly timers: Timers;
  /** gitignore patterns. */
  readonly excluded: () => readonly string[];
  readonly isExcluded: (path: string) => boolean;
  readonly log: Log;
}

/** Milliseconds after the start, when the editor has settled. */
const START_MS = 3000;
/** Milliseconds for which the status bar shows a message. */
const MESSAGE_MS = 8000;
/** The text of a document with more lines is not requested. */
const MAX_LINES = 20_000;

export class Indexer implements vscode.Disposable {
  readonly #deps: IndexerDeps;
  readonly #subscription: vscode.Disposable;
  readonly #open: OpenDocuments;
  readonly #start: Disposable;

  constructor(deps: IndexerDeps) {
    this.#deps = deps;
    const { host, timers } = deps;
    this.#open = new OpenDocuments({ timers, index: (id, text) => void host.indexTexts([{ id, text }]) });
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
      vscode.window.onDidChangeVisibleTextEditors(() => {
        for (const document of workspace.textDocuments) this.#open.moved(seen(document));
      }),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      workspace.onDidDeleteFiles(({ files }) => host.remove(files.map(idOf))),
      workspace.onDidRenameFiles(({ files }) => {
        host.remove(files.map(({ oldUri }) => idOf(oldUri)));
        void host.indexFiles(files.flatMap(({ newUri }) => this.#sourceAt(newUri)));
      }),
      workspace.onDidChangeWorkspaceFolders(() => void this.indexAll()),
      host.onDidRestart(() => void this.indexAll()),
    );
  }

  /** Indexes everything again; a running pass ends. */
  async indexAll(): Promise<void> {
    this.stop();
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
    const folders = vscode.workspace.workspaceFolders ?? [];
    const here = folders.filter(({ uri }) => isHere(uri));
    if (here.length < folders.length) {
      this.#deps.log.info('Of folders on another machine the local model indexes open files only');
      this.#say(vscode.l10n.t('PILOT: the local model knows only open files here'));
    }
    if (here.length === 0) return;
    const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('PILOT: indexing') };
    await withProgress(options, async (progress) => {
      const end = await this.#deps.host.indexFolders(
        {
          roots: here.map(({ uri }) => uri.fsPath),
          excluded: [...this.#deps.excluded(), ...hiddenFiles()],
          open: vscode.workspace.textDocuments.map(({ uri }) => idOf(uri)),
        },
        ({ documents }) => progress.report({ message: fileCount(documents) }),
      );
      this.#ended(end);
    });
  }

  #ended(end: WalkEnd): void {
    const { documents, tokens } = this.#deps.host.stats;
    this.#deps.log.info(`The local model knows ${documents} files, ${tokens} tokens (${end})`);
    if (end === 'full' || end === 'too-many')
      this.#say(
        vscode.l10n.t(
          'PILOT: the workspace is too large; what the local model knows of it: {0}',
          fileCount(documents),
        ),
      );
  }

  #say(text: string): void {
    vscode.window.setStatusBarMessage(text, MESSAGE_MS);
  }

  stop(): void {
    this.#deps.host.cancelIndexing();
  }

  dispose(): void {
    this.#start.dispose();
    this.#open.dispose();
    this.stop();
    this.#subscription.dispose();
  }

  #opened(document: vscode.TextDocument): void {
    if (this.#mayIndex(document)) this.#open.opened(seen(document));
  }

  /** A document that was not indexed, or not completely, is read once more when it is closed. */
  #closed({ uri }: vscode.TextDocument): void {
    if (this.#open.closed(idOf(uri))) void this.#deps.host.indexFiles(this.#sourceAt(uri));
  }

  /** The file for the worker to read, where it can and may; otherwise empty. */
  #sourceAt(uri: vscode.Uri): readonly SourceFile[] {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
    const isSource = isHere(uri) && isIndexablePath(uri.path) && this.#mayBeRead(uri);
    return isSource && root !== undefined ? [{ id: idOf(uri), path: uri.fsPath, root }] : [];
  }

  #mayIndex({ uri, isUntitled, lineCount }: vscode.TextDocument): boolean {
    const named = isUntitled || uri.scheme === 'vscode-notebook-cell' || isIndexablePath(uri.path);
    const skipped = ['output', 'debug', 'vscode', 'vscode-scm', 'git', 'comment', 'search-editor'];
    return named && lineCount <= MAX_LINES && !skipped.includes(uri.scheme) && this.#mayBeRead(uri);
  }

  #mayBeRead(uri: vscode.Uri): boolean {
    return !isSecretUri(uri) && !this.#deps.isExcluded(vscode.workspace.asRelativePath(uri, false));
  }
}

/** Without joining the lines, which takes milliseconds for many lines. */
const lengthOf = (document: vscode.TextDocument): number =>
  document.offsetAt(document.lineAt(document.lineCount - 1).range.end);

const seen = (document: vscode.TextDocument): OpenDocument => ({
  id: idOf(document.uri),
  get isClosed() {
    return document.isClosed;
  },
  text: () => (lengthOf(document) > MAX_FILE_CHARS ? '' : document.getText()),
  cursorLines: () =>
    vscode.window.visibleTextEditors
      .filter((editor) => editor.document === document)
      .flatMap(({ selections }) => selections.map(({ active }) => active.line)),
});

/** The extension runs on the machine that has the file. */
const isHere = ({ scheme }: vscode.Uri): boolean => scheme === 'file';

/** The id under which the worker lists the file itself. */
const idOf = (uri: vscode.Uri): string => (isHere(uri) ? uri.fsPath : uri.toString());

/** Files that VS Code hides are not indexed. */
function hiddenFiles(): readonly string[] {
  const hidden = vscode.workspace.getConfiguration('files').get<unknown>('exclude');
  if (!isObject(hidden)) return [];
  return Object.entries(hidden).flatMap(([glob, isHidden]) => (isHidden === true ? [glob] : []));
}
