import assert from 'node:assert/strict';
import { draftModel, namedModel } from '../../../../src/app/setup/draft.ts';
import {
  freshId,
  withEndpoint,
  withProtocol,
  withModels,
  withoutField,
  withoutMoved,
} from '../../../../src/app/setup/entries.ts';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import { parsePriceInput } from '../../../../src/app/setup/priceInput.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';
import { armOf, endpointAt } from '../../providers/openai/harness.ts';

describe('entries of the settings', () => {
  it('of other people and other versions stay as they are', () => {
    const raw = [7, { id: 'a', label: 'A', future: { x: 1 } }, null];
    assert.deepEqual(withEndpoint(raw, { id: 'a', preset: 'custom' }), [
      7,
      { id: 'a', label: 'A', future: { x: 1 }, preset: 'custom' },
      null,
    ]);
    assert.deepEqual(withModels(raw, endpointAt('http://127.0.0.1:1/v1', { id: 'a' }), []), raw);
  });
  it('do not keep what was said of the key before', () => {
    assert.deepEqual(withEndpoint([{ id: 'a', needsKey: false }], { id: 'a' }), [{ id: 'a' }]);
    const two = [{ id: 'a', label: 'A' }, { id: 'b' }, 'junk'];
    assert.deepEqual(withProtocol(two, 'a', 'chat'), [
      { id: 'a', label: 'A', protocol: 'chat' },
      ...two.slice(1),
    ]);
  });
  it('are begun where there are none, or something else', () => {
    for (const raw of [undefined, null, {}, 'x'])
      assert.deepEqual(withEndpoint(raw, { id: 'a' }), [{ id: 'a' }]);
  });
  it('keep what was edited while a key was on its way to the keyring, another key too', () => {
    const misplaced = (raw: readonly object[]) =>
      parseSettings({ endpoints: raw, models: [] }, PRESETS).misplacedKeys;
    const [a, b] = [
      { id: 'a', preset: 'openai', apiKey: 'sk-a' },
      { id: 'b', preset: 'openai', apiKey: 'sk-b' },
    ];
    const moved = misplaced([a, b]);
    assert.equal(moved.length, 2);
    const now = [{ ...a, label: 'Mine' }, { ...b, apiKey: 'sk-new' }, { id: 'c' }];
    assert.deepEqual(withoutMoved(now, misplaced(now), moved), [
      { id: 'a', preset: 'openai', label: 'Mine' },
      { ...b, apiKey: 'sk-new' },
      { id: 'c' },
    ]);
  });
  it('lose a misplaced key and nothing else', () => {
    const raw = [
      { id: 'a', apiKey: 'k', headers: { Authorization: 'k', 'x-team': 't', 'a.b': 'c' } },
      { id: 'b', apiKey: 'k' },
    ];
    const once = withoutField(raw, 'a', 'apiKey');
    const twice = withoutField(once, 'a', 'headers.Authorization');
    assert.deepEqual(twice, [
      { id: 'a', headers: { 'x-team': 't', 'a.b': 'c' } },
      { id: 'b', apiKey: 'k' },
    ]);
    assert.deepEqual(withoutField(twice, 'a', 'headers.a.b')[0], { id: 'a', headers: { 'x-team': 't' } });
  });
  it('get the first id that is free', () => {
    assert.equal(freshId('openai', []), 'openai');
    assert.equal(freshId('openai', ['openai', 'openai-2']), 'openai-3');
  });
});

describe('the price of a model that may be set up', () => {
  const table = { price: { inputUsdPerMTok: 5, outputUsdPerMTok: 6 }, source: 's', date: '2026-01-01' };
  const endpoint = endpointAt('http://127.0.0.1:1/v1', { id: 'e' });
  const facts = {
    endpoint,
    preset: PRESETS.custom,
    isLoopback: true,
    prices: { lookup: () => undefined },
    arms: [],
  };
  const listed = { ...namedModel('m'), price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } };
  const kindOf = (model = namedModel('m'), changes: Partial<Parameters<typeof draftModel>[1]> = {}) =>
    draftModel(model, { ...facts, ...changes }).origin?.kind;

  it('is the user’s own first', () => assert.equal(kindOf(listed, { arms: [armOf('e', 'm')] }), 'settings'));
  it('then the seller’s', () =>
    assert.equal(kindOf(listed, { prices: { lookup: () => table } }), 'endpoint'));
  it('then the table’s', () => assert.equal(kindOf(undefined, { prices: { lookup: () => table } }), 'table'));
  it('is nothing for a local server, on this machine', () => {
    assert.equal(kindOf(undefined, { preset: PRESETS.ollama }), 'local');
    assert.equal(kindOf(undefined, { preset: PRESETS.ollama, isLoopback: false }), undefined);
  });
  it('comes with sizes, where the endpoint does not say them', () => {
    const sized = { ...table, contextTokens: 200_000, maxOutputTokens: 64_000 };
    const { model } = draftModel(
      { ...namedModel('m'), maxOutputTokens: 1000 },
      { ...facts, prices: { lookup: () => sized } },
    );
    assert.deepEqual([model.contextTokens, model.maxOutputTokens], [200_000, 1000]);
  });
  it('is unknown else', () => assert.equal(kindOf(), undefined));
});

describe('a price as typed', () => {
  const check = (text: string, input: number, output: number, cached?: number) =>
    it(JSON.stringify(text), () =>
      assert.deepEqual(parsePriceInput(text), {
        inputUsdPerMTok: input,
        outputUsdPerMTok: output,
        ...(cached !== undefined && { cachedInputUsdPerMTok: cached }),
      }),
    );
  check('0.25 / 2', 0.25, 2);
  check('$3/$15', 3, 15);
  check('0,5 1,5', 0.5, 1.5);
  check(' 0 ', 0, 0);
  check('0/0', 0, 0);
  check('1 / 2 / 0.1', 1, 2, 0.1);
  for (const text of [
    '',
    '3',
    'free',
    '-1/2',
    '1/-2',
    '1e9/1',
    '1/2/3/4',
    '9999999/1',
    'NaN/1',
    '1/Infinity',
    '0x1/2',
  ]) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parsePriceInput(text), undefined));
  }
});
