import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Proposals } from '../../src/vscode/ask/codeActions.ts';
import { ContextTray } from '../../src/vscode/ask/contextTray.ts';
import { LastEditor } from '../../src/vscode/ask/editors.ts';
import { storageFolder } from '../../src/vscode/ask/storageFolder.ts';

async function edit(content: string, language = 'typescript'): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 100 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(holds(), what);
}

const diffTab = (): vscode.Tab | undefined =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(({ input }) => input instanceof vscode.TabInputTextDiff);

describe('Ask in the host', () => {
  let folder: vscode.Uri;
  before(async () => {
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-ask-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  async function open(name: string, content: string): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
    return vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, preview: false });
  }

  describe('the tray', () => {
    let editors: LastEditor;
    let tray: ContextTray;
    beforeEach(() => {
      editors = new LastEditor();
      tray = new ContextTray(editors, () => true);
    });
    afterEach(() => {
      tray.dispose();
      editors.dispose();
    });
    /** Without the problems that the language's own server may report meanwhile. */
    const states = () =>
      tray
        .chips()
        .filter(({ kind }) => kind !== 'problems')
        .map(({ kind, name, state }) => `${kind} ${name} ${state}`);
    const texts = async () => (await tray.collect()).pieces.map(({ text }) => text);

    it('sends the selection, and offers the rest of the file', async () => {
      const editor = await open('a.ts', 'one\ntwo\nthree\n');
      editor.selection = new vscode.Selection(0, 0, 2, 0);
      await until(() => states().length === 2, 'both chips are there');
      assert.deepEqual(states(), ['selection a.ts:1-2 on', 'file a.ts offered']);
      assert.deepEqual(await texts(), ['one\ntwo\n']);
    });

    it('sends the file, unsaved changes included, when nothing is selected', async () => {
      const editor = await open('b.ts', 'one\n');
      await editor.edit((change) => change.insert(new vscode.Position(1, 0), 'unsaved\n'));
      editor.selection = new vscode.Selection(0, 0, 0, 0);
      await until(() => states()[0] === 'file b.ts on', 'the file goes along');
      assert.deepEqual(await texts(), ['one\nunsaved\n']);
      await tray.toggle(tray.chips()[0]?.id ?? '', false);
      assert.deepEqual([states(), await texts()], [['file b.ts offered'], []]);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });

    for (const [name, content] of [
      ['.env', 'TOKEN=hunter2\n'],
      ['notes.txt', '-----BEGIN PRIVATE KEY-----\nabc\n'],
    ] as const) {
      it(`withholds ${name}, selected or not`, async () => {
        const editor = await open(name, content);
        await until(() => states()[0] === `file ${name} withheld`, 'the file is withheld');
        editor.selection = new vscode.Selection(0, 0, 1, 0);
        await until(() => states().length === 2, 'the selection has a chip');
        assert.deepEqual(states(), [`selection ${name}:1 withheld`, `file ${name} withheld`]);
        assert.deepEqual(await texts(), []);
      });
    }
  });

  describe('a proposed change', () => {
    let editors: LastEditor;
    let proposals: Proposals;
    let accepted = 0;
    beforeEach(() => {
      editors = new LastEditor();
      proposals = new Proposals();
      accepted = 0;
    });
    afterEach(() => {
      proposals.dispose();
      editors.dispose();
    });
    const propose = (code: string) =>
      proposals.propose(editors, [], { code, language: 'typescript' }, () => (accepted += 1));
    const proposed = (): vscode.Uri | undefined => {
      const input = diffTab()?.input;
      return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
    };

    it('is shown as a diff, and made only when accepted', async () => {
      const { document } = await edit('function a() {\n  return 1;\n}\n\nlet b;\n');
      await propose('function a() {\n  return 2;\n}\n');
      await until(() => proposed() !== undefined, 'the diff is open');
      assert.match(document.getText(), /return 1/);
      const right = await vscode.workspace.openTextDocument(proposed()!);
      assert.equal(right.getText(), 'function a() {\n  return 2;\n}\n\nlet b;\n');
      await proposals.accept(proposed());
      assert.equal(document.getText(), 'function a() {\n  return 2;\n}\n\nlet b;\n');
      assert.equal(accepted, 1);
      await until(() => diffTab() === undefined, 'the diff is closed');
    });

    it('leaves no trace when discarded', async () => {
      const { document } = await edit('function a() {\n  return 1;\n}\n\nlet b;\n');
      await propose('function a() {\n  return 2;\n}\n');
      await until(() => proposed() !== undefined, 'the diff is open');
      await proposals.discard(undefined);
      await until(() => diffTab() === undefined, 'the diff is closed');
      assert.match(document.getText(), /return 1/);
      assert.equal(accepted, 0);
    });

    it('is not made over a file that has changed since', async () => {
      const { document } = await edit('function a() {\n  return 1;\n}\n\nlet b;\n');
      await propose('function a() {\n  return 2;\n}\n');
      await until(() => proposed() !== undefined, 'the diff is open');
      const change = new vscode.WorkspaceEdit();
      change.insert(document.uri, new vscode.Position(0, 0), '// new\n');
      await vscode.workspace.applyEdit(change);
      await proposals.accept(proposed());
      assert.match(document.getText(), /^\/\/ new\nfunction a\(\) \{\n  return 1/);
      assert.equal(accepted, 0);
      await proposals.discard(proposed());
    });
  });

  it('keeps files in a folder that is made when first written', async () => {
    const kept = storageFolder(vscode.Uri.joinPath(folder, 'deep', 'conversations'));
    assert.deepEqual(await kept.list(), []);
    await kept.write('a.json', 'ä');
    await kept.write('a.json', 'ö');
    await kept.rename('a.json', 'b.json');
    assert.deepEqual(
      (await kept.list()).map(({ name, size }) => [name, size]),
      [['b.json', 2]],
    );
    assert.equal(await kept.read('b.json'), 'ö');
    await kept.remove('b.json');
    await assert.rejects(kept.read('b.json'));
  });

  const panel = (): vscode.Tab | undefined =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('pilot.ask'));

  it('opened where nothing is open stays visible beside the file that is opened next', async () => {
    const file = await open('next.ts', 'let next;\n');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until(() => vscode.window.tabGroups.all.length === 1, 'one group is left');
    await vscode.commands.executeCommand('pilot.ask');
    await until(() => panel() !== undefined, 'the panel is there');
    await vscode.commands.executeCommand('vscode.open', file.document.uri, { preview: false });
    await until(() => vscode.window.activeTextEditor !== undefined, 'the file is open');
    assert.deepEqual([panel()?.group.viewColumn, panel()?.isActive], [vscode.ViewColumn.Two, true]);
    const { tabs, activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.deepEqual([tabs.length, activeTab?.label], [1, 'next.ts'], 'the file has the keyboard');
  });

  it('asks at once when the command gets a question', async () => {
    await vscode.commands.executeCommand('pilot.ask', 'Why is the sky blue?');
    await until(() => panel()?.label === 'Why is the sky blue?', 'the panel has the question’s title');
  });
});
