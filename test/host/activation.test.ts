import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const extensionId = 'pilot-assistant.pilot-assistant';

describe('activation', () => {
  it('succeeds', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, 'the extension is installed');
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('registers every command of the manifest, and no other', async () => {
    const manifest = vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
    const declared = manifest.contributes.commands.map(({ command }) => command).sort();
    const registered = (await vscode.commands.getCommands(true)).filter((command) =>
      command.startsWith('pilot.'),
    );
    assert.deepEqual(registered.sort(), declared);
  });
});

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}
