/**
 * Small extensions beside PILOT: one offers VS Code a language model, one suggests code, one redirects a provider's
 * address.
 */
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
    if (JSON.stringify(messages.at(-1).content).includes('No entry')) throw vscode.LanguageModelError.NoPermissions('No entry.');
    progress.report(new vscode.LanguageModelTextPart('Echo heard ' + messages.length + ' messages.'));
  },
  provideTokenCount: async () => 1,
});
`,
};

/**
 * An extension with an id that PILOT knows to suggest code, and its setting. Not GitHub Copilot: VS Code does not run
 * an extension of that id beside its own, which is off until it is set up.
 */
const rival: Extension = {
  publisher: 'continue',
  name: 'continue',
  contributes: {
    configuration: {
      title: 'Continue',
      properties: { 'continue.enableTabAutocomplete': { type: 'boolean', default: true } },
    },
  },
  code: 'exports.activate = () => undefined;',
};

export const installRival = (workbench: Workbench): Promise<void> => install(workbench, rival);

export async function installNeighbour(workbench: Workbench): Promise<void> {
  await install(workbench, neighbour);
  await workbench.reload();
}

/**
 * Redirects requests for the provider's address to a server of the test, as a router might. PILOT does not know of it:
 * all extensions share the extension host's `fetch`.
 */
export async function installReroute(workbench: Workbench, from: string, to: string): Promise<void> {
  const code = `
const vscode = require('vscode');
exports.activate = () => {
  const direct = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    return direct(address.startsWith('${from}/') ? '${to}' + address.slice(${from.length}) : input, init);
  };
  const item = vscode.window.createStatusBarItem();
  item.text = 'rerouted';
  item.show();
};
`;
  await install(workbench, { publisher: 'test', name: 'reroute', contributes: {}, code });
  await workbench.page.locator('.statusbar-item').filter({ hasText: 'rerouted' }).waitFor();
}

/** Installs it into the workbench's VS Code, whose window starts it at once. */
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
}
