/** Inline completions in documents that are large, empty, odd, or gone: nothing wrong is put in, nothing is lost. */
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { acceptUntil, askAndAccept, BEGUN, KNOWN, open, REST, type } from './typing.ts';

const MEGABYTE = 1_000_000;

describe('inline completions in documents of all kinds', function () {
  this.timeout(90_000);
  let folder: vscode.Uri;
  before(async () => {
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', true, true);
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-documents-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
    // The index has what the documents below begin.
    await open(await write('known.js', KNOWN.repeat(6)));
  });
  after(async () => {
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  async function write(name: string, text: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return uri;
  }

  /** Begins the known function at the end and accepts its rest; what stood before is as it was. */
  async function completes(document: vscode.TextDocument | vscode.Uri): Promise<vscode.TextDocument> {
    const editor = await open(document);
    const before = editor.document.getText();
    await type(BEGUN);
    await acceptUntil(() => editor.document.getText().slice(before.length).includes(`store.g${REST}`));
    assert.ok(editor.document.getText().startsWith(before));
    return editor.document;
  }

  it('a file of 1 MB', async () => {
    await completes(await write('large.js', KNOWN.repeat(Math.ceil(MEGABYTE / KNOWN.length))));
  });

  it('an empty file', async () => {
    const editor = await open(await write('empty.js', ''));
    await askAndAccept();
    assert.equal(editor.document.getText(), '');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), KNOWN.repeat(3)));
    await completes(editor.document);
  });

  it('an untitled document', async () => {
    await completes(
      await vscode.workspace.openTextDocument({ language: 'javascript', content: KNOWN.repeat(3) }),
    );
  });

  it('CRLF: what is accepted has the file’s line ends', async () => {
    const document = await completes(await write('crlf.js', KNOWN.repeat(3).replaceAll('\n', '\r\n')));
    assert.equal(document.getText().replaceAll('\r\n', '').includes('\n'), false);
  });

  it('tabs', async () => {
    await completes(await write('tabs.js', KNOWN.repeat(3).replaceAll('  ', '\t')));
  });

  it('pairs of surrogates and right-to-left text above', async () => {
    await completes(await write('signs.js', `// 👩‍👩‍👧 שלום עולם مرحبا ${'😀'.repeat(50)}\n${KNOWN}`));
  });

  it('a cell of a notebook', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, KNOWN.repeat(3), 'javascript');
    const data = new vscode.NotebookData([cell]);
    const notebook = await vscode.workspace.openNotebookDocument('interactive', data);
    const editor = await vscode.window.showNotebookDocument(notebook);
    editor.selection = new vscode.NotebookRange(0, 1);
    await vscode.commands.executeCommand('notebook.cell.edit');
    const { document } = notebook.cellAt(0);
    const before = document.getText();
    await askAndAccept();
    assert.equal(document.getText(), before);
  });

  it('a virtual document that cannot be edited', async () => {
    const registered = vscode.workspace.registerTextDocumentContentProvider('pilot-test', {
      provideTextDocumentContent: () => KNOWN + BEGUN,
    });
    try {
      const uri = vscode.Uri.parse('pilot-test:/virtual.js');
      const { document } = await open(uri);
      await askAndAccept();
      assert.equal(document.getText(), KNOWN + BEGUN);
    } finally {
      registered.dispose();
    }
  });

  it('a document that is closed, one that is changed, and one that is deleted while an answer is on its way', async () => {
    const trigger = (): Thenable<unknown> =>
      vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    const editor = await open(await write('changing.js', KNOWN + BEGUN));
    const asked = trigger();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// first\n'));
    await asked;
    await askAndAccept();
    assert.ok(editor.document.getText().startsWith(`// first\n${KNOWN}${BEGUN}`));
    const uri = await write('closing.js', KNOWN + BEGUN);
    await open(uri);
    const asking = trigger();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(uri);
    await asking;
    await completes(await write('after.js', KNOWN));
  });

  it('one line of 1 MB: inside it, behind it, and below it', async () => {
    const line = `export const table = [${'1,'.repeat(MEGABYTE / 2)}];`;
    const editor = await open(await write('line.js', `${line}\n`));
    const { document } = editor;
    const place = async (position: vscode.Position): Promise<void> => {
      editor.selection = new vscode.Selection(position, position);
      await type('2');
      await askAndAccept();
    };
    await place(new vscode.Position(0, MEGABYTE / 2));
    await place(new vscode.Position(0, document.lineAt(0).text.length));
    const at = MEGABYTE / 2;
    assert.ok(document.lineAt(0).text === `${line.slice(0, at)}2${line.slice(at)}2`, 'only what was typed');
    editor.selection = new vscode.Selection(1, 0, 1, 0);
    await type(BEGUN);
    await acceptUntil(() => document.lineAt(document.lineCount - 2).text.includes(`store.g${REST}`));
  });
});
