/**
 * The commands of the limit and of prices inside VS Code: their questions, what they write, and that they write nothing
 * unseen.
 */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { startModelServer, type ModelServer } from '../fakes/modelServer.ts';

const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('pilot');
const written = (key: string): unknown => configuration().inspect(key)?.globalValue;
const write = (key: string, value: unknown): Thenable<void> =>
  configuration().update(key, value, vscode.ConfigurationTarget.Global);

/** Answers any open quick input repeatedly until the command has ended; does nothing while there is none. */
async function answering(command: string, answer: string): Promise<void> {
  const running = { ended: false };
  const done = Promise.resolve(vscode.commands.executeCommand(command)).finally(() => (running.ended = true));
  for (let i = 0; i < 100 && !running.ended; i++) {
    await setTimeout(200);
    await vscode.commands.executeCommand(answer);
  }
  assert.ok(running.ended, `${command} ended`);
  await done;
}
const ACCEPT = 'workbench.action.acceptSelectedQuickOpenItem';
const CANCEL = 'workbench.action.closeQuickOpen';

describe('PILOT: Set Monthly Limit', () => {
  after(() => write('budget.monthlyLimitUsd', undefined));

  it('writes the amount to the user’s settings', async () => {
    await write('budget.monthlyLimitUsd', undefined);
    await answering('pilot.setMonthlyLimit', CANCEL);
    assert.equal(written('budget.monthlyLimitUsd'), undefined, 'not when it was cancelled');
    // The proposed value.
    await answering('pilot.setMonthlyLimit', ACCEPT);
    assert.equal(written('budget.monthlyLimitUsd'), 5);
  });
});

describe('PILOT: Refresh Prices', () => {
  let server: ModelServer;
  let before: [unknown, unknown];
  const priced = (model: string, input: number, output: number) => ({
    endpoint: 'lists-prices',
    model,
    contextTokens: 8_000,
    price: { inputUsdPerMTok: input, outputUsdPerMTok: output },
  });
  const standing = [
    { ...priced('dearer', 1, 4), label: 'Mine' },
    priced('hundredfold', 1, 4),
    priced('now-free', 1, 4),
    priced('unreadable', 1, 4),
    priced('unlisted', 1, 4),
  ];
  const listed = (id: string, prompt: string, completion: string) => ({
    id,
    pricing: { prompt, completion },
  });
  const list = {
    data: [
      listed('dearer', '0.000002', '0.000008'),
      listed('hundredfold', '0.0001', '0.0004'),
      listed('now-free', '0', '0'),
      listed('unreadable', '-1', 'NaN'),
    ],
  };

  beforeEach(async () => {
    server = await startModelServer({ models: [] });
    server.always({ kind: 'reply', body: list });
    before = [written('endpoints'), written('models')];
    await write('endpoints', [{ id: 'lists-prices', preset: 'custom', baseUrl: server.url }]);
    await write('models', standing);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand(CANCEL);
    await write('endpoints', before[0]);
    await write('models', before[1]);
    await server.close();
  });

  it('shows what would change, and takes only what is plausible unless more is ticked', async () => {
    await answering('pilot.refreshPrices', ACCEPT);
    const [dearer, ...others] = standing;
    assert.deepEqual(written('models'), [
      { ...dearer, price: { inputUsdPerMTok: 2, outputUsdPerMTok: 8 } },
      ...others,
    ]);
  });

  it('writes nothing when it is cancelled', async () => {
    await answering('pilot.refreshPrices', CANCEL);
    assert.ok(server.requests.length > 0, 'the list was asked for');
    assert.deepEqual(written('models'), standing);
  });

  it('asks nothing when the prices are those listed', async () => {
    server.always({ kind: 'reply', body: { data: [listed('dearer', '0.000001', '0.000004')] } });
    await vscode.commands.executeCommand('pilot.refreshPrices');
    assert.deepEqual(written('models'), standing);
  });
});
