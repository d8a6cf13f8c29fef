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
    const { commands, views } = (vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest)
      .contributes;
    const declared = commands.map(({ command }) => command);
    // VS Code adds its own commands for each view.
    const ofViews = Object.values(views).flatMap((list) => list.map(({ id }) => `${id}.`));
    const registered = (await vscode.commands.getCommands(true))
      .filter((command) => command.startsWith('pilot.'))
      .filter((command) => declared.includes(command) || !ofViews.some((view) => command.startsWith(view)));
    assert.deepEqual(registered.sort(), [...declared, ...internal].sort());
  });
});

/** VS Code runs it on the extension's behalf when the user accepts a completion. */
const internal = ['pilot.inline.accepted'];

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}
