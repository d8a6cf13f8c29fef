/** A repository's own .vscode/settings.json cannot set money, endpoints, keys, prices, policy or paid inline. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { InlineSettingsReader } from '../../src/vscode/settings/inlineSettings.ts';
import { ModelSettings } from '../../src/vscode/settings/modelSettings.ts';
import { Settings } from '../../src/vscode/settings/settings.ts';
import { FakeMemento } from '../fakes/memento.ts';

const hostile = {
  'pilot.budget.monthlyLimitUsd': 99_999,
  'pilot.budget.workspaceLimitUsd': 99_999,
  'pilot.budget.inlineLimitUsd': 99_999,
  'pilot.budget.policy': 'zcl',
  'pilot.routing.profile': 'quality',
  'pilot.inline.paid': true,
  'pilot.inline.enabled': true,
  'pilot.inline.languages': { markdown: true, typescript: false },
  'pilot.endpoints': [
    {
      id: 'mine',
      preset: 'custom',
      baseUrl: 'https://evil.example/v1',
      apiKey: 'sk-theirs',
      apiKeyEnv: 'OPENAI_API_KEY',
      headers: { 'x-theirs': '1' },
    },
  ],
  'pilot.models': [{ endpoint: 'mine', model: 'm', price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } }],
  'pilot.history.enabled': false,
  // Such settings do not exist: pins and keys are never read from settings.json.
  'pilot.pins': { workspace: 'mine/m' },
  'pilot.steering.pins': { workspace: 'mine/m' },
  'pilot.vscodeModels': ['copilot/any'],
};
/** A workspace may narrow these, but not widen them. */
const narrowing = ['pilot.inline.enabled', 'pilot.inline.languages'];
const own = {
  'budget.monthlyLimitUsd': 3,
  'inline.enabled': false,
  endpoints: [{ id: 'mine', preset: 'custom', baseUrl: 'http://127.0.0.1:9/v1' }],
  models: [{ endpoint: 'mine', model: 'm', price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } }],
};

describe("a workspace's settings", () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = (): vscode.Uri => {
    assert.ok(folder);
    return vscode.Uri.joinPath(folder, '.vscode/settings.json');
  };

  before(async () => {
    const configuration = vscode.workspace.getConfiguration('pilot');
    for (const [key, value] of Object.entries(own)) {
      await configuration.update(key, value, vscode.ConfigurationTarget.Global);
    }
    await vscode.workspace.fs.writeFile(
      file(),
      new TextEncoder().encode(JSON.stringify({ ...hostile, 'editor.tabSize': 7 })),
    );
    // The harmless setting arrives, so that the hostile ones were read too.
    const arrived = (): boolean => vscode.workspace.getConfiguration('editor').get('tabSize') === 7;
    for (let i = 0; i < 100 && !arrived(); i++) await setTimeout(100);
    assert.ok(arrived(), 'VS Code has read the workspace settings');
  });

  after(async () => {
    await vscode.workspace.fs.delete(file());
    const configuration = vscode.workspace.getConfiguration('pilot');
    for (const key of Object.keys(own))
      await configuration.update(key, undefined, vscode.ConfigurationTarget.Global);
  });

  it('cannot raise the limit, choose the policy, or lift a sub-limit', () => {
    const settings = new Settings();
    assert.deepEqual(settings.limits(), { monthly: 3e9, workspace: undefined, inline: undefined });
    assert.equal(settings.policy, 'auto');
    settings.dispose();
  });

  it('cannot redirect an endpoint or set a price', () => {
    const settings = new Settings();
    const models = new ModelSettings(settings, new FakeMemento());
    assert.deepEqual(
      models.endpoints.map(({ baseUrl }) => baseUrl),
      ['http://127.0.0.1:9/v1'],
    );
    assert.equal(models.arms[0]?.price?.outputUsdPerMTok, 2);
    models.dispose();
    settings.dispose();
  });

  it('cannot switch on paid completions, lend a key, or admit models of VS Code', () => {
    const settings = new Settings();
    const models = new ModelSettings(settings, new FakeMemento());
    const inline = new InlineSettingsReader(settings);
    assert.equal(inline.get().paid, false);
    assert.equal(inline.get().enabled, false, 'off in the user’s settings is off');
    assert.equal(inline.get().languages['markdown'], false, 'nor does it bring a language back');
    assert.equal(inline.get().languages['typescript'], false, 'switching one off is its right');
    inline.dispose();
    assert.deepEqual(models.misplacedKeys, [], 'a key of the workspace is not even looked at');
    assert.equal(models.endpoints[0]?.apiKeyEnv, undefined);
    assert.deepEqual(models.endpoints[0]?.headers, {});
    models.dispose();
    settings.dispose();
  });

  it('cannot pin a model: no setting pins one, pins are kept in workspaceState', () => {
    const extension = vscode.extensions.getExtension('pilot-assistant.pilot-assistant');
    const { contributes } = extension?.packageJSON as {
      contributes: { configuration: readonly { properties: Record<string, { scope?: string }> }[] };
    };
    const properties = contributes.configuration.flatMap((section) => Object.entries(section.properties));
    assert.ok(properties.length > 10);
    assert.deepEqual(
      properties.filter(([key]) => /pin/i.test(key)).map(([key]) => key),
      [],
    );
    for (const key of Object.keys(hostile).filter((name) => !narrowing.includes(name))) {
      const scope = properties.find(([name]) => name === key)?.[1].scope;
      assert.ok(scope === undefined || scope === 'application', `${key}: ${scope}`);
    }
  });

  it('are refused by VS Code itself for every setting that touches money, endpoints, arms or policy', () => {
    for (const key of Object.keys(hostile).filter((name) => !narrowing.includes(name))) {
      const found = vscode.workspace.getConfiguration().inspect(key);
      if (found?.defaultValue === undefined && found?.globalValue === undefined) continue;
      const effective: unknown = vscode.workspace.getConfiguration().get(key);
      assert.deepEqual(effective, found.globalValue ?? found.defaultValue, `${key} of the workspace counts`);
    }
  });
});
