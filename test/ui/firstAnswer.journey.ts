/**
 * The first use after an installation: at most four interactions to the first routed answer, with Ollama running or a
 * key available. An interaction is a click, or a text sent with Enter; a mere confirmation counts too.
 */
import assert from 'node:assert/strict';
import { isFree } from '../../scripts/host/ports.ts';
import { readSettings } from '../../scripts/host/settings.ts';
import { startModelServer } from '../fakes/modelServer.ts';
import { AskPanel } from './askPanel.ts';
import { useWorkbench, type Workbench } from './driver.ts';
import { installReroute } from './neighbour.ts';

/** Ollama's own port, which set-up probes. */
const ollamaPort = 11_434;
const sizes = { contextTokens: 16_000, maxOutputTokens: 2000 };
const free = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
/** An invented key in OpenAI's form, and a list like OpenAI's: names without prices, most of them not for chats. */
const KEY = `sk-proj-${'practice0'.repeat(4)}`;
const names = [
  'gpt-5-nano',
  'gpt-5-mini',
  'gpt-4.1',
  'gpt-5-mini-2025-08-07',
  'gpt-5-pro',
  'whisper-1',
  'tts-1',
];
const nothingSetUp = {
  'pilot.endpoints': undefined,
  'pilot.models': undefined,
  'pilot.budget.monthlyLimitUsd': undefined,
};

class Newcomer {
  interactions = 0;
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  async does(one: () => Promise<void>): Promise<void> {
    this.interactions += 1;
    await one();
  }

  confirms = (): Promise<void> => this.does(() => this.#workbench.page.keyboard.press('Enter'));

  async opensSetUp(): Promise<void> {
    const start = this.#workbench.statusBarItem().filter({ hasText: 'set up' });
    await start.waitFor();
    await this.does(() => start.click());
    await this.#workbench.option('OpenRouter').waitFor();
  }

  /** The composer has opened by itself. */
  async asks(question: string): Promise<AskPanel> {
    const { page } = this.#workbench;
    const panel = new AskPanel(this.#workbench, 'last');
    await panel.frame.locator('.composer textarea:focus').waitFor();
    await this.does(async () => {
      await page.keyboard.type(question);
      await page.keyboard.press('Enter');
    });
    await panel.settled();
    assert.equal(await panel.problem.count(), 0);
    assert.notEqual((await panel.lastAnswer.locator('.reason').innerText()).trim(), '');
    return panel;
  }
}

describe('a first answer with Ollama running', () => {
  before(async function () {
    // A real Ollama runs here: the journey would use it, and rely on models that it may lack.
    if (!(await isFree(ollamaPort))) this.skip();
  });
  describe('and nothing else', withOllama);
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
    settings: nothingSetUp,
  });

  it('takes four interactions', async () => {
    const person = new Newcomer(workbench);
    await person.opensSetUp();
    await workbench.option('2 models').waitFor();
    await workbench.shot('setup-detected');
    await person.confirms();
    await workbench.option('gemma:4b').waitFor();
    await person.confirms();
    const panel = await person.asks('What is a lighthouse?');
    assert.match(await panel.lastAnswer.locator('.meta').innerText(), /qwen|gemma/);
    await workbench.shot('first-answer');
    assert.equal(person.interactions, 4);
  });
}

describe('a first answer with a key at hand', () => {
  describe('in the environment', () => withKey('environment'));
  describe('on the clipboard', () => withKey('clipboard'));
});

function withKey(where: 'environment' | 'clipboard'): void {
  const workbench = useWorkbench({
    models: () =>
      startModelServer({
        key: KEY,
        listsNamesOnly: true,
        models: names.map((id) => ({
          id,
          outputCapField: 'max_completion_tokens',
          price: { inputUsdPerMTok: 0.3, outputUsdPerMTok: 2 },
          contextTokens: 400_000,
          maxOutputTokens: 128_000,
        })),
      }),
    settings: nothingSetUp,
    env: where === 'environment' ? { OPENAI_API_KEY: KEY } : {},
  });
  before(async function () {
    this.timeout(120_000);
    await installReroute(workbench, 'https://api.openai.com/v1', workbench.models.url);
    // VS Code does this itself when an extension is installed from a marketplace.
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.pick('Get started with PILOT');
    await workbench.page.locator('.getting-started-step', { hasText: 'Set up models' }).first().waitFor();
  });
  const person = new Newcomer(workbench);

  it('takes four interactions, and the limit is agreed to on the way', async () => {
    await person.opensSetUp();
    if (where === 'environment') await workbench.option('use the key in OPENAI_API_KEY').waitFor();
    else await pastes(KEY);
    await workbench.shot(`setup-key-${where}`);
    assert.equal(workbench.models.requests.length, 0, 'nothing is sent before the user agrees');
    await person.confirms();
    await workbench.option('At most $5.00 a month').waitFor();
    await workbench.shot(`setup-proposed-${where}`);
    await person.confirms();
    const panel = await person.asks('What is a lighthouse?');
    assert.match(await panel.lastAnswer.locator('.meta').innerText(), /gpt-/);
    await workbench
      .statusBarItem()
      .filter({ hasText: /\$4\.\d\d/ })
      .waitFor();
    await workbench.shot(`first-answer-${where}`);
    assert.equal(person.interactions, 4);
    await panel.lastAnswer.getByRole('button', { name: 'Why?' }).click();
    await workbench.page.locator('.tab').filter({ hasText: 'PILOT: Decision' }).waitFor();
    await workbench.shot(`first-decision-${where}`);
  });

  it('has models of different prices, those that reason at two efforts, the limit, and no key in the settings', () => {
    const written = readSettings(workbench.userDataFolder) ?? {};
    assert.deepEqual(
      (written['pilot.models'] as { model: string; effort?: string }[])
        .map(({ model, effort = 'default' }) => `${model} ${effort}`)
        .toSorted(),
      ['gpt-4.1 default', 'gpt-5-mini low', 'gpt-5-mini medium', 'gpt-5-nano low', 'gpt-5-nano medium'],
    );
    assert.equal(written['pilot.budget.monthlyLimitUsd'], 5);
    assert.doesNotMatch(JSON.stringify(written), /practice0/);
    const [endpoint] = written['pilot.endpoints'] as { apiKeyEnv?: string }[];
    assert.equal(endpoint?.apiKeyEnv, where === 'environment' ? 'OPENAI_API_KEY' : undefined);
    for (const { headers } of workbench.models.requests)
      assert.equal(headers['authorization'], `Bearer ${KEY}`);
  });

  it('has done every step of the walkthrough', async () => {
    await workbench.page
      .locator('.tab')
      .filter({ hasText: /Welcome|Get started/ })
      .first()
      .click();
    const steps = workbench.page.locator('.getting-started-step .codicon[data-done-step-id*="pilot"]');
    for (const step of ['models', 'limit', 'ask'])
      await steps
        .and(workbench.page.locator(`.complete[data-done-step-id$="#${step}"]`))
        .first()
        .waitFor();
    await workbench.shot(`walkthrough-done-${where}`);
  });

  async function pastes(text: string): Promise<void> {
    const { page } = workbench;
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.keyboard.press('Control+V');
    await workbench.option('Use the key for OpenAI').waitFor();
    assert.doesNotMatch(await workbench.quickInput.innerText(), /practice0p/, 'the key is not shown');
    assert.equal(await workbench.quickInput.locator('input').first().inputValue(), '');
  }
}
