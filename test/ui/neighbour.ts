/** A small extension beside PILOT that offers VS Code a language model of its own, as another vendor's would. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { codeServerEntry } from '../../scripts/host/installCodeServer.ts';
import { run } from '../../scripts/host/processes.ts';
import type { Workbench } from './driver.ts';

const manifest = {
  name: 'neighbour',
  publisher: 'test',
  version: '0.0.1',
  license: 'MIT',
  repository: { type: 'git', url: 'https://example.com/neighbour.git' },
  engines: { vscode: '^1.110.0' },
  main: './extension.js',
  files: ['extension.js'],
  activationEvents: ['onStartupFinished'],
  contributes: { languageModelChatProviders: [{ vendor: 'neighbour', displayName: 'Neighbour' }] },
};

const code = `
const vscode = require('vscode');
const model = { id: 'echo', name: 'Echo', family: 'echo', version: '1', maxInputTokens: 50000, maxOutputTokens: 4000 };
exports.activate = () => vscode.lm.registerLanguageModelChatProvider('neighbour', {
  provideLanguageModelChatInformation: () => [{ ...model, capabilities: { toolCalling: true } }],
  provideLanguageModelChatResponse: async (_model, messages, _options, progress) => {
    progress.report(new vscode.LanguageModelTextPart('Echo heard ' + messages.length + ' messages.'));
  },
  provideTokenCount: async () => 1,
});
`;

/** Installs it into the workbench's VS Code and reloads the window. */
export async function installNeighbour(workbench: Workbench): Promise<void> {
  const folder = path.dirname(workbench.userDataFolder);
  const source = path.join(folder, 'neighbour');
  mkdirSync(source);
  writeFileSync(path.join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(source, 'extension.js'), code);
  writeFileSync(path.join(source, 'README.md'), '# Neighbour\n');
  writeFileSync(path.join(source, 'LICENSE'), 'MIT\n');
  const vsix = path.join(folder, 'neighbour.vsix');
  await createVSIX({ cwd: source, packagePath: vsix, dependencies: false });
  const { code: exitCode, output } = await run(
    process.execPath,
    [
      codeServerEntry,
      ...['--config', path.join(folder, 'config.yaml')],
      ...['--user-data-dir', workbench.userDataFolder],
      ...['--extensions-dir', path.join(folder, 'extensions')],
      ...['--install-extension', vsix],
    ],
    { env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}' }, timeoutMs: 60_000, quiet: true },
  );
  assert.equal(exitCode, 0, output);
  await workbench.reload();
}
