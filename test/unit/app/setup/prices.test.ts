import assert from 'node:assert/strict';
import type { ProviderError } from '../../../../src/app/ports/models.ts';
import {
  rateChanges,
  refreshPrices,
  withoutDisproved,
  withPrices,
  type RefreshDeps,
} from '../../../../src/app/setup/prices.ts';
import { parseSettings } from '../../../../src/app/settings/index.ts';
import { namedModel } from '../../../../src/app/setup/draft.ts';
import type { RateCard } from '../../../../src/core/arm.ts';
import { armId, type ArmId } from '../../../../src/core/brand.ts';
import type { PriceChange } from '../../../../src/core/models/priceTable.ts';
import { fail, ok } from '../../../../src/core/result.ts';
import { listModels } from '../../../../src/providers/openai/models.ts';
import { PRESETS } from '../../../../src/providers/presets.ts';
import { startModelServer } from '../../../fakes/modelServer.ts';

const card = (inputUsdPerMTok: number, outputUsdPerMTok: number): RateCard => ({
  inputUsdPerMTok,
  outputUsdPerMTok,
});
const raw = [
  { endpoint: 'openrouter', model: 'a', label: 'A', price: { ...card(3, 15), cachedInputUsdPerMTok: 0.3 } },
  { endpoint: 'openrouter', model: 'b', price: card(1, 2), myNote: 'mine' },
  { endpoint: 'openrouter', model: 'c', price: card(1, 2) },
  { endpoint: 'openai', model: 'a', price: card(7, 7) },
];
const endpoints = [
  { id: 'openrouter', preset: 'openrouter' },
  { id: 'openai', preset: 'openai' },
];
const { arms, endpoints: parsed } = parseSettings({ endpoints, models: raw }, PRESETS);
const refused = { kind: 'auth' } as unknown as ProviderError;

/** openrouter's lists; openai refuses. `take`: the user's ticks. */
async function refresh(
  lists: Readonly<Record<string, RateCard | undefined>>,
  take: (changes: readonly PriceChange[]) => readonly PriceChange[] | undefined,
) {
  const seen: PriceChange[] = [];
  const [written, trusted]: [unknown[], ArmId[]] = [[], []];
  const deps: RefreshDeps = {
    endpoints: parsed,
    arms,
    list: ({ id }) =>
      Promise.resolve(
        id === 'openai'
          ? fail(refused)
          : ok(Object.entries(lists).map(([model, price]) => ({ ...namedModel(model), price }))),
      ),
    pick: (changes) => {
      seen.push(...changes);
      return Promise.resolve(take(changes));
    },
    settings: { models: () => raw, write: (value) => Promise.resolve(void written.push(value)) },
    trustPrice: (id) => trusted.push(id),
  };
  return { result: await refreshPrices(deps), seen, written, trusted };
}

const plausible = (changes: readonly PriceChange[]) =>
  changes.filter(({ verdict }) => verdict === 'plausible');

describe('refreshing prices', () => {
  it('shows what changes, marks the jump, and writes what was taken', async () => {
    const lists = { a: card(2.5, 10), b: card(1000, 2000), c: card(1, 2), stranger: card(1, 1) };
    const { result, seen, written, trusted } = await refresh(lists, plausible);
    assert.deepEqual(
      seen.map((change) => [change.armId, change.verdict === 'suspicious' && change.why]),
      [
        [armId('openrouter', 'a'), false],
        [armId('openrouter', 'b'), 'ten-times-dearer'],
      ],
    );
    assert.deepEqual(rateChanges(seen[0]!), [
      { rate: 'inputUsdPerMTok', before: 3, after: 2.5 },
      { rate: 'outputUsdPerMTok', before: 15, after: 10 },
    ]);
    const [first, ...others] = raw;
    assert.deepEqual(written, [
      [{ ...first, price: { ...card(2.5, 10), cachedInputUsdPerMTok: 0.3 } }, ...others],
    ]);
    assert.deepEqual(trusted, [armId('openrouter', 'a')]);
    assert.deepEqual([result.outcome, result.nWritten], ['written', 1]);
    assert.deepEqual(
      result.failed.map(({ endpoint }) => endpoint.id),
      ['openai'],
    );
  });

  it('writes nothing when the preview is closed or nothing is ticked', async () => {
    for (const answer of [undefined, []]) {
      const { result, written, trusted } = await refresh({ a: card(2.5, 10) }, () => answer);
      assert.equal(result.outcome, 'cancelled');
      assert.deepEqual([written, trusted], [[], []]);
    }
  });

  it('asks nothing when there is nothing to change, or nothing is listed', async () => {
    const same = await refresh({ b: card(1, 2) }, (all) => all);
    assert.deepEqual([same.result.outcome, same.seen], ['up-to-date', []]);
    const bare = await refresh({ a: undefined, stranger: card(1, 1) }, (all) => all);
    assert.deepEqual([bare.result.outcome, bare.written], ['nothing-listed', []]);
  });

  it('never offers garbage, and a model said to be free only unticked', async () => {
    const { seen } = await refresh({ a: card(Number.NaN, 1), b: card(0, 0) }, () => []);
    assert.deepEqual(
      seen.map((change) => [change.armId, change.verdict]),
      [[armId('openrouter', 'b'), 'suspicious']],
    );
  });

  it('reads the list of a real server', async () => {
    const server = await startModelServer({
      models: [{ id: 'served', price: card(0.4, 1.6), contextTokens: 8_000, maxOutputTokens: 1_000 }],
    });
    try {
      const models = [{ endpoint: 'mine', model: 'served', price: card(0.5, 2) }];
      const here = parseSettings(
        { endpoints: [{ id: 'mine', preset: 'custom', baseUrl: server.url }], models },
        PRESETS,
      );
      const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const { signal } = new AbortController();
      let written: unknown;
      const { outcome } = await refreshPrices({
        ...here,
        list: (endpoint) =>
          listModels({ endpoint, key: () => Promise.resolve('k-1234'), log: silent }, signal),
        pick: (changes) => Promise.resolve(changes),
        settings: { models: () => models, write: (value) => Promise.resolve(void (written = value)) },
        trustPrice: () => undefined,
      });
      assert.equal(outcome, 'written');
      assert.deepEqual(written, [{ ...models[0], price: card(0.4, 1.6) }]);
    } finally {
      await server.close();
    }
  });

  it('is written to the entry of the same effort', () => {
    const change: PriceChange = {
      armId: armId('e', 'm', 'high'),
      before: undefined,
      after: card(1, 2),
      factor: undefined,
      verdict: 'plausible',
    };
    const entries = [undefined, 'high', 4096].map((effort) => ({ endpoint: 'e', model: 'm', effort }));
    assert.deepEqual(
      withPrices(entries, [change]).map((entry) => 'price' in (entry as object)),
      [false, true, false],
    );
  });

  it('leaves foreign things in the setting as they are', () => {
    const change: PriceChange = {
      armId: armId('e', 'm'),
      before: undefined,
      after: card(1, 2),
      factor: undefined,
      verdict: 'plausible',
    };
    assert.deepEqual(withPrices('nonsense', [change]), []);
    const odd = [null, 'x', { endpoint: 1, model: 'm' }, { endpoint: 'e', model: 'm', price: 'dear', x: 1 }];
    assert.deepEqual(withPrices(odd, [change]), [
      ...odd.slice(0, 3),
      { ...(odd[3] as object), price: card(1, 2) },
    ]);
  });
});

describe('an arm that was called free and billed', () => {
  it('has no known price while it is called free, and the one the user writes', () => {
    const priced = (price: RateCard) =>
      parseSettings({ endpoints, models: [{ ...raw[0], price }, raw[1]] }, PRESETS).arms;
    const [id] = priced(card(0, 0)).map((arm) => arm.id);
    assert.deepEqual(
      withoutDisproved(priced(card(0, 0)), [id]).map(({ price }) => price),
      [undefined, card(1, 2)],
    );
    assert.deepEqual(withoutDisproved(priced(card(3, 15)), [id]), priced(card(3, 15)));
    assert.deepEqual(withoutDisproved(priced(card(0, 0)), []), priced(card(0, 0)));
  });
});
