import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CompletionEvent } from '../../src/app/call/routedCompletion.ts';
import type { EditSessionDeps } from '../../src/app/edit/ports.ts';
import { EditSession } from '../../src/app/edit/session.ts';
import type { Arm } from '../../src/core/arm.ts';
import type { DecisionId, NanoUsd } from '../../src/core/brand.ts';
import type { Decision } from '../../src/core/decision.ts';
import { EditorDocument } from '../../src/vscode/edit/document.ts';
import { stretchOf, targetOf } from '../../src/vscode/edit/target.ts';

const OLD = ['function sum(a, b) {', '\tconst c = a;', '\treturn c + b;', '}'];
const NEW = ['function sum(a, b) {', '\t// Adds.', '\treturn a + b;', '}'];
const text = (eol: string, middle: readonly string[]): string =>
  ['const head = 1;', '', ...middle, '', 'const tail = 2;'].join(eol);

/** Answers in pieces; `between` runs before each. */
function deps(told: string[], between: () => Thenable<unknown> | undefined): EditSessionDeps {
  async function* run(): AsyncGenerator<CompletionEvent> {
    const arm = { id: 'test/a', label: 'A' } as unknown as Arm;
    yield { type: 'routed', decision: { id: 'd' as DecisionId } as Decision, arm };
    for (const piece of `\`\`\`js\n${NEW.join('\n')}\n\`\`\`\n`.match(/[^]{1,12}/g) ?? []) {
      await between();
      yield { type: 'text', text: piece };
    }
    yield {
      ...{ type: 'ended', costNano: 1 as NanoUsd, costSource: 'priced-usage', leftNano: undefined },
      ...{ finish: 'stop', usage: undefined },
    };
  }
  return {
    engine: { run },
    learning: {
      correctedOutcome: (_id, kind) => {
        told.push(kind);
        return Promise.resolve();
      },
    },
    timers: { after: () => ({ dispose: () => undefined }) },
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (line, error) => told.push(`${line} ${String(error)}`),
    },
    newId: () => 'c',
    now: () => 0,
  };
}

describe('edits in place in the host', function () {
  this.timeout(60_000);
  let folder: vscode.Uri;
  const parts: vscode.Disposable[] = [];
  before(async () => {
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-edit-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
  });
  afterEach(() => {
    for (const part of parts.splice(0)) part.dispose();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  async function open(name: string, content: string): Promise<vscode.TextDocument> {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
    return (await vscode.window.showTextDocument(uri, { preview: false })).document;
  }

  /** For the function around line 4. */
  async function begin(
    document: vscode.TextDocument,
    told: string[],
    between: () => Thenable<unknown> | undefined = () => undefined,
  ): Promise<EditSession> {
    const lines = await targetOf(document, new vscode.Range(3, 0, 3, 0));
    const edited = new EditorDocument(document);
    const subject = { region: stretchOf(document, lines), fileName: 'a.js', languageId: 'javascript' };
    const session = new EditSession(deps(told, between), edited, subject, () => undefined);
    edited.follow((changes, isUndo) => session.changed(changes, isUndo));
    parts.push(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document) edited.changed(event);
      }),
    );
    return session;
  }

  for (const [name, eol] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ] as const) {
    it(`${name}: changed, and with one undo back byte for byte`, async () => {
      const document = await open(`${name}.js`, text(eol, OLD));
      const told: string[] = [];
      const session = await begin(document, told);
      assert.equal((await session.ask('x', { type: 'auto' })).kind, 'changed');
      assert.equal(document.getText(), text(eol, NEW));
      await vscode.commands.executeCommand('undo');
      // A step that the editor ended itself is undone directly after the other.
      for (let i = 0; i < 100 && session.state !== 'over'; i += 1)
        await new Promise((done) => setTimeout(done, 20));
      assert.equal(document.getText(), text(eol, OLD));
      assert.deepEqual([session.state, told], ['over', ['undone']]);
    });
  }

  it('what is typed elsewhere while the answer streams stays, accepted and rejected', async () => {
    for (const accepts of [true, false]) {
      const document = await open(`typed-${accepts}.js`, text('\n', OLD));
      const told: string[] = [];
      let typed = '';
      const editor = vscode.window.activeTextEditor;
      assert.ok(editor);
      editor.selection = new vscode.Selection(0, 0, 0, 0);
      const between = (): Thenable<unknown> => {
        typed += 'x';
        return vscode.commands.executeCommand('type', { text: 'x' });
      };
      const session = await begin(document, told, between);
      await session.ask('x', { type: 'auto' });
      if (accepts) session.accept();
      else await session.reject();
      assert.equal(document.getText(), typed + text('\n', accepts ? NEW : OLD));
      assert.deepEqual(told, [accepts ? 'accepted' : 'rejected']);
    }
  });

  it('a document without a visible editor is changed too, and not saved', async () => {
    const document = await open('hidden.js', text('\n', OLD));
    const told: string[] = [];
    const session = await begin(document, told);
    await open('front.js', '');
    assert.equal((await session.ask('x', { type: 'auto' })).kind, 'changed');
    assert.equal(document.getText(), text('\n', NEW));
    assert.ok(document.isDirty);
    await session.reject();
    assert.equal(document.getText(), text('\n', OLD));
  });

  it('a language server that hangs is not waited for, and without symbols the text tells', async () => {
    const hangs = { provideDocumentSymbols: () => new Promise<never>(() => undefined) };
    parts.push(vscode.languages.registerDocumentSymbolProvider({ language: 'plaintext' }, hangs));
    const document = await open('a.txt', 'one\n\ntwo\nthree\n\nfunction four() {\n  five();\n}\n');
    const at = (line: number) => targetOf(document, new vscode.Range(line, 0, line, 0));
    assert.deepEqual(await at(3), { first: 2, last: 3 });
    assert.deepEqual(await at(4), { first: 4, last: 4 });
    assert.deepEqual(await at(6), { first: 5, last: 7 });
    // Whole lines that are selected end where the next begins.
    assert.deepEqual(await targetOf(document, new vscode.Range(2, 1, 4, 0)), { first: 2, last: 3 });
  });

  it('a cell of a notebook', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text('\n', OLD), 'javascript');
    const data = new vscode.NotebookData([cell]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const { document } = notebook.cellAt(0);
    const session = await begin(document, []);
    await session.ask('x', { type: 'auto' });
    assert.equal(document.getText(), text('\n', NEW));
    await session.reject();
    assert.equal(document.getText(), text('\n', OLD));
  });
});
