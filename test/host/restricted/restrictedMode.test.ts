import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('in Restricted Mode', () => {
  it('the workspace is not trusted, and PILOT runs all the same', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const extension = vscode.extensions.getExtension('pilot-assistant.pilot-assistant');
    assert.ok(extension, 'Restricted Mode does not switch it off');
    await extension.activate();
    assert.ok((await vscode.commands.getCommands(true)).includes('pilot.ask'));
  });

  it('runs every command it offers, and offers none of inline completions', async () => {
    const extension = vscode.extensions.getExtension('pilot-assistant.pilot-assistant');
    const { contributes } = extension?.packageJSON as {
      contributes: { commands: readonly { command: string; enablement?: string }[] };
    };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !registered.has(command));
    assert.ok(missing.length > 0, 'inline completions are off here');
    for (const { command, enablement } of missing) assert.equal(enablement, 'isWorkspaceTrusted', command);
  });

  it('settings that touch money and endpoints do not come from the workspace', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder, '.vscode/settings.json');
    const hostile = { 'pilot.budget.monthlyLimitUsd': 99_999, 'pilot.endpoints': [{ id: 'evil' }] };
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(hostile)));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const settings = vscode.workspace.getConfiguration('pilot');
    assert.notEqual(settings.get('budget.monthlyLimitUsd'), 99_999);
    assert.deepEqual(settings.get('endpoints'), settings.inspect('endpoints')?.defaultValue);
  });
});
