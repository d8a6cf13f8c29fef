import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { acceptUntil, BEGUN, KNOWN, open, REST, type } from './typing.ts';

const PREPARED = KNOWN.repeat(6);

/** On the line below, the editor has closed the bracket. */
const hasRest = (document: vscode.TextDocument): boolean =>
  document.getText().slice(PREPARED.length).includes(`store.g${REST}`);

describe('inline completions in the host', function () {
  this.timeout(90_000);
  let folder: vscode.Uri;
  before(async () => {
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    folder = vscode.Uri.file(path.join(os.tmpdir(), `pilot-inline-${process.pid}`));
    await vscode.workspace.fs.createDirectory(folder);
  });
  after(async () => {
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  async function typeInto(name: string): Promise<vscode.TextDocument> {
    const uri = vscode.Uri.joinPath(folder, name);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(PREPARED));
    const editor = await open(uri);
    await type(BEGUN);
    return editor.document;
  }

  it('the local model completes without a key, a setting or a network', async () => {
    const document = await typeInto('a.js');
    await acceptUntil(() => hasRest(document));
  });

  it('undo takes the accepted text out again', async () => {
    const document = await typeInto('b.js');
    await acceptUntil(() => hasRest(document));
    await vscode.commands.executeCommand('undo');
    assert.ok(!hasRest(document));
  });

  it('off shows nothing', async () => {
    await vscode.workspace.getConfiguration('pilot.inline').update('enabled', false, true);
    const document = await typeInto('c.js');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
    assert.ok(!hasRest(document));
  });

  it('the wrapped keys do no harm where nothing is shown', async () => {
    const document = await typeInto('d.js');
    const before = document.getText();
    await vscode.commands.executeCommand('pilot.inline.hide');
    await vscode.commands.executeCommand('pilot.inline.acceptNextWord');
    await vscode.commands.executeCommand('pilot.inline.acceptNextLine');
    await vscode.commands.executeCommand('pilot.inline.accepted', 'no such decision');
    await vscode.commands.executeCommand('pilot.inline.accepted');
    assert.equal(document.getText(), before);
  });
});
