/**
 * Inline completions in documents that are large, empty, unusual or closed: they insert nothing wrong and lose nothing.
 */
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { acceptUntil, askAndAccept, begun, known, open, REST, type } from './typing.ts';

const MEGABYTE = 1_000_000;
const noPopups = { quickSuggestions: 'off', suggestOnTriggerCharacters: false };
const editorSettings = () => vscode.workspace.getConfiguration('editor');

describe('inline completions in documents of all kinds', function () {
  this.timeout(90_000);
  let folder: vscode.Uri;
  before(async () => {
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', true, true);
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-documents-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
    // A list that opens by itself would replace what these tests accept.
    for (const [key, value] of Object.entries(noPopups)) await editorSettings().update(key, value, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', undefined, true);
    for (const key of Object.keys(noPopups)) await editorSettings().update(key, undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  async function write(name: string, text: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return uri;
  }

  /** Types the beginning of the known function at the end and accepts its rest; the text before stays. */
  async function completes(
    document: vscode.TextDocument | vscode.Uri,
    name: string,
  ): Promise<vscode.TextDocument> {
    const editor = await open(document);
    const before = editor.document.getText();
    await type(begun(name));
    await acceptUntil(() => editor.document.getText().slice(before.length).includes(`${name}.g${REST}`));
    assert.ok(editor.document.getText().startsWith(before));
    return editor.document;
  }

  it('a file of 1 MB', async () => {
    const text = known('large');
    await completes(await write('large.js', text.repeat(Math.ceil(MEGABYTE / text.length))), 'large');
  });

  it('an empty file', async () => {
    const editor = await open(await write('empty.js', ''));
    await askAndAccept();
    assert.equal(editor.document.getText(), '');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), known('empty').repeat(3)));
    await completes(editor.document, 'empty');
  });

  it('an untitled document', async () => {
    await completes(
      await vscode.workspace.openTextDocument({
        language: 'javascript',
        content: known('untitled').repeat(3),
      }),
      'untitled',
    );
  });

  it('CRLF: what is accepted has the file’s line ends', async () => {
    const document = await completes(
      await write('crlf.js', known('crlf').repeat(3).replaceAll('\n', '\r\n')),
      'crlf',
    );
    assert.equal(document.getText().replaceAll('\r\n', '').includes('\n'), false);
  });

  it('mixed line ends: one kind in the editor, and what is accepted has it', async () => {
    const [first = '', ...others] = Array.from({ length: 4 }, () => known('mixed'));
    const text = [first.replaceAll('\n', '\r\n'), ...others].join('');
    const document = await completes(await write('mixed.js', text), 'mixed');
    const ends = new Set(document.getText().match(/\r\n|\n|\r/g));
    assert.equal(ends.size, 1, JSON.stringify([...ends]));
  });

  it('tabs', async () => {
    await completes(await write('tabs.js', known('tabs').repeat(3).replaceAll('  ', '\t')), 'tabs');
  });

  it('pairs of surrogates and right-to-left text above', async () => {
    await completes(
      await write('signs.js', `// 👩‍👩‍👧 שלום עולם مرحبا ${'😀'.repeat(50)}\n${known('signs').repeat(3)}`),
      'signs',
    );
  });

  it('a cell of a notebook', async () => {
    const cell = new vscode.NotebookCellData(
      vscode.NotebookCellKind.Code,
      known('cell').repeat(3),
      'javascript',
    );
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
    const text = known('virtual').repeat(3) + begun('virtual');
    const registered = vscode.workspace.registerTextDocumentContentProvider('pilot-test', {
      provideTextDocumentContent: () => text,
    });
    try {
      const uri = vscode.Uri.parse('pilot-test:/virtual.js');
      const { document } = await open(uri);
      await askAndAccept();
      assert.equal(document.getText(), text);
    } finally {
      registered.dispose();
    }
  });

  it('a document that is closed, one that is changed, and one that is deleted while an answer is on its way', async () => {
    const trigger = (): Thenable<unknown> =>
      vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    const text = known('changing').repeat(3) + begun('changing');
    const editor = await open(await write('changing.js', text));
    const asked = trigger();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// first\n'));
    await asked;
    await askAndAccept();
    assert.ok(editor.document.getText().startsWith(`// first\n${text}`));
    const uri = await write('closing.js', text);
    await open(uri);
    const asking = trigger();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(uri);
    await asking;
    await completes(await write('after.js', known('after').repeat(3)), 'after');
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
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), known('below').repeat(3)));
    const last = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(last, last);
    await type(begun('below'));
    // The editor closes the bracket itself, so this is not the last line.
    const below = (): string => document.getText().slice(MEGABYTE).split('again(below)')[1] ?? '';
    await acceptUntil(() => below().includes(`below.g${REST}`));
  });
});
