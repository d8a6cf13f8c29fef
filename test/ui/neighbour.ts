/** A small extension beside PILOT that offers VS Code a language model of its own. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { codeServerEntry } from '../../scripts/host/installCodeServer.ts';
import { run } from '../../scripts/host/processes.ts';
import type { Workbench } from './driver.ts';

interface Extension {
  readonly publisher: string;
  readonly name: string;
  readonly contributes: object;
  readonly code: string;
}

const neighbour: Extension = {
  publisher: 'test',
  name: 'neighbour',
  contributes: { languageModelChatProviders: [{ vendor: 'neighbour', displayName: 'Neighbour' }] },
  code: `
const vscode = require('vscode');
const model = { id: 'echo', name: 'Echo', family: 'echo', version: '1', maxInputTokens: 50000, maxOutputTokens: 4000 };
exports.activate = () => vscode.lm.registerLanguageModelChatProvider('neighbour', {
  provideLanguageModelChatInformation: () => [{ ...model, capabilities: { toolCalling: true } }],
  provideLanguageModelChatResponse: async (_model, messages, _options, progress) => {
    progress.report(new vscode.LanguageModelTextPart('Echo heard ' + messages.length + ' messages.'));
  },
  provideTokenCount: async () => 1,
});
`,
};

export const installNeighbour = (workbench: Workbench): Promise<void> => install(workbench, neighbour);

/** Installs it into the workbench's VS Code and reloads the window. */
async function install(workbench: Workbench, { code, ...own }: Extension): Promise<void> {
  const manifest = {
    ...own,
    version: '0.0.1',
    license: 'MIT',
    repository: { type: 'git', url: 'https://example.com/neighbour.git' },
    engines: { vscode: '^1.110.0' },
    main: './extension.js',
    files: ['extension.js'],
    activationEvents: ['onStartupFinished'],
  };
  const folder = path.dirname(workbench.userDataFolder);
  const source = path.join(folder, own.name);
  mkdirSync(source);
  writeFileSync(path.join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(source, 'extension.js'), code);
  writeFileSync(path.join(source, 'README.md'), '# A neighbour\n');
  writeFileSync(path.join(source, 'LICENSE'), 'MIT\n');
  const vsix = path.join(folder, `${own.name}.vsix`);
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
