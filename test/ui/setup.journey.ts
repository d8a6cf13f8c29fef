/** Set-up of models as a person does it who has a key at hand, and gets it wrong first. */
import assert from 'node:assert/strict';
import { readSettings } from '../../scripts/host/settings.ts';
import { isFree } from '../../scripts/host/ports.ts';
import { startModelServer } from '../fakes/modelServer.ts';
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
          { id: 'eagle', price: dear, ...sizes },
        ],
      }),
    settings: { 'pilot.endpoints': [], 'pilot.models': [] },
  });
  /** The next question is there: what is typed before it would go to the one before. */
  const asked = (text: string) => workbench.quickInput.getByText(text).first().waitFor();
  const written = (key: string): unknown => readSettings(workbench.userDataFolder)?.[key];

  it('begins with where the models come from', async () => {
    await workbench.command('PILOT: Set Up Models');
    await workbench.option('OpenRouter').waitFor();
    await workbench.shot('setup-start');
    await workbench.pick('OpenAI-compatible');
  });

  it('asks for address and key, and again for a key that was refused', async () => {
    await asked('The address of the server');
    await workbench.answer(workbench.models.url);
    await workbench.option('Enter a key').waitFor();
    await workbench.shot('setup-key');
    await workbench.pick('Enter a key');
    await asked('It goes into the keyring');
    await workbench.answer('sk-wrong-journey');
    await workbench.notification('refused the key').getByRole('button', { name: 'Enter Key' }).click();
    await workbench.option('Enter a key').waitFor();
    await workbench.pick('Enter a key');
    await asked('refused that key');
    await workbench.shot('setup-key-again');
    await workbench.answer(KEY);
  });

  it('shows the models with their prices, and writes what was chosen', async () => {
    await workbench.option('sparrow').waitFor();
    await workbench.pick('sparrow');
    await workbench.pick('eagle');
    await workbench.shot('setup-models');
    await workbench.accept();
    await workbench.notification('choose among 2 models').waitFor();
    await workbench.shot('setup-done');
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

/** Ollama's own port, which set-up looks at. */
const ollamaPort = 11_434;

describe('somebody who has just installed PILOT', () => {
  before(async function () {
    // A real Ollama runs here: the journey would ask it, and count on models that it may not have.
    if (!(await isFree(ollamaPort))) this.skip();
  });

  describe('with Ollama running', withOllama);
});

function withOllama(): void {
  const workbench = useWorkbench({
    models: () =>
      startModelServer({
        port: ollamaPort,
        models: [
          { id: 'qwen:7b', price: free, ...sizes },
          { id: 'gemma:4b', price: free, ...sizes },
        ],
      }),
    settings: {
      'pilot.endpoints': undefined,
      'pilot.models': undefined,
      'pilot.budget.monthlyLimitUsd': undefined,
    },
  });
  let interactions = 0;
  /** One click, or one text that is sent off with Enter. */
  const person = async (does: () => Promise<void>): Promise<void> => {
    interactions += 1;
    await does();
  };

  it('has a routed answer after four interactions', async () => {
    const start = workbench.statusBarItem().filter({ hasText: 'set up' });
    await start.waitFor();
    await person(() => start.click());
    await workbench.option('2 models').waitFor();
    await workbench.shot('setup-detected');
    await person(() => workbench.accept());
    await workbench.option('gemma:4b').waitFor();
    await person(() => workbench.accept());
    const panel = new AskPanel(workbench);
    await panel.frame.locator('.composer textarea:focus').waitFor();
    await person(async () => {
      await workbench.page.keyboard.type('What is a lighthouse?');
      await workbench.page.keyboard.press('Enter');
    });
    await panel.settled();
    assert.equal(await panel.problem.count(), 0);
    assert.match(await panel.lastAnswer.locator('.meta').innerText(), /qwen|gemma/);
    assert.notEqual((await panel.lastAnswer.locator('.reason').innerText()).trim(), '');
    await workbench.shot('first-answer');
    assert.equal(interactions, 4);
  });
}
