/** Set-up inside VS Code: the commands, the keyring, and a key in the settings. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Log } from '../../src/app/ports/environment.ts';
import type { Endpoint } from '../../src/app/settings/index.ts';
import { parseSettings } from '../../src/app/settings/index.ts';
import { PRESETS } from '../../src/providers/presets.ts';
import { HostConsents } from '../../src/vscode/settings/hostConsents.ts';
import { Secrets } from '../../src/vscode/settings/secrets.ts';
import { MisplacedKeys } from '../../src/vscode/setup/moveKeys.ts';
import type { ModelServer } from '../fakes/modelServer.ts';
import { startModelServer } from '../fakes/modelServer.ts';
import { FakeMemento } from '../fakes/memento.ts';
import { FakeSecretStorage } from '../fakes/secretStorage.ts';

const KEY = 'sk-host-0123456789';
const consentsInMemory = (): HostConsents => new HostConsents(new FakeMemento());

const endpointOf = (entry: object): Endpoint => {
  const [endpoint] = parseSettings(
    { endpoints: [{ id: 'e', preset: 'openai', ...entry }], models: [] },
    PRESETS,
  ).endpoints;
  assert.ok(endpoint);
  return endpoint;
};

describe('keys', () => {
  let storage: FakeSecretStorage;
  let lines: string[];
  let consents: HostConsents;
  let time = 0;
  const secretsWith = (environment: Record<string, string> = {}): Secrets => {
    const log: Log = {
      info: (message) => lines.push(message),
      warn: (message) => lines.push(message),
      error: (message, error) => lines.push(`${message} ${String(error)}`),
    };
    return new Secrets({ storage, clock: { now: () => time }, log, environment, presets: PRESETS, consents });
  };
  beforeEach(() => {
    storage = new FakeSecretStorage();
    lines = [];
    consents = consentsInMemory();
  });

  it('are kept in the keyring and found again', async () => {
    await secretsWith().store(endpointOf({}), KEY);
    assert.equal(await secretsWith().key(endpointOf({})), KEY);
  });

  it('are bound to the host they were entered for', async () => {
    await secretsWith().store(endpointOf({}), KEY);
    assert.equal(await secretsWith().key(endpointOf({ baseUrl: 'https://elsewhere.example/v1' })), undefined);
    assert.ok(lines.some((line) => line.includes('is not sent elsewhere')));
    assert.doesNotMatch(lines.join('\n'), /0123456789/);
  });

  it('stay with a local server that changes its port', async () => {
    await secretsWith().store(endpointOf({ baseUrl: 'http://127.0.0.1:1/v1' }), KEY);
    assert.equal(await secretsWith().key(endpointOf({ baseUrl: 'http://localhost:2/v1' })), KEY);
  });

  it('of a variable go to a host that is not the provider’s own only once the user has agreed', async () => {
    const secrets = secretsWith({ MY_KEY: KEY, OPENAI_API_KEY: KEY });
    const mine = (baseUrl: string): Endpoint =>
      endpointOf({ preset: 'custom', baseUrl, apiKeyEnv: 'MY_KEY' });
    assert.equal(await secrets.key(mine('https://one.example/v1')), undefined);
    await secrets.confirmVariable('MY_KEY', mine('https://one.example/v1'));
    assert.equal(await secrets.key(mine('https://one.example/v2')), KEY);
    assert.equal(await secrets.key(mine('https://two.example/v1')), undefined);
    assert.equal(await secrets.key(endpointOf({ apiKeyEnv: 'OPENAI_API_KEY' })), KEY);
  });

  it('come from the environment only where the settings name the variable, and after the keyring', async () => {
    const environment = { OPENAI_API_KEY: 'from-environment' };
    const named = endpointOf({ apiKeyEnv: 'OPENAI_API_KEY' });
    assert.equal(await secretsWith(environment).key(endpointOf({})), undefined);
    assert.equal(await secretsWith(environment).key(named), 'from-environment');
    await secretsWith().store(named, KEY);
    assert.equal(await secretsWith(environment).key(named), KEY);
  });

  it('of another window count at once', async () => {
    const here = secretsWith();
    assert.equal(await here.key(endpointOf({})), undefined);
    let changes = 0;
    here.onDidChange(() => changes++);
    await secretsWith().store(endpointOf({}), KEY);
    assert.equal(changes, 1);
    assert.equal(await here.key(endpointOf({})), KEY);
  });

  it('are asked of the keyring once, and not for each decision', async () => {
    const secrets = secretsWith();
    const endpoint = endpointOf({});
    assert.equal(secrets.hasKey(endpoint), true, 'not known yet');
    await secrets.key(endpoint);
    assert.equal(secrets.hasKey(endpoint), false);
    for (let i = 0; i < 10; i++) secrets.hasKey(endpoint);
    assert.ok(storage.reads <= 2, String(storage.reads));
    assert.equal(secrets.hasKey(endpointOf({ preset: 'ollama' })), true, 'none is needed');
    assert.equal(secrets.hasKey(undefined), false);
  });

  it('survive a keyring that fails: by the variable, and without a word about the key', async () => {
    storage.refuses = true;
    const secrets = secretsWith({ MY_KEY: 'from-environment' });
    await secrets.confirmVariable('MY_KEY', endpointOf({ apiKeyEnv: 'MY_KEY' }));
    assert.equal(await secrets.store(endpointOf({}), KEY), false);
    assert.equal(await secrets.key(endpointOf({ apiKeyEnv: 'MY_KEY' })), 'from-environment');
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join('\n'), /0123456789/);
  });

  it('are found once a keyring that failed is unlocked, and it is not asked at each keystroke', async () => {
    const endpoint = endpointOf({});
    await secretsWith().store(endpoint, KEY);
    storage.refuses = true;
    const secrets = secretsWith();
    assert.equal(await secrets.key(endpoint), undefined);
    assert.equal(secrets.hasKey(endpoint), false);
    const { reads } = storage;
    for (let i = 0; i < 10; i++) assert.equal(secrets.hasKey(endpoint), false);
    assert.equal(storage.reads, reads, 'not yet');
    time += 10_000;
    for (let i = 0; i < 10; i++) secrets.hasKey(endpoint);
    assert.equal(await secrets.key(endpoint), undefined);
    assert.equal(storage.reads, reads + 1, 'once');
    assert.equal(lines.length, 1, 'told once');
    storage.refuses = false;
    const changed = new Promise<void>((resolve) => void secrets.onDidChange(resolve));
    time += 10_000;
    secrets.hasKey(endpoint);
    await changed;
    assert.equal(secrets.hasKey(endpoint), true);
    assert.equal(await secrets.key(endpoint), KEY);
  });

  it('of an unknown form are as good as none', async () => {
    for (const stored of ['plain-key', '{', 'null', '{"key":1,"host":2}']) {
      await storage.store('pilot.key.e', stored);
      assert.equal(await secretsWith().key(endpointOf({})), undefined);
    }
  });
});

describe('a key in the settings that the keyring refuses', () => {
  it('stays where it is, and nothing is written', async () => {
    const endpoints = [{ id: 'e', preset: 'openai', apiKey: KEY }];
    const parsed = parseSettings({ endpoints, models: [] }, PRESETS);
    const before = vscode.workspace.getConfiguration('pilot').inspect('endpoints')?.globalValue;
    const storage = new FakeSecretStorage();
    storage.refuses = true;
    const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const clock = { now: () => 0 };
    const secrets = new Secrets({
      storage,
      log,
      clock,
      environment: {},
      presets: PRESETS,
      consents: consentsInMemory(),
    });
    const update = () => Promise.reject(new Error('nothing is to be written'));
    const settings = { endpoints, models: [], update };
    await new MisplacedKeys({ settings, models: parsed, secrets }).moveOut();
    assert.equal(parsed.misplacedKeys.length, 1, 'there was one to move');
    assert.deepEqual(vscode.workspace.getConfiguration('pilot').inspect('endpoints')?.globalValue, before);
    assert.equal((endpoints[0] as { apiKey: string }).apiKey, KEY);
    secrets.dispose();
  });
});

describe('set-up in VS Code', () => {
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('pilot');
  const write = (key: 'endpoints' | 'models', value: unknown) =>
    configuration().update(key, value, vscode.ConfigurationTarget.Global);
  const written = (key: 'endpoints' | 'models'): unknown => configuration().inspect(key)?.globalValue;
  let before: [unknown, unknown];
  let server: ModelServer | undefined;

  beforeEach(async () => {
    await vscode.extensions.getExtension('pilot-assistant.pilot-assistant')?.activate();
    before = [written('endpoints'), written('models')];
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await write('endpoints', before[0]);
    await write('models', before[1]);
    await server?.close();
    server = undefined;
  });

  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !isSo(); i++) await setTimeout(50);
    assert.ok(isSo(), what);
  };

  it('moves a key out of the settings', async () => {
    await write('endpoints', [
      { id: 'leaky', preset: 'custom', baseUrl: 'http://127.0.0.1:9/v1', apiKey: KEY },
    ]);
    await until('the key is gone', () => !JSON.stringify(written('endpoints')).includes(KEY));
    assert.deepEqual(written('endpoints'), [
      { id: 'leaky', preset: 'custom', baseUrl: 'http://127.0.0.1:9/v1' },
    ]);
  });

  it('takes three keystrokes where a local server runs', async function () {
    try {
      const model = {
        contextTokens: 4000,
        maxOutputTokens: 500,
        price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 },
      };
      server = await startModelServer({ port: 11434, models: [{ ...model, id: 'qwen2.5-coder:7b' }] });
    } catch {
      this.skip(); // A real Ollama uses the port.
    }
    const { requests } = server;
    await write('endpoints', []);
    await write('models', []);
    void vscode.commands.executeCommand('pilot.setUpModels');
    await until('it looks for local servers', () => requests.length === 1);
    await setTimeout(1500);
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await until('it fetches the models', () => requests.length === 2);
    await setTimeout(1000);
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await until('the models are there', () => (written('models') as unknown[] | undefined)?.length === 1);
    const { arms, problems } = parseSettings(
      { endpoints: written('endpoints'), models: written('models') },
      PRESETS,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      arms.map(({ id, price }) => [id, price?.inputUsdPerMTok]),
      [['ollama/qwen2.5-coder:7b', 0]],
    );
  });
});
