/** The models of a price list that are ticked initially, tested on the lists of real providers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import priceFile from '../../../../src/core/models/prices.json' with { type: 'json' };
import type { PresetId } from '../../../../src/app/settings/index.ts';
import { namedModel, type ModelDraft } from '../../../../src/app/setup/draft.ts';
import { suggestModels } from '../../../../src/app/setup/suggest.ts';
import type { RateCard } from '../../../../src/core/arm.ts';
import { listPrice } from '../../../../src/core/models/priceTable.ts';
import { priorOf } from '../../../../src/core/learning/prior.ts';
import { decodeSpace } from '../../../../src/core/learning/space.ts';

const space = decodeSpace(JSON.parse(readFileSync('media/space.json', 'utf8')));
assert.ok(space.ok);
const { models: table } = space.value;
const rating = (model: string, price: RateCard): number => priorOf(table, model, price).origin.rating;

const draft = (id: string, input: number, output: number): ModelDraft => ({
  model: namedModel(id),
  price: { inputUsdPerMTok: input, outputUsdPerMTok: output },
  origin: { kind: 'endpoint' },
});
const ids = (drafts: readonly ModelDraft[]): string[] => drafts.map(({ model }) => model.id);

/** All models of a provider in the shipped table, as if the provider listed them. */
function listOf(preset: PresetId): ModelDraft[] {
  const lists: readonly { readonly models: Readonly<Record<string, object>> }[] = priceFile.lists;
  const names = new Set(lists.flatMap(({ models }) => Object.keys(models[preset] ?? {})));
  return [...names].map((id) => ({
    model: namedModel(id),
    price: listPrice(preset, id)?.price,
    origin: undefined,
  }));
}

describe('the proposed models', () => {
  for (const preset of ['openai', 'anthropic', 'gemini', 'mistral', 'deepseek'] as const) {
    it(`of ${preset} are two or three, from cheap to expensive, none of them ruinous`, () => {
      const chosen = suggestModels(listOf(preset), rating);
      assert.ok(chosen.length === 2 || chosen.length === 3, ids(chosen).join(', '));
      const prices = chosen.map(({ price }) => price?.outputUsdPerMTok ?? NaN);
      assert.deepEqual(
        prices,
        prices.toSorted((a, b) => a - b),
      );
      assert.ok(
        prices.every((price) => price <= 20),
        prices.join(', '),
      );
    });
  }

  it('begin with a free one that lasts, and leave out one that is free for a while', () => {
    const list = [
      draft('dear', 2.5, 10),
      draft('cheap', 0.1, 0.4),
      draft('own', 0, 0),
      draft('big:free', 0, 0),
    ];
    assert.deepEqual(ids(suggestModels(list, () => 1000)), ['own', 'cheap', 'dear']);
  });

  it('are the better ones of their price, the newer of equals, under their lasting name', () => {
    const list = [
      draft('gpt-4o-mini', 0.15, 0.6),
      draft('gpt-4.1-nano', 0.1, 0.4),
      draft('gpt-4o', 2.5, 10),
      draft('gpt-4o-2024-11-20', 2.5, 10),
      draft('gpt-3.5-turbo', 2.5, 10),
      draft('gpt-4o-audio', 2.5, 10),
      draft('gpt-9-preview', 2.5, 10),
    ];
    assert.deepEqual(ids(suggestModels(list, rating)), ['gpt-4.1-nano', 'gpt-4o']);
    const alike = [draft('atlas-2', 1, 4), draft('atlas-10', 1, 4), draft('atlas-9', 1, 4)];
    assert.deepEqual(ids(suggestModels(alike, () => 1000)), ['atlas-10']);
  });

  it('are previews where there is nothing else', () => {
    assert.deepEqual(ids(suggestModels([draft('gem-3-preview', 0.5, 3)], rating)), ['gem-3-preview']);
  });

  it('have a price, are a free one at most and three that cost something, whatever is listed and in whatever order', () => {
    const anyDraft = fc
      .record({
        id: fc.string({ minLength: 1 }),
        price: fc.option(fc.double({ min: 0, max: 500, noNaN: true })),
      })
      .map(({ id, price }) =>
        price === null
          ? { model: namedModel(id), price: undefined, origin: undefined }
          : draft(id, price, 4 * price),
      );
    fc.assert(
      fc.property(fc.uniqueArray(anyDraft, { selector: ({ model }) => model.id, maxLength: 30 }), (list) => {
        const chosen = suggestModels(list, () => 1000);
        const paid = chosen.filter(({ price }) => price && price.outputUsdPerMTok > 0);
        assert.ok(paid.length <= 3 && chosen.length <= paid.length + 1);
        assert.ok(chosen.slice(1).every((each) => paid.includes(each)) && chosen.every(({ price }) => price));
        assert.deepEqual(ids(suggestModels(list.toReversed(), () => 1000)), ids(chosen));
      }),
    );
  });
});
