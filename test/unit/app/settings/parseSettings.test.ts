import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import type { ProblemKind } from '../../../../src/app/settings/problem.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';
import { practiceSettings } from '../../../fakes/practiceModels.ts';

const parse = (endpoints: unknown, models: unknown = []) => parseSettings({ endpoints, models }, PRESETS);
const openai = { id: 'openai', preset: 'openai' };
const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 2 };

/** Problems as `key kind`, for short cases. */
const problemsOf = (endpoints: unknown, models: unknown = []): string[] =>
  parse(endpoints, models).problems.map(({ key, kind }) => `${key} ${kind}`);

describe('settings of endpoints and models', () => {
  it('as set-up writes them have no problem', () => {
    const settings = practiceSettings('http://127.0.0.1:4711/v1');
    const { endpoints, arms, problems } = parse(settings['pilot.endpoints'], settings['pilot.models']);
    assert.deepEqual(problems, []);
    assert.equal(endpoints.length, 1);
    assert.ok(arms.length >= 4);
    assert.ok(arms.every(({ simulated, price: known }) => simulated && known));
  });

  it('that are not there are none', () => {
    assert.deepEqual(parse(undefined, undefined), {
      endpoints: [],
      arms: [],
      problems: [],
      misplacedKeys: [],
    });
    assert.deepEqual(parse(null, null).problems, []);
  });

  it('say nothing twice: a preset fills in what is missing', () => {
    const [endpoint] = parse([openai]).endpoints;
    assert.equal(endpoint?.baseUrl, 'https://api.openai.com/v1');
    assert.deepEqual(
      [endpoint.needsKey, endpoint.outputCapField, endpoint.apiKeyEnv],
      [true, 'max_completion_tokens', undefined],
    );
    const [arm] = parse([openai], [{ endpoint: 'openai', model: 'gpt-5-mini' }]).arms;
    assert.deepEqual(
      [arm?.id, arm?.label, arm?.outputCapField],
      ['openai/gpt-5-mini', 'gpt-5-mini', 'max_completion_tokens'],
    );
  });

  it('without a price give an arm without a price, since unknown is not zero', () => {
    assert.equal(parse([openai], [{ endpoint: 'openai', model: 'm' }]).arms[0]?.price, undefined);
    const local = parse([{ id: 'ollama', preset: 'ollama' }], [{ endpoint: 'ollama', model: 'm' }]);
    assert.equal(local.arms[0]?.price, undefined);
  });

  it('know what is stated of a prompt cache, and an hour’s from the settings', () => {
    const arms = parse(
      [openai, { id: 'a', preset: 'anthropic' }, { id: 'o', preset: 'ollama' }],
      [
        { endpoint: 'openai', model: 'gpt-5.4' },
        { endpoint: 'a', model: 'claude-opus-4-6', cacheLife: 'hour' },
        { endpoint: 'o', model: 'm' },
      ],
    ).arms;
    assert.deepEqual(
      arms.map(({ promptCache, cacheLife }) => [promptCache?.leastTokens, promptCache?.granule, cacheLife]),
      [
        [1024, 128, undefined],
        [4096, 1, 'hour'],
        [undefined, undefined, undefined],
      ],
    );
  });

  it('reserve what Anthropic bills for writing to its cache, where a price does not say it', () => {
    const cardOf = (endpoint: object, model: string, more: object = {}) =>
      parse([{ id: 'e', ...endpoint }], [{ endpoint: 'e', model, price: { ...price, ...more } }]).arms[0]
        ?.price;
    const own = cardOf({ preset: 'anthropic' }, 'claude-sonnet-4-6');
    assert.deepEqual([own?.cachedInputUsdPerMTok, own?.cacheWriteUsdPerMTok], [0.1, 1.25]);
    // Its price for reading is known at Anthropic's own address only.
    const gateway = cardOf({ preset: 'litellm' }, 'anthropic/claude-sonnet-4-6');
    assert.deepEqual([gateway?.cachedInputUsdPerMTok, gateway?.cacheWriteUsdPerMTok], [undefined, 1.25]);
    const stated = cardOf({ preset: 'anthropic' }, 'claude-sonnet-4-6', { cacheWriteUsdPerMTok: 1.5 });
    assert.equal(stated?.cacheWriteUsdPerMTok, 1.5);
    assert.deepEqual(cardOf({ preset: 'openai' }, 'gpt-5.4'), price);
  });

  describe('that are wrong: the key, what is wrong, what is used instead', () => {
    const check = (
      name: string,
      endpoint: object,
      key: string,
      kind: ProblemKind,
      used: string | undefined,
    ) =>
      it(name, () => {
        const { problems, endpoints } = parse([endpoint]);
        assert.deepEqual(
          problems.map((problem) => [problem.key, problem.kind, problem.used]),
          [[`pilot.endpoints[0].${key}`, kind, used]],
        );
        assert.equal(endpoints.length, used === undefined ? 0 : 1);
      });
    check('no id', { preset: 'openai' }, 'id', 'missing', undefined);
    check('an id with a slash', { id: 'a/b', preset: 'openai' }, 'id', 'bad-id', undefined);
    check('an id that is a number', { id: 7, preset: 'openai' }, 'id', 'bad-id', undefined);
    check(
      'an unknown preset',
      { id: 'a', preset: 'skynet', baseUrl: 'https://a.example' },
      'preset',
      'not-one-of',
      '"custom"',
    );
    check('custom without address', { id: 'a', preset: 'custom' }, 'baseUrl', 'missing', undefined);
    for (const baseUrl of [
      '',
      'example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://',
      17,
      {},
    ]) {
      // Never the preset's own address instead: prompts would go where the user did not intend.
      check(
        `${JSON.stringify(baseUrl)} for an address`,
        { ...openai, baseUrl },
        'baseUrl',
        'bad-url',
        undefined,
      );
    }
    it('never shows an address that cannot be used: it may hold a key or a password', () => {
      for (const baseUrl of ['htps://ann:hunter2@a.example/v1', 'sk-or-v1-hunter2']) {
        const { problems } = parse([{ ...openai, baseUrl }]);
        assert.deepEqual([problems[0]?.kind, problems[0]?.found], ['bad-url', '***']);
        assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
      }
    });
    check('a string for a flag', { ...openai, needsKey: 'yes' }, 'needsKey', 'wrong-type', 'true');
    check(
      'a wrong cap field',
      { ...openai, outputCapField: 'tokens' },
      'outputCapField',
      'not-one-of',
      '"max_completion_tokens"',
    );
    check(
      'a timeout of a week',
      { ...openai, timeouts: { totalMs: 6e8 } },
      'timeouts.totalMs',
      'out-of-range',
      '600000',
    );
    check(
      'a timeout that is none',
      { ...openai, timeouts: { idleMs: NaN } },
      'timeouts.idleMs',
      'wrong-type',
      '120000',
    );
    check('timeouts that are a number', { ...openai, timeouts: 5 }, 'timeouts', 'wrong-type', '{…}');
    check('headers that are a list', { ...openai, headers: ['a'] }, 'headers', 'wrong-type', '{…}');
    check(
      'a header with a line break',
      { ...openai, headers: { a: 'x\r\nHost: evil' } },
      'headers.a',
      'bad-header',
      '',
    );
    check(
      'a header that is the connection’s',
      { ...openai, headers: { Host: 'evil' } },
      'headers.Host',
      'bad-header',
      '',
    );
    check('a typing error', { ...openai, baseURL: 'https://a.example' }, 'baseURL', 'unknown-key', '');
    check(
      'a key where a variable’s name belongs',
      { ...openai, apiKeyEnv: 'sk-1234' },
      'apiKeyEnv',
      'bad-variable',
      '',
    );

    it('no list', () => {
      for (const value of [{}, 'openai', 3, true])
        assert.deepEqual(problemsOf(value), ['pilot.endpoints wrong-type']);
    });
    it('entries that are no objects', () => {
      assert.deepEqual(problemsOf(['openai', null, [openai]]), [
        'pilot.endpoints[0] wrong-type',
        'pilot.endpoints[1] wrong-type',
        'pilot.endpoints[2] wrong-type',
      ]);
    });
    it('one bad entry leaves the others alone', () => {
      assert.equal(parse([{ id: '/' }, openai, 3]).endpoints.length, 1);
    });
    it('two of one id: the first counts', () => {
      const { endpoints } = parse([openai, { ...openai, label: 'second' }]);
      assert.deepEqual(
        endpoints.map(({ label }) => label),
        ['OpenAI'],
      );
      assert.deepEqual(problemsOf([openai, openai]), ['pilot.endpoints[1].id duplicate']);
    });
    it('ten thousand', () => {
      const many = Array.from({ length: 10_000 }, (_, index) => ({ ...openai, id: `e${index}` }));
      assert.equal(parse(many).endpoints.length, 100);
      assert.deepEqual(problemsOf(many), ['pilot.endpoints too-many']);
    });
  });

  it('bound what hidden reasoning may cost by the context where no output limit is stated', () => {
    const custom = { id: 'mine', preset: 'custom', baseUrl: 'https://a.example/v1' };
    const boundOf = (endpoint: { readonly id: string }, changes: object) =>
      parse([endpoint], [{ endpoint: endpoint.id, model: 'm', price, contextTokens: 64_000, ...changes }])
        .arms[0]?.maxBilledOutputTokens;
    assert.equal(boundOf(custom, {}), 64_000);
    assert.equal(boundOf(custom, { maxOutputTokens: 8000 }), undefined, 'stated');
    assert.equal(boundOf(custom, { outputCapCoversReasoning: true }), undefined, 'the cap bounds it');
    assert.equal(boundOf(openai, {}), undefined);
  });

  describe('of a model that are wrong', () => {
    const check = (name: string, changes: object, key: string, kind: ProblemKind) =>
      it(name, () => {
        const model = { endpoint: 'openai', model: 'm', price, ...changes };
        assert.deepEqual(problemsOf([openai], [model]), [`pilot.models[0].${key} ${kind}`]);
      });
    check('no name', { model: undefined }, 'model', 'missing');
    check('a name that is a number', { model: 4 }, 'model', 'wrong-type');
    check('no endpoint', { endpoint: undefined }, 'endpoint', 'missing');
    check('an unknown endpoint', { endpoint: 'gone' }, 'endpoint', 'unknown-endpoint');
    check('a context of zero', { contextTokens: 0 }, 'contextTokens', 'out-of-range');
    check('half a token', { contextTokens: 0.5 }, 'contextTokens', 'wrong-type');
    check(
      'more output than context',
      { contextTokens: 100, maxOutputTokens: 200 },
      'maxOutputTokens',
      'out-of-range',
    );
    check('capabilities that are a list', { capabilities: ['tools'] }, 'capabilities', 'wrong-type');
    check('an unknown capability', { capabilities: { flight: true } }, 'capabilities.flight', 'unknown-key');

    it('twice: the first counts', () => {
      const model = { endpoint: 'openai', model: 'm' };
      assert.deepEqual(problemsOf([openai], [model, model]), ['pilot.models[1].model duplicate']);
      const high = { ...model, effort: 'high' };
      const { arms, problems } = parse([openai], [model, high, { ...model, effort: 'low' }, high]);
      assert.deepEqual(
        arms.map(({ id }) => id),
        ['openai/m', 'openai/m@high', 'openai/m@low'],
      );
      assert.deepEqual(
        problems.map(({ key, kind, found }) => [key, kind, found]),
        [['pilot.models[3].model', 'duplicate', '"openai/m@high"']],
      );
    });

    describe('with an effort that cannot be sent: said once, and the model asked without it', () => {
      const effortProblems = (endpoint: object, ...models: object[]) =>
        problemsOf(
          [{ id: 'e', needsKey: false, ...endpoint }],
          models.map((model) => ({ endpoint: 'e', model: 'm', ...model })),
        );
      it('an endpoint without a field for it', () => {
        assert.deepEqual(effortProblems({ preset: 'mistral' }, { effort: 'high' }), [
          'pilot.models[0].effort no-effort',
        ]);
        assert.deepEqual(effortProblems({ preset: 'anthropic', protocol: 'chat' }, { effort: 'high' }), [
          'pilot.models[0].effort no-effort',
        ]);
        const [arm] = parse(
          [{ id: 'e', preset: 'mistral' }],
          [{ endpoint: 'e', model: 'm', effort: 'low' }],
        ).arms;
        assert.deepEqual([arm?.id, arm?.effort], ['e/m', undefined]);
      });
      it('two of them are one model then, which is no second problem', () => {
        assert.deepEqual(effortProblems({ preset: 'groq' }, { effort: 1000 }, { effort: 2000 }), [
          'pilot.models[0].effort not-one-of',
          'pilot.models[1].effort not-one-of',
        ]);
      });
      it('a budget where only levels are taken', () => {
        for (const endpoint of [{ preset: 'openai' }, { preset: 'mistral', protocol: 'responses' }])
          assert.deepEqual(effortProblems(endpoint, { effort: 2048 }), ['pilot.models[0].effort not-one-of']);
        for (const endpoint of [{ preset: 'anthropic' }, { preset: 'gemini' }, { preset: 'openrouter' }])
          assert.deepEqual(effortProblems(endpoint, { effort: 2048 }), []);
      });
      it('a name that says one already', () => {
        assert.deepEqual(effortProblems({ preset: 'openrouter' }, { model: 'o3-mini-high', effort: 'low' }), [
          'pilot.models[0].effort effort-in-name',
        ]);
        assert.deepEqual(effortProblems({ preset: 'openrouter' }, { model: 'o3-mini-high' }), []);
      });
    });
  });

  describe('with a price that is wrong make the model unpriced, whole', () => {
    const check = (name: string, bad: unknown, key: string, kind: ProblemKind) =>
      it(name, () => {
        const { arms, problems } = parse([openai], [{ endpoint: 'openai', model: 'm', price: bad }]);
        assert.equal(arms.length, 1);
        assert.equal(arms[0]?.price, undefined);
        assert.deepEqual(
          problems.map((problem) => `${problem.key} ${problem.kind}`),
          [`pilot.models[0].price${key} ${kind}`],
        );
      });
    check('a number', 3, '', 'wrong-type');
    check('free as a word', 'free', '', 'wrong-type');
    check('input only', { inputUsdPerMTok: 1 }, '.outputUsdPerMTok', 'missing');
    check('negative', { ...price, inputUsdPerMTok: -1 }, '.inputUsdPerMTok', 'out-of-range');
    check('a string', { ...price, outputUsdPerMTok: '2' }, '.outputUsdPerMTok', 'wrong-type');
    check('infinite', { ...price, outputUsdPerMTok: Infinity }, '.outputUsdPerMTok', 'wrong-type');
    check('a million', { ...price, cachedInputUsdPerMTok: 1e6 }, '.cachedInputUsdPerMTok', 'out-of-range');
    check('a fee per request beyond reason', { ...price, requestUsd: 5000 }, '.requestUsd', 'out-of-range');
    check(
      'long context without its output',
      { ...price, longContext: { aboveTokens: 1, inputUsdPerMTok: 1 } },
      '.longContext.outputUsdPerMTok',
      'missing',
    );
    check('long context that is a number', { ...price, longContext: 200_000 }, '.longContext', 'wrong-type');
  });

  describe('with a key in them', () => {
    const key = 'sk-abcdefghijklmnop';
    const cases: [string, object, string][] = [
      ['under its own name', { apiKey: key }, 'apiKey'],
      ['under another spelling', { api_key: key }, 'api_key'],
      ['as a header', { headers: { Authorization: `Bearer ${key}` } }, 'headers.Authorization'],
      ['as Anthropic’s header', { headers: { 'x-api-key': key } }, 'headers.x-api-key'],
    ];
    for (const [name, changes, field] of cases) {
      it(`${name} hand it out for the keyring, and do not show it`, () => {
        const { misplacedKeys, problems, endpoints } = parse([{ ...openai, ...changes }]);
        assert.deepEqual(misplacedKeys, [{ endpointId: 'openai', field, value: key }]);
        assert.deepEqual(
          problems.map(({ kind }) => kind),
          ['secret-in-settings'],
        );
        assert.doesNotMatch(JSON.stringify([problems, endpoints]), /abcdef/);
      });
    }
    it('anywhere else do not show it either', () => {
      const places = [
        { ...openai, kee: key },
        { ...openai, apiKeyEnv: key },
        { ...openai, headers: { 'bad header': key } },
        { ...openai, baseUrl: `https://user:${key}@example.com/v1?key=${key}` },
      ];
      for (const place of places) {
        const { problems } = parse([place]);
        assert.equal(problems.length, 1);
        assert.doesNotMatch(JSON.stringify(problems), /abcdef/);
      }
    });
    it('in the address use the address without it', () => {
      const [endpoint] = parse([
        { ...openai, baseUrl: `https://user:${key}@example.com/v1/?key=${key}#x` },
      ]).endpoints;
      assert.equal(endpoint?.baseUrl, 'https://example.com/v1');
    });
  });

  describe('that name an environment variable', () => {
    const variableOf = (...entries: object[]) => parse(entries).endpoints.map(({ apiKeyEnv }) => apiKeyEnv);
    const own = { id: 'own', preset: 'custom', baseUrl: 'https://models.example/v1' };

    it('get it at its own host', () => {
      assert.deepEqual(variableOf({ ...openai, apiKeyEnv: 'OPENAI_API_KEY' }), ['OPENAI_API_KEY']);
      assert.deepEqual(variableOf({ ...own, apiKeyEnv: 'MY_MODELS_KEY' }), ['MY_MODELS_KEY']);
    });
    it('do not get a provider’s at another host', () => {
      assert.deepEqual(variableOf({ ...own, apiKeyEnv: 'OPENAI_API_KEY' }), [undefined]);
      assert.deepEqual(problemsOf([{ ...own, apiKeyEnv: 'OPENAI_API_KEY' }]), [
        'pilot.endpoints[0].apiKeyEnv foreign-variable',
      ]);
      const moved = { ...openai, baseUrl: 'https://proxy.example/v1', apiKeyEnv: 'OPENAI_API_KEY' };
      assert.deepEqual(variableOf(moved), [undefined]);
    });
    it('do not get one that another host has', () => {
      const second = {
        ...own,
        id: 'second',
        baseUrl: 'https://other.example/v1',
        apiKeyEnv: 'MY_MODELS_KEY',
      };
      assert.deepEqual(variableOf({ ...own, apiKeyEnv: 'MY_MODELS_KEY' }, second), [
        'MY_MODELS_KEY',
        undefined,
      ]);
    });
    it('of a gateway get it wherever the gateway is', () => {
      const gateway = {
        id: 'g',
        preset: 'litellm',
        baseUrl: 'https://llm.corp.example/v1',
        apiKeyEnv: 'LITELLM_API_KEY',
      };
      assert.deepEqual(variableOf(gateway), ['LITELLM_API_KEY']);
    });
    it('have none unless they name it: a variable that is merely there is not read', () => {
      assert.deepEqual(variableOf(openai), [undefined]);
    });
  });

  it('are read without harm whatever they are', () => {
    const fields = [
      'id',
      'preset',
      'baseUrl',
      'headers',
      'timeouts',
      'apiKey',
      'price',
      'endpoint',
      'model',
      '__proto__',
      'constructor',
    ];
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(...fields),
        fc.oneof(fc.jsonValue(), fc.webUrl(), fc.constantFrom('openai', 'custom')),
      ),
    );
    const list = fc.oneof(fc.jsonValue(), fc.array(entry));
    fc.assert(
      fc.property(list, list, (endpoints, models) => {
        const parsed = parse(endpoints, models);
        for (const { baseUrl } of parsed.endpoints) assert.ok(URL.canParse(baseUrl));
        for (const arm of parsed.arms) {
          assert.ok(arm.contextTokens > 0 && arm.maxOutputTokens <= arm.contextTokens);
          for (const rate of Object.values<unknown>({ ...arm.price }))
            assert.ok(typeof rate === 'object' || Number(rate) >= 0);
        }
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
      }),
    );
  });
});
