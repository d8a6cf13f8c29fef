import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type FakeModel, type Misbehaviour, startModelServer } from '../fakes/modelServer.ts';
import { type AskPanel, openAskPanel } from './askPanel.ts';
import { useWorkbench } from './driver.ts';

/** In the environment, where only the endpoint that names its variable may find it. */
const key = 'sk-journey-7f3a9c21e4';
/** Variables that the `openai` package reads itself and would send to any address. */
const openaiVariables = {
  OPENAI_API_KEY: 'sk-of-openai-5511',
  OPENAI_ORG_ID: 'org-of-openai-5512',
  OPENAI_PROJECT_ID: 'proj-of-openai-5513',
  OPENAI_CUSTOM_HEADERS: 'x-extra: header-of-openai-5514',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
};

interface Failure {
  readonly misbehaviour: Misbehaviour;
  /** The sentence that must be shown. */
  readonly says: RegExp;
  /** The action that must be offered. */
  readonly offers: string;
}

const failures: readonly Failure[] = [
  { misbehaviour: { kind: 'wrong-key' }, says: /refused the key \(401\)/, offers: 'Enter Key' },
  { misbehaviour: { kind: 'no-credit' }, says: /no credit left \(402\)/, offers: 'Set Up Models' },
  { misbehaviour: { kind: 'forbidden' }, says: /\(403\)/, offers: 'Set Up Models' },
  {
    misbehaviour: { kind: 'model-gone' },
    says: /wasn’t found \(404\)\. Check the address or model name/,
    offers: 'Set Up Models',
  },
  {
    misbehaviour: { kind: 'rate-limited', retryAfter: 9 },
    says: /too many requests \(429\)\. Try again in 9 s/,
    offers: 'Try Again',
  },
  {
    misbehaviour: { kind: 'server-error', status: 503 },
    says: /internal error \(503\)/,
    offers: 'Try Again',
  },
  {
    misbehaviour: { kind: 'reset-mid-stream' },
    says: /connection to .* was lost.*was kept/,
    offers: 'Try Again',
  },
  { misbehaviour: { kind: 'silent-mid-stream' }, says: /took too long to respond/, offers: 'Try Again' },
  { misbehaviour: { kind: 'html', status: 200 }, says: /not a model’s answer/, offers: 'Change Address' },
  { misbehaviour: { kind: 'cut-off' }, says: /connection to .* was lost.*was kept/, offers: 'Continue' },
  { misbehaviour: { kind: 'empty-stream' }, says: /an empty answer/, offers: 'Try Again' },
  {
    misbehaviour: { kind: 'redirect', location: 'http://127.0.0.1:9/' },
    says: /redirects elsewhere/,
    offers: 'Change Address',
  },
  { misbehaviour: { kind: 'context-length-exceeded' }, says: /too long for/, offers: 'Set Up Models' },
];

/** The template contains the opener of its thoughts, so they are recognized only at their end. */
const THINKS = 'The list is short, so any way will do.\n</think>\n\nUse a plain loop.';

/**
 * One model for each failure, chosen by hand: with its own choice PILOT would try another model after a call that was
 * not served, and a model that failed is excluded for a while.
 */
const models: readonly FakeModel[] = [
  'good',
  'thinker',
  ...failures.map(({ misbehaviour }) => misbehaviour.kind),
].map((id) => ({
  id,
  ...(id === 'thinker' && { answer: () => THINKS }),
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 },
  contextTokens: 8_000,
  maxOutputTokens: 500,
}));

describe('When an endpoint fails', () => {
  const workbench = useWorkbench({
    env: { PILOT_JOURNEY_KEY: key, ...openaiVariables },
    settings: { 'pilot.endpoints': [], 'pilot.models': [] },
    models: () =>
      startModelServer({
        models,
        key,
        misbehave: ({ model }) =>
          failures.find(({ misbehaviour }) => misbehaviour.kind === model)?.misbehaviour,
      }),
  });
  let panel: AskPanel;
  before(async () => {
    panel = await openAskPanel(workbench);
  });

  it('says so where there are no models yet', async () => {
    await panel.ask('Is anybody there?');
    assert.match(await panel.problem.innerText(), /no models yet/);
    await panel.problem.getByRole('button', { name: 'Set Up Models' }).waitFor();
    await workbench.shot('no-models');
  });

  it('takes models as soon as they are set up', async () => {
    const timeouts = { firstByteMs: 3_000, idleMs: 1_500 };
    const { url: baseUrl } = workbench.models;
    await workbench.set({
      'pilot.endpoints': [
        { id: 'fake', preset: 'custom', baseUrl, apiKeyEnv: 'PILOT_JOURNEY_KEY', timeouts },
      ],
      'pilot.models': models.map(({ id, ...model }) => ({ endpoint: 'fake', model: id, ...model })),
    });
    await panel.choose('good');
    await panel.ask('Is anybody there now?');
    assert.match(await panel.lastAnswer.innerText(), /Simulated answer to/);
  });

  for (const { misbehaviour, says, offers } of failures) {
    it(`${misbehaviour.kind}: one sentence, a way on`, async () => {
      await panel.choose(misbehaviour.kind);
      await panel.ask(`What happens at ${misbehaviour.kind}?`);
      await panel.problem.waitFor();
      assert.match((await panel.problem.innerText()).replace(/\s+/g, ' '), says);
      await panel.problem.getByRole('button', { name: offers }).waitFor();
      await workbench.shot(`failure-${misbehaviour.kind}`);
    });
  }

  it('folds away thoughts that were shown as text', async () => {
    await panel.choose('thinker');
    await panel.ask('How do I sort it?');
    const body = panel.lastAnswer.locator('.answer-body');
    await body.filter({ hasText: 'Use a plain loop.' }).waitFor();
    assert.doesNotMatch(await body.innerText(), /any way will do|think/);
    assert.match((await panel.lastAnswer.locator('.reasoning-text').textContent()) ?? '', /any way will do/);
  });

  it('goes on with a model that works', async () => {
    await panel.choose('good');
    await panel.ask('And now?');
    assert.match(await panel.lastAnswer.innerText(), /Simulated answer to/);
    assert.equal(await panel.problem.count(), 0);
  });

  it('sent the key to its endpoint, and nothing of OpenAI’s variables', () => {
    const sent = JSON.stringify(workbench.models.requests.map(({ headers, rawBody }) => [headers, rawBody]));
    assert.ok(sent.includes(key));
    for (const value of Object.values(openaiVariables))
      assert.ok(!sent.includes(value.split(' ').at(-1) ?? value));
  });

  it('left the key in no file, and no question in the database', async () => {
    // A file that is being written gets its final name shortly, and is read then.
    await workbench.until(
      () => !filesBelow(workbench.userDataFolder).some((file) => file.endsWith('.part')),
      'no file is half written',
    );
    const files = filesBelow(workbench.userDataFolder);
    assert.ok(
      files.some((file) => file.includes('globalStorage')),
      'there is a database',
    );
    assert.ok(
      files.some((file) => file.endsWith('.log')),
      'there are logs',
    );
    for (const file of files) {
      const content = readIfThere(file);
      if (content === undefined) continue;
      for (const secret of [key, ...Object.values(openaiVariables)]) {
        assert.ok(!content.includes(secret), `${secret} in ${path.relative(workbench.userDataFolder, file)}`);
      }
      if (file.startsWith(workbench.globalStorageFolder))
        assert.ok(!content.includes('What happens at'), file);
    }
  });
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Undefined for a file that its writer has renamed or removed since the listing. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
