/** Set-up as a whole, with a scripted user, real settings parsing and a real server. */
import assert from 'node:assert/strict';
import type { ProviderError } from '../../../../src/app/ports/models.ts';
import type { KnownPrice } from '../../../../src/app/settings/endpoint.ts';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import { detectLocal } from '../../../../src/app/setup/detect.ts';
import type {
  AfterFailure,
  KeyAnswer,
  KeyQuestion,
  ModelOffer,
  SetupDeps,
  SetupStart,
  SetupSummary,
  SetupUi,
} from '../../../../src/app/setup/dialogue.ts';
import { capQuestion, type CapQuestion } from '../../../../src/app/setup/capQuestion.ts';
import { namedModel } from '../../../../src/app/setup/draft.ts';
import { enterKey, setUpModels } from '../../../../src/app/setup/flow.ts';
import type { RateCard } from '../../../../src/core/arm.ts';
import { listModels } from '../../../../src/providers/openai/models.ts';
import { isLoopback, reachOf } from '../../../../src/providers/http/safety.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';
import type { ModelServer } from '../../../fakes/modelServer.ts';
import { startModelServer } from '../../../fakes/modelServer.ts';
import { MemoryLog, fakeModel } from '../../providers/openai/harness.ts';

const KEY = 'sk-live-0123456789';
/** Writes more than an answer needs. */
const dearModel = { id: 'dear', contextTokens: 64_000, maxOutputTokens: 20_000 };
const free = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };

/** The user's answers, by question. A missing answer cancels the question. */
interface Script {
  readonly start?: SetupStart;
  readonly baseUrl?: string;
  /** The answer after a failure. */
  readonly otherUrl?: string;
  readonly plainHttp?: boolean;
  readonly keys?: KeyAnswer[];
  readonly onFailure?: AfterFailure[];
  readonly names?: string[];
  readonly choose?: (offer: ModelOffer) => readonly string[] | undefined;
  readonly prices?: (RateCard | 'later')[];
  /** The user's answer to the proposed limit; default: accepted. */
  readonly limit?: 'unticked';
  /** Whether the cap bounds the billed output; default: yes. */
  readonly cap?: 'yes' | 'no' | 'broken-off';
}

class ScriptedUi implements SetupUi {
  readonly #script: Script;
  readonly keyQuestions: KeyQuestion[] = [];
  readonly failures: ProviderError[] = [];
  readonly priced: string[] = [];
  kept = 0;
  offer: ModelOffer | undefined;
  summary: SetupSummary | undefined;

  constructor(script: Script) {
    this.#script = script;
  }
  start = () => Promise.resolve(this.#script.start);
  askBaseUrl = (_preset: unknown, former?: string) =>
    Promise.resolve(former === undefined ? this.#script.baseUrl : this.#script.otherUrl);
  readonly plainHosts: string[] = [];
  confirmPlainHttp = (host: string) => {
    this.plainHosts.push(host);
    return Promise.resolve(this.#script.plainHttp === true);
  };
  askKey = (question: KeyQuestion) => {
    this.keyQuestions.push(question);
    return Promise.resolve(this.#script.keys?.shift());
  };
  whileFetching = <T>(_endpoint: unknown, fetch: (signal: AbortSignal) => Promise<T>) =>
    fetch(new AbortController().signal);
  listFailed = (_endpoint: unknown, error: ProviderError) => {
    this.failures.push(error);
    return Promise.resolve(this.#script.onFailure?.shift());
  };
  askNames = () => Promise.resolve(this.#script.names);
  chooseModels = (offer: ModelOffer) => {
    this.offer = offer;
    const chosen = this.#script.choose
      ? this.#script.choose(offer)
      : offer.drafts.filter(offer.isChosen).map(({ model }) => model.id);
    const drafts = offer.drafts.filter(({ model }) => chosen?.includes(model.id));
    const monthlyLimitUsd = this.#script.limit === 'unticked' ? undefined : offer.proposedLimit;
    return Promise.resolve(chosen && { drafts, monthlyLimitUsd });
  };
  askPrice = (draft: { model: { id: string } }) => {
    this.priced.push(draft.model.id);
    return Promise.resolve(this.#script.prices?.shift());
  };
  readonly capQuestions: CapQuestion[] = [];
  askCap = (question: CapQuestion) => {
    this.capQuestions.push(question);
    const { cap = 'yes' } = this.#script;
    return Promise.resolve(cap === 'broken-off' ? undefined : cap);
  };
  keyKept = () => {
    this.kept++;
  };
  done = (summary: SetupSummary) => void (this.summary = summary);
}

describe('set-up of models', () => {
  let server: ModelServer;
  let settings: { endpoints: unknown; models: unknown; writes: number };
  let limit: number | undefined;
  let keyring: Map<string, string>;
  let keyringWorks: boolean;
  let variables: Record<string, string>;
  let known: Record<string, KnownPrice>;
  const distrusted = new Set<string>();
  let trusted: string[];
  let confirmed: string[];
  let plain: string[];

  beforeEach(async () => {
    server = await startModelServer({
      models: [
        { ...fakeModel, id: 'cheap', price: free },
        { ...dearModel, price: { inputUsdPerMTok: 3, outputUsdPerMTok: 15 } },
        { ...fakeModel, id: 'text-embedding' },
      ],
      key: KEY,
    });
    settings = { endpoints: [], models: [], writes: 0 };
    limit = undefined;
    keyring = new Map();
    keyringWorks = true;
    variables = {};
    known = {};
    trusted = [];
    confirmed = [];
    plain = [];
  });
  afterEach(() => server.close());

  const depsFor = (ui: SetupUi): SetupDeps => ({
    ui,
    presets: PRESETS,
    prices: { lookup: (_preset, model) => known[model] },
    settings: {
      endpoints: () => settings.endpoints,
      models: () => settings.models,
      write: (endpoints, models) => {
        settings = { endpoints, models, writes: settings.writes + 1 };
        return Promise.resolve();
      },
      hasMonthlyLimit: () => limit !== undefined,
      setMonthlyLimit: (usd) => {
        limit = usd;
        return Promise.resolve();
      },
    },
    // An unknown endpoint's zero price is not believed; here the user confirms it.
    list: async (endpoint, key, signal) => {
      const listed = await listModels(
        { endpoint, key: () => Promise.resolve(key), log: new MemoryLog() },
        signal,
      );
      if (!listed.ok) return listed;
      return {
        ok: true,
        value: listed.value.map((model) => (model.id === 'cheap' ? { ...model, price: free } : model)),
      };
    },
    keys: {
      stored: ({ id }) => Promise.resolve(keyring.get(id)),
      variable: (name) => variables[name],
      store: ({ id }, key) => {
        if (keyringWorks) keyring.set(id, key);
        return Promise.resolve(keyringWorks);
      },
      confirmVariable: (name, { baseUrl }) => {
        confirmed.push(`${name} ${new URL(baseUrl).origin}`);
        return Promise.resolve();
      },
      mayGoPlain: ({ baseUrl }) => plain.includes(new URL(baseUrl).origin),
      allowPlain: ({ baseUrl }) => {
        plain.push(new URL(baseUrl).origin);
        return Promise.resolve();
      },
    },
    isPrivate: async (hostname) =>
      (await reachOf(hostname, () => Promise.resolve(['192.168.1.7']))) === 'private',
    isLoopback,
    rating: () => Promise.resolve(() => 0),
    distrustsPrice: (arm) => distrusted.delete(arm),
    trustPrice: (arm) => void trusted.push(arm),
  });
  const run = async (script: Script): Promise<ScriptedUi> => {
    const ui = new ScriptedUi(script);
    await setUpModels(depsFor(ui));
    return ui;
  };
  const parsed = () => parseSettings({ endpoints: settings.endpoints, models: settings.models }, PRESETS);
  const custom: SetupStart = { type: 'preset', preset: 'custom' };
  const typed: KeyAnswer = { type: 'typed', key: KEY };
  const all = ({ drafts }: ModelOffer) => drafts.map(({ model }) => model.id);

  it('writes what was chosen, without a problem, and the key to the keyring only', async () => {
    const ui = await run({ start: custom, baseUrl: server.url, keys: [typed], choose: all });
    const { endpoints, arms, problems } = parsed();
    assert.deepEqual(problems, []);
    assert.deepEqual(
      arms.map(({ id, price }) => [id, price?.inputUsdPerMTok]),
      [
        ['custom/cheap', 0],
        ['custom/dear', 3],
      ],
    );
    assert.deepEqual([endpoints[0]?.baseUrl, endpoints[0]?.needsKey], [server.url, true]);
    assert.equal(arms[0]?.contextTokens, fakeModel.contextTokens);
    assert.equal(keyring.get('custom'), KEY);
    assert.doesNotMatch(JSON.stringify(settings), /sk-live/);
    assert.deepEqual([ui.summary?.models, ui.summary?.unpriced], [2, 0]);
  });

  describe('a model that thinks as hard as it is told', () => {
    const openrouter: SetupStart = { type: 'preset', preset: 'openrouter' };
    const price = { inputUsdPerMTok: 1.1, outputUsdPerMTok: 4.4 };
    const listing =
      (...models: readonly (readonly [string, boolean | undefined])[]): SetupDeps['list'] =>
      () =>
        Promise.resolve({
          ok: true,
          value: models.map(([id, reasoning]) => ({ ...namedModel(id), price, reasoning })),
        });
    const runWith = async (list: SetupDeps['list'], script: Script): Promise<ScriptedUi> => {
      const ui = new ScriptedUi(script);
      await setUpModels({ ...depsFor(ui), list });
      return ui;
    };
    const offered = ({ offer }: ScriptedUi) =>
      offer?.drafts.map((draft) => [draft.model.id, draft.effort, offer.isChosen(draft)]);

    it('is proposed at low and at medium effort, as two entries, with one price', async () => {
      const ui = await runWith(listing(['openai/o4-mini', undefined]), { start: openrouter, keys: [typed] });
      assert.deepEqual(offered(ui), [
        ['openai/o4-mini', undefined, false],
        ['openai/o4-mini', 'low', true],
        ['openai/o4-mini', 'medium', true],
      ]);
    });

    it('is written as it was chosen, and chosen as it was written when set-up is run again', async () => {
      const list = listing(['openai/o4-mini', true]);
      const ui = new ScriptedUi({ start: openrouter, keys: [typed] });
      ui.chooseModels = (offer) =>
        Promise.resolve({ drafts: offer.drafts.filter(offer.isChosen), monthlyLimitUsd: undefined });
      await setUpModels({ ...depsFor(ui), list });
      const ids = () => parsed().arms.map(({ id }) => id);
      assert.deepEqual(ids(), ['openrouter/openai/o4-mini@low', 'openrouter/openai/o4-mini@medium']);
      assert.deepEqual(parsed().problems, []);
      const again = new ScriptedUi({ start: openrouter, keys: [typed] });
      again.chooseModels = (offer) => {
        again.offer = offer;
        return Promise.resolve({ drafts: offer.drafts.filter(offer.isChosen), monthlyLimitUsd: undefined });
      };
      await setUpModels({ ...depsFor(again), list });
      assert.deepEqual(offered(again), [
        ['openai/o4-mini', undefined, false],
        ['openai/o4-mini', 'low', true],
        ['openai/o4-mini', 'medium', true],
      ]);
      assert.deepEqual(ids(), ['openrouter/openai/o4-mini@low', 'openrouter/openai/o4-mini@medium']);
    });

    it('is asked for its price once', async () => {
      const unpriced: SetupDeps['list'] = () =>
        Promise.resolve({ ok: true, value: [{ ...namedModel('o4-mini'), reasoning: true }] });
      settings.endpoints = [{ id: 'openrouter', preset: 'openrouter' }];
      settings.models = ['low', 'high'].map((effort) => ({
        endpoint: 'openrouter',
        model: 'o4-mini',
        effort,
      }));
      const ui = await runWith(unpriced, { start: openrouter, keys: [typed], prices: [price] });
      assert.deepEqual(ui.priced, ['o4-mini']);
      assert.ok(parsed().arms.every((arm) => arm.price?.outputUsdPerMTok === 4.4));
    });

    for (const [why, preset, id, reasoning] of [
      ['its list says that it does not think', 'openrouter', 'openai/o4-mini', false],
      ['its name says an effort', 'openrouter', 'openai/o4-mini-high', true],
      ['its endpoint has no field for one', 'mistral', 'magistral-medium', true],
      ['nobody knows the server', 'custom', 'o4-mini', undefined],
    ] as const)
      it(`is proposed once where ${why}`, async () => {
        const start: SetupStart = { type: 'preset', preset };
        const ui = await runWith(listing([id, reasoning]), { start, keys: [typed], baseUrl: server.url });
        assert.deepEqual(offered(ui), [[id, undefined, true]]);
      });
  });

  it('knows the first set-up from later ones', async () => {
    const answers = { start: custom, baseUrl: server.url, choose: all };
    assert.equal((await run({ ...answers, keys: [typed] })).summary?.first, true);
    assert.equal((await run(answers)).summary?.first, false);
  });

  it('finds the /v1 that was left out of the address', async () => {
    await run({ start: custom, baseUrl: server.origin, keys: [typed], choose: all });
    assert.equal(parsed().endpoints[0]?.baseUrl, server.url);
    assert.equal(parsed().endpoints[0]?.label, new URL(server.url).host);
  });

  it('does not offer what cannot chat', async () => {
    const ui = await run({ start: custom, baseUrl: server.url, keys: [typed], choose: all });
    assert.deepEqual(
      ui.offer?.drafts.map(({ model }) => model.id),
      ['cheap', 'dear'],
    );
  });

  describe('broken off', () => {
    const cases: [string, Script][] = [
      ['at the start', {}],
      ['at the address', { start: custom }],
      ['at the key', { start: custom, baseUrl: 'SERVER' }],
      ['at the failed list', { start: custom, baseUrl: 'SERVER', keys: [{ type: 'none' }] }],
      ['at the models', { start: custom, baseUrl: 'SERVER', keys: [typed], choose: () => undefined }],
      ['with no model chosen', { start: custom, baseUrl: 'SERVER', keys: [typed], choose: () => [] }],
      [
        'at a price',
        { start: custom, baseUrl: 'SERVER', keys: [{ type: 'none' }], onFailure: ['by-hand'], names: ['m'] },
      ],
    ];
    for (const [name, script] of cases) {
      it(`${name} leaves settings and keyring as they were`, async () => {
        const baseUrl = script.baseUrl === 'SERVER' ? server.url : undefined;
        const ui = await run({ ...script, keys: [...(script.keys ?? [])], ...(baseUrl && { baseUrl }) });
        assert.equal(settings.writes, 0);
        assert.equal(keyring.size, 0);
        assert.equal(ui.summary, undefined);
      });
    }
  });

  describe('what an answer reserves at an endpoint nobody knows', () => {
    const script: Script = { start: custom, choose: all };
    const asks = (change: Script = {}): Promise<ScriptedUi> =>
      run({ ...script, baseUrl: server.url, keys: [typed], ...change });

    it('is said in money, with the one question that settles it, and the answer is written', async () => {
      const ui = await asks();
      const [question] = ui.capQuestions;
      assert.ok(question && ui.capQuestions.length === 1);
      assert.equal(question.model, 'dear');
      assert.ok(question.unbounded > question.bounded && question.bounded > 0);
      const most = dearModel.maxOutputTokens * 15_000 + 2_000 * 3_000;
      assert.equal(question.unbounded, most);
      assert.deepEqual(
        parsed().arms.map(({ outputCapCoversReasoning }) => outputCapCoversReasoning),
        [true, true],
      );
    });

    it('is asked once, also where the answer was no', async () => {
      await asks({ cap: 'no' });
      assert.equal(parsed().endpoints[0]?.outputCapCoversReasoning, false);
      const again = await asks({ cap: 'yes' });
      assert.deepEqual(again.capQuestions, []);
      assert.equal(parsed().endpoints[0]?.outputCapCoversReasoning, false);
    });

    it('is the whole context where the model states no output limit', () => {
      settings = {
        ...settings,
        endpoints: [{ id: 'custom', preset: 'custom', baseUrl: server.url }],
        models: [{ endpoint: 'custom', model: 'dear', contextTokens: 50_000 }],
      };
      const deps = depsFor(new ScriptedUi({}));
      const [endpoint] = parsed().endpoints;
      assert.ok(endpoint);
      const model = { ...namedModel('dear'), contextTokens: 50_000 };
      const price = { inputUsdPerMTok: 3, outputUsdPerMTok: 15 };
      const draft = { model, price, origin: undefined };
      assert.equal(capQuestion(deps, endpoint, [draft])?.unbounded, 50_000 * 15_000 + 2_000 * 3_000);
    });

    it('is not asked of free models, nor where the provider is known, nor where the settings say it', async () => {
      const ui = await asks({ choose: () => ['cheap'] });
      assert.deepEqual([ui.capQuestions, ui.summary?.models], [[], 1]);
      settings.models = [{ endpoint: 'custom', model: 'dear', outputCapCoversReasoning: true }];
      assert.deepEqual((await asks()).capQuestions, []);
      const openAi = new ScriptedUi({ start: { type: 'preset', preset: 'openai', key: typed }, choose: all });
      const deps = depsFor(openAi);
      await setUpModels({
        ...deps,
        list: (endpoint, key, signal) => deps.list({ ...endpoint, baseUrl: server.url }, key, signal),
      });
      assert.deepEqual([openAi.capQuestions, openAi.summary !== undefined], [[], true]);
    });

    it('broken off there leaves everything as it was', async () => {
      await asks({ cap: 'broken-off' });
      assert.deepEqual([settings.writes, keyring.size], [0, 0]);
    });
  });

  describe('keys', () => {
    it('refused are asked for again', async () => {
      const wrong: KeyAnswer = { type: 'typed', key: 'sk-wrong-key' };
      const ui = await run({
        start: custom,
        baseUrl: server.url,
        keys: [wrong, typed],
        onFailure: ['key'],
        choose: all,
      });
      assert.deepEqual(
        ui.keyQuestions.map(({ refused }) => refused),
        [false, true],
      );
      assert.equal(keyring.get('custom'), KEY);
    });

    it('of the environment are offered by name, to their own host only', async () => {
      variables = { OPENAI_API_KEY: KEY };
      const own = await run({ start: { type: 'preset', preset: 'openai' } });
      assert.equal(own.keyQuestions[0]?.variable, 'OPENAI_API_KEY');
      const other = await run({ start: custom, baseUrl: server.url });
      assert.equal(other.keyQuestions[0]?.variable, undefined);
      const unset = await run({ start: { type: 'preset', preset: 'mistral' } });
      assert.equal(unset.keyQuestions[0]?.variable, undefined);
    });

    it('of the environment are used when chosen, and never copied', async () => {
      variables = { MY_KEY: KEY };
      await run({
        start: custom,
        baseUrl: server.url,
        keys: [{ type: 'variable', name: 'MY_KEY' }],
        choose: all,
      });
      assert.equal(parsed().endpoints[0]?.apiKeyEnv, 'MY_KEY');
      assert.deepEqual(confirmed, [`MY_KEY ${new URL(server.url).origin}`]);
      assert.equal(keyring.size, 0);
      assert.doesNotMatch(JSON.stringify(settings), /sk-live/);
    });

    it('that the keyring refuses go nowhere; a variable is asked for instead', async () => {
      keyringWorks = false;
      const keys: KeyAnswer[] = [typed, { type: 'variable', name: 'MY_KEY' }];
      const ui = await run({ start: custom, baseUrl: server.url, keys, choose: all });
      assert.equal(ui.keyQuestions[1]?.keyringFailed, true);
      assert.equal(parsed().endpoints[0]?.apiKeyEnv, 'MY_KEY');
    });

    it('can be entered again without touching the models', async () => {
      await run({ start: custom, baseUrl: server.url, keys: [typed], choose: all });
      const before = structuredClone(settings);
      const [endpoint] = parsed().endpoints;
      assert.ok(endpoint);
      const ui = new ScriptedUi({ keys: [{ type: 'typed', key: 'sk-second' }] });
      await enterKey(depsFor(ui), endpoint);
      assert.equal(ui.kept, 1);
      assert.equal(keyring.get('custom'), 'sk-second');
      assert.deepEqual(settings, before);
    });
  });

  describe('addresses', () => {
    const all = ({ drafts }: ModelOffer) => drafts.map(({ model }) => model.id);

    it('are understood as they are pasted', async () => {
      const { origin } = new URL(server.url);
      for (const end of [
        '',
        '/',
        '/v1',
        '/v1/',
        '/v1/chat/completions',
        '/v1/completions/',
        '/v1/models',
        '/v1//responses',
      ]) {
        settings = { endpoints: [], models: [], writes: 0 };
        await run({
          start: custom,
          baseUrl: ` ${origin}${end} `,
          keys: [{ type: 'typed', key: KEY }],
          choose: all,
        });
        assert.equal(parsed().endpoints[0]?.baseUrl, `${origin}/v1`, end);
        assert.deepEqual(parsed().problems, []);
      }
    });

    it('that fail can be changed without starting over; the key stays with its host', async () => {
      const ui = await run({
        start: custom,
        baseUrl: `${new URL(server.url).origin}/wrong/v7`,
        otherUrl: server.url,
        onFailure: ['address'],
        keys: [{ type: 'typed', key: KEY }],
        choose: all,
      });
      assert.equal(ui.keyQuestions.length, 1);
      assert.equal(parsed().endpoints[0]?.baseUrl, server.url);
    });

    it('on another host get no key that was typed for the first', async () => {
      const ui = await run({
        start: custom,
        baseUrl: 'http://127.0.0.1:1/v1',
        otherUrl: server.url,
        onFailure: ['address'],
        keys: [{ type: 'typed', key: 'sk-for-the-first' }],
      });
      assert.equal(ui.keyQuestions.length, 2);
      assert.ok(!JSON.stringify(server.requests).includes('sk-for-the-first'));
    });

    it('of the local network without encryption get a key only once the user has agreed, once a host', async () => {
      const listed: string[] = [];
      const local = (ui: SetupUi): SetupDeps => ({
        ...depsFor(ui),
        list: (endpoint, key, signal) => {
          listed.push(`${endpoint.baseUrl} ${String(plain.length)}`);
          return depsFor(ui).list({ ...endpoint, baseUrl: server.url }, key, signal);
        },
      });
      const script = { start: custom, baseUrl: 'http://box.lan:8000', choose: all, plainHttp: true };
      const first = new ScriptedUi({ ...script, keys: [{ type: 'typed', key: KEY }] });
      await setUpModels(local(first));
      assert.deepEqual(first.plainHosts, ['box.lan:8000']);
      assert.deepEqual(listed, ['http://box.lan:8000/v1 1']);
      const second = new ScriptedUi({ ...script, keys: [{ type: 'typed', key: KEY }] });
      await setUpModels(local(second));
      assert.deepEqual(second.plainHosts, []);
    });

    it('of the public network are not even asked about', async () => {
      const ui = await run({
        start: custom,
        baseUrl: 'http://api.example.com/v1',
        keys: [{ type: 'typed', key: KEY }],
        plainHttp: true,
      });
      assert.deepEqual(ui.plainHosts, []);
      assert.deepEqual(plain, []);
    });
  });

  describe('a key that was given at the start', () => {
    const start = (key: KeyAnswer): SetupStart => ({ type: 'preset', preset: 'openai', key });
    /** OpenAI's own address, for which this server answers. */
    const atOpenAi = (ui: SetupUi): SetupDeps => {
      const deps = depsFor(ui);
      return {
        ...deps,
        list: (endpoint, key, signal) => {
          assert.equal(endpoint.baseUrl, PRESETS.openai.baseUrl);
          return deps.list({ ...endpoint, baseUrl: server.url }, key, signal);
        },
      };
    };

    it('is not asked for again, and kept when all is done', async () => {
      const ui = new ScriptedUi({ start: start(typed), choose: all });
      await setUpModels(atOpenAi(ui));
      assert.deepEqual(ui.keyQuestions, []);
      assert.equal(keyring.get('openai'), KEY);
    });

    it('in a variable is used under its name, and never copied', async () => {
      variables = { OPENAI_API_KEY: KEY };
      const ui = new ScriptedUi({ start: start({ type: 'variable', name: 'OPENAI_API_KEY' }), choose: all });
      await setUpModels(atOpenAi(ui));
      assert.deepEqual(ui.keyQuestions, []);
      assert.equal(parsed().endpoints[0]?.apiKeyEnv, 'OPENAI_API_KEY');
      assert.equal(keyring.size, 0);
    });

    it('in a variable does not go to another host', async () => {
      variables = { OPENAI_API_KEY: KEY };
      const key: KeyAnswer = { type: 'variable', name: 'OPENAI_API_KEY' };
      const ui = await run({ start: { type: 'preset', preset: 'custom', key }, baseUrl: server.url });
      assert.equal(ui.keyQuestions.length, 1);
      assert.equal(server.requests.length, 0);
    });

    it('and refused is asked for again', async () => {
      const wrong: KeyAnswer = { type: 'typed', key: 'sk-wrong-key' };
      const ui = new ScriptedUi({ start: start(wrong), onFailure: ['key'], keys: [typed], choose: all });
      await setUpModels(atOpenAi(ui));
      assert.deepEqual(
        ui.keyQuestions.map(({ refused }) => refused),
        [true],
      );
      assert.equal(keyring.get('openai'), KEY);
    });
  });

  describe('the limit', () => {
    const answers = { start: custom, baseUrl: '', keys: [typed] };
    const runHere = (script: Partial<Script>) =>
      run({ ...answers, baseUrl: server.url, keys: [typed], choose: all, ...script });

    it('is proposed with the models where none stands, and set once it was agreed to', async () => {
      const ui = await runHere({});
      assert.equal(ui.offer?.proposedLimit, 5);
      assert.equal(limit, 5);
      assert.equal(ui.summary?.lacksLimit, false);
    });
    it('is not set by itself: unticked, paid models wait, and the user is told', async () => {
      const ui = await runHere({ limit: 'unticked' });
      assert.equal(limit, undefined);
      assert.equal(ui.summary?.lacksLimit, true);
    });
    it('that stands is neither asked for nor changed', async () => {
      limit = 0;
      const ui = await runHere({});
      assert.equal(ui.offer?.proposedLimit, undefined);
      assert.equal(limit, 0);
    });
    it('is not asked for where nothing that costs money was chosen', async () => {
      const ui = await runHere({ choose: () => ['cheap'] });
      assert.equal(ui.offer?.proposedLimit, 5, 'a paid model is in the list');
      assert.equal(limit, undefined);
    });
    it('is not set by a set-up that is broken off', async () => {
      await runHere({ choose: () => undefined });
      assert.equal(limit, undefined);
    });
  });

  describe('prices', () => {
    const byHand = {
      start: custom,
      keys: [{ type: 'none' }] as KeyAnswer[],
      onFailure: ['by-hand' as const],
    };
    it('come from the table where the endpoint has none, with source and date', async () => {
      known = {
        m: { price: { inputUsdPerMTok: 1, outputUsdPerMTok: 4 }, source: 'a table', date: '2026-11-01' },
      };
      const ui = await run({ ...byHand, baseUrl: server.url, names: ['m'], choose: all });
      assert.deepEqual(ui.offer?.drafts[0]?.origin, { kind: 'table', source: 'a table', date: '2026-11-01' });
      assert.deepEqual(ui.priced, []);
      assert.equal(parsed().arms[0]?.price?.outputUsdPerMTok, 4);
    });
    it('are asked for where a model that was called free has sent a bill', async () => {
      distrusted.add('custom/cheap');
      const prices = [{ inputUsdPerMTok: 2, outputUsdPerMTok: 8 }];
      const ui = await run({ start: custom, baseUrl: server.url, keys: [typed], choose: all, prices });
      assert.deepEqual(ui.priced, ['cheap']);
      assert.deepEqual(trusted, ['custom/cheap']);
      assert.equal(parsed().arms[0]?.price?.outputUsdPerMTok, 8);
    });
    it('are asked for where they are unknown', async () => {
      const price = { inputUsdPerMTok: 2, outputUsdPerMTok: 8 };
      const ui = await run({
        ...byHand,
        keys: [{ type: 'none' }],
        onFailure: ['by-hand'],
        baseUrl: server.url,
        names: ['m', 'n'],
        choose: all,
        prices: [price, 'later'],
      });
      assert.deepEqual(ui.priced, ['m', 'n']);
      assert.deepEqual(
        parsed().arms.map((arm) => arm.price),
        [price, undefined],
      );
      assert.equal(ui.summary?.unpriced, 1);
    });
  });

  describe('of an endpoint that is there', () => {
    beforeEach(() => run({ start: custom, baseUrl: server.url, keys: [typed], choose: all }));
    const again = (): SetupStart => ({ type: 'endpoint', endpoint: parsed().endpoints[0]! });

    it('asks for no key, and has its models chosen', async () => {
      const ui = await run({ start: again() });
      assert.deepEqual(ui.keyQuestions, []);
      assert.deepEqual(ui.offer?.drafts.map(ui.offer.isChosen), [true, true]);
    });
    it('keeps what the user wrote by hand', async () => {
      const [cheap, dear] = settings.models as object[];
      const price = { inputUsdPerMTok: 2, outputUsdPerMTok: 9 };
      settings.models = [cheap, { ...dear, label: 'My dear', price, outputCapCoversReasoning: false }];
      settings.endpoints = [
        { ...(settings.endpoints as object[])[0], label: 'Home', timeouts: { idleMs: 900 } },
      ];
      await run({ start: again() });
      const arm = parsed().arms[1];
      assert.deepEqual([arm?.label, arm?.price, arm?.outputCapCoversReasoning], ['My dear', price, false]);
      assert.deepEqual([parsed().endpoints[0]?.label, parsed().endpoints[0]?.timeouts.idleMs], ['Home', 900]);
    });
    it('drops models that are no longer chosen, and leaves other endpoints alone', async () => {
      settings.endpoints = [...(settings.endpoints as object[]), { id: 'other', preset: 'ollama' }];
      settings.models = [...(settings.models as object[]), { endpoint: 'other', model: 'qwen' }];
      await run({ start: again(), choose: () => ['dear'] });
      assert.deepEqual(
        parsed()
          .arms.map(({ id }) => id)
          .sort(),
        ['custom/dear', 'other/qwen'],
      );
    });
    it('is found again by its address', async () => {
      await run({ start: custom, baseUrl: server.url, choose: all });
      assert.equal(parsed().endpoints.length, 1);
    });
    it('does not lend its id to another address', async () => {
      const other = await startModelServer({ models: [{ ...fakeModel, id: 'third' }] });
      await run({ start: custom, baseUrl: other.url, keys: [{ type: 'none' }], choose: all });
      assert.deepEqual(
        parsed().endpoints.map(({ id }) => id),
        ['custom', 'custom-2'],
      );
      await other.close();
    });
  });

  it('finds the servers that run here, by the models they list', async () => {
    await server.close();
    server = await startModelServer({
      models: [
        { ...fakeModel, id: 'qwen' },
        { ...fakeModel, id: 'nomic-embed' },
      ],
    });
    const presets = { ...PRESETS, ollama: { ...PRESETS.ollama, baseUrl: server.url } };
    const log = new MemoryLog();
    const found = await detectLocal(presets, (endpoint) =>
      listModels(
        {
          endpoint: {
            ...endpoint,
            baseUrl: endpoint.preset === 'ollama' ? endpoint.baseUrl : 'http://127.0.0.1:9/v1',
          },
          key: () => Promise.resolve(undefined),
          log,
        },
        new AbortController().signal,
      ),
    );
    assert.deepEqual(found, [{ preset: 'ollama', models: 1 }]);
  });
});
