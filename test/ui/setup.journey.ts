/** Set-up of models for a server of one's own, with a wrong key at first. */
import assert from 'node:assert/strict';
import { readSettings } from '../../scripts/host/settings.ts';
import { isFree } from '../../scripts/host/ports.ts';
import { type ModelServer, startModelServer } from '../fakes/modelServer.ts';
import { AskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

const KEY = 'sk-journey-0123456789';
const sizes = { contextTokens: 16_000, maxOutputTokens: 2000 };
const free = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
const dear = { inputUsdPerMTok: 3, outputUsdPerMTok: 15 };

describe('set-up of models', () => {
  const workbench = useWorkbench({
    models: () =>
      startModelServer({
        key: KEY,
        models: [
          { id: 'sparrow', price: free, ...sizes },
          // Writes more than an answer needs, so its cap matters.
          { id: 'eagle', price: dear, contextTokens: 64_000, maxOutputTokens: 32_000 },
        ],
      }),
    settings: { 'pilot.endpoints': [], 'pilot.models': [] },
  });
  /** Waits for the next question: text typed before it would go to the previous one. */
  const asked = (text: string) => workbench.quickInput.getByText(text).first().waitFor();
  const written = (key: string): unknown => readSettings(workbench.userDataFolder)?.[key];

  /** At the ports of LM Studio and llama.cpp, where they are free. */
  const local: ModelServer[] = [];
  before(async () => {
    for (const port of [1234, 8080])
      if (await isFree(port))
        local.push(
          await startModelServer({ port, models: [{ id: `local-${port}`, price: free, ...sizes }] }),
        );
  });
  after(() => Promise.all(local.map((server) => server.close())));

  it('begins with where the models come from, what runs on this machine first', async () => {
    await workbench.command('PILOT: Set Up Models');
    await workbench.option('OpenRouter').waitFor();
    const labels = new Map([
      [1234, 'LM Studio'],
      [8080, 'llama.cpp'],
    ]);
    for (const { port, requests } of local) {
      await workbench.option(`${labels.get(port)}, 1 model`).waitFor();
      for (const { headers } of requests) assert.equal(headers['authorization'], undefined);
    }
    await workbench.shot('setup-start');
    // The last item of a list that is longer than the picker.
    await workbench.type('compatible');
    await workbench.pick('OpenAI-compatible');
  });

  it('asks for address and key, and again for a key that was refused', async () => {
    await asked('The address of the server');
    await workbench.answer(workbench.models.url);
    await workbench.option('Enter a key').waitFor();
    await workbench.shot('setup-key');
    await workbench.pick('Enter a key');
    await asked('It is stored in the system keyring');
    await workbench.answer('sk-wrong-journey');
    await workbench.option('Enter Key').waitFor();
    await workbench.pick('Enter Key');
    await workbench.option('Enter a key').waitFor();
    await workbench.pick('Enter a key');
    await asked('refused that key');
    await workbench.shot('setup-key-again');
    await workbench.answer(KEY);
  });

  it('shows the models with their prices, and writes what was chosen', async () => {
    await workbench.option('sparrow').waitFor();
    // The expensive model is proposed; the free one is below it.
    await workbench.pick('sparrow');
    await workbench.shot('setup-models');
    await workbench.accept();
    // An unknown server may list a price of zero for a model whose price it does not know: the user states that it is
    // free.
    await asked('USD per million tokens of sparrow');
    await workbench.answer('0');
    await workbench.option('No, or Not Known').waitFor();
    await workbench.shot('setup-cap');
    await workbench.pick('Yes, It Limits Everything Billed');
    await workbench.notification('choose among 2 models').waitFor();
    await workbench.shot('setup-done');
    // After a first set-up the composer opens by itself, with the focus.
    await new AskPanel(workbench).frame.locator('.composer textarea:focus').waitFor();
    const models = written('pilot.models') as { model: string; price: object }[];
    assert.deepEqual(
      models.map(({ model, price }) => [model, price]),
      [
        ['sparrow', free],
        ['eagle', dear],
      ],
    );
  });

  it('keeps the key out of the settings', () => {
    assert.doesNotMatch(JSON.stringify(readSettings(workbench.userDataFolder)), /0123456789/);
  });

  it('tests a model: time, price and a sample', async () => {
    await workbench.command('PILOT: Test a Model');
    await workbench.option('sparrow').waitFor();
    await workbench.pick('sparrow');
    await workbench.notification('It said').waitFor();
    await workbench.shot('setup-test');
    assert.match(await workbench.notification('It said').innerText(), /sparrow: first word after .* s.*free/);
    assert.equal(workbench.models.requests.at(-1)?.headers['authorization'], `Bearer ${KEY}`);
  });
});
