/** The data that the host passes to the inline pipeline, and what a bad setting leaves in the log. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { followExclusions } from '../../src/app/inline/exclusion.ts';
import type { Log } from '../../src/app/ports/environment.ts';
import { BadSettingsNotices } from '../../src/vscode/words/attention.ts';
import { RecentContext } from '../../src/vscode/inline/recentContext.ts';
import { ModelSettings } from '../../src/vscode/settings/modelSettings.ts';
import { Settings } from '../../src/vscode/settings/settings.ts';
import { FakeMemento } from '../fakes/memento.ts';

describe('privacy in the host', () => {
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('pilot');

  describe('neighbouring files', () => {
    let file: vscode.Uri;
    /** Whether the context of a request elsewhere includes a file that was just viewed. */
    const offered = async (
      name: string,
      content: string | undefined,
      globs: readonly string[],
    ): Promise<boolean> => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      assert.ok(folder);
      file = vscode.Uri.joinPath(folder, name);
      if (content !== undefined) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
      const recent = new RecentContext(followExclusions(() => globs));
      try {
        return recent
          .near('elsewhere')
          .some(({ path, text }) => path.toLowerCase().endsWith('looked.ts') && text !== '');
      } finally {
        recent.dispose();
      }
    };
    afterEach(async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(file);
    });

    it('are left out by a pattern that begins at the workspace', async () => {
      assert.equal(await offered('looked.ts', 'export const a = 1;\n', []), true);
      assert.equal(await offered('looked.ts', 'export const a = 1;\n', ['/looked.ts']), false);
    });

    it('are judged by where a link leads', async function () {
      const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail();
      for (const [target, isOffered] of [
        ['plainTarget.ts', true],
        ['.env.local', false],
      ] as const) {
        const there = vscode.Uri.joinPath(root, target);
        await vscode.workspace.fs.writeFile(there, new TextEncoder().encode('export const a = 1;\n'));
        const link = vscode.Uri.joinPath(root, isOffered ? 'linkLooked.ts' : 'docsLooked.ts');
        try {
          symlinkSync(there.fsPath, link.fsPath);
        } catch (error) {
          // On Windows only some users may create links.
          if ((error as NodeJS.ErrnoException).code === 'EPERM') this.skip();
          throw error;
        }
        assert.equal(await offered(path.basename(link.fsPath), undefined, []), isOffered, target);
        await vscode.workspace.fs.delete(there);
        if (isOffered) await vscode.workspace.fs.delete(link);
      }
    });

    it('are left out where they hold a private key', async () => {
      const key = `-----BEGIN PRIVATE KEY-----\n${'MIIE\n'.repeat(20)}-----END PRIVATE KEY-----\n`;
      // Another name, since the document of a deleted file stays for a while.
      assert.equal(await offered('keyLooked.ts', 'export const a = 1;\n'.repeat(30) + key, []), false);
    });
  });

  it('writes every bad setting into the log, not only the first', async () => {
    const lines: string[] = [];
    const log: Log = { info: () => undefined, warn: (line) => lines.push(line), error: () => undefined };
    const bad = [
      { endpoint: 'gone', model: 'a' },
      { endpoint: 'gone', model: 'b' },
    ];
    await configuration().update('models', bad, vscode.ConfigurationTarget.Global);
    const settings = new Settings();
    const models = new ModelSettings(settings, new FakeMemento());
    try {
      new BadSettingsNotices(log).tell(settings, models);
      assert.equal(lines.filter((line) => line.includes('pilot.models[')).length, 2, lines.join('\n'));
    } finally {
      models.dispose();
      settings.dispose();
      await configuration().update('models', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
