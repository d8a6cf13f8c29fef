import assert from 'node:assert/strict';
import type { RateCard } from '../../../../src/core/arm.ts';
import { armId } from '../../../../src/core/brand.ts';
import { listPrice, priceChanges } from '../../../../src/core/models/priceTable.ts';
import priceFile from '../../../../src/core/models/prices.json' with { type: 'json' };
import { isUsable } from '../../../../src/core/money/pricing.ts';

const card = (input: number, output: number, other: Partial<RateCard> = {}): RateCard => ({
  inputUsdPerMTok: input,
  outputUsdPerMTok: output,
  ...other,
});

describe('price table', () => {
  it('knows a model under its own name at its own provider only', () => {
    assert.equal(listPrice('openai', 'gpt-4o-mini')?.price.outputUsdPerMTok, 0.6);
    assert.equal(listPrice('mistral', 'gpt-4o-mini'), undefined);
    assert.equal(listPrice('openai', 'gpt-4o-mini-of-my-own'), undefined);
    assert.equal(listPrice('openai', '__proto__'), undefined);
    assert.equal(listPrice('constructor', 'x'), undefined);
  });

  it('takes dated and "latest" names for their base name', () => {
    const sonnet = listPrice('anthropic', 'claude-sonnet-4.5');
    assert.ok(sonnet);
    assert.deepEqual(listPrice('anthropic', 'claude-sonnet-4-5-20250929'), sonnet);
    assert.deepEqual(listPrice('anthropic', 'claude-sonnet-4-5'), sonnet);
  });

  it('carries long-context rates, source and date', () => {
    const known = listPrice('openai', 'gpt-5.4');
    assert.ok(known);
    assert.equal(known.price.longContext?.aboveTokens, 272_000);
    assert.match(known.date, /^\d{4}-\d{2}-\d{2}$/u);
    assert.notEqual(known.source, '');
  });

  it('has rows of the shape it is read as', () => {
    const isNumber = (value: unknown): boolean =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0;
    for (const { source, date, models } of priceFile.lists) {
      assert.match(source, /\S@?\S/);
      assert.match(date, /^\d{4}-\d{2}-\d{2}$/u);
      const providers: readonly Readonly<Record<string, readonly unknown[]>>[] = Object.values(models);
      for (const [model, row] of providers.flatMap((own) => Object.entries(own))) {
        const [input, output, cached, context, long, ...rest] = row;
        assert.ok(isNumber(input) && isNumber(output) && rest.length === 0, model);
        for (const value of [cached, context]) assert.ok((value ?? null) === null || isNumber(value), model);
        if (long === undefined) continue;
        assert.ok(Array.isArray(long) && (long.length === 3 || long.length === 4), model);
        assert.ok(long.every(isNumber), model);
      }
    }
  });

  it('holds only prices that can be right, none of them free', () => {
    let rows = 0;
    const lists: readonly { readonly models: Readonly<Record<string, object>> }[] = priceFile.lists;
    for (const { models } of lists) {
      for (const [provider, list] of Object.entries(models)) {
        for (const model of Object.keys(list)) {
          const price = listPrice(provider, model)?.price;
          assert.ok(price && isUsable(price) && price.outputUsdPerMTok > 0, model);
          assert.ok(price.outputUsdPerMTok <= 600, model);
          rows++;
        }
      }
    }
    assert.ok(rows > 150, String(rows));
  });
});

describe('price refresh', () => {
  const id = armId('openrouter', 'model');
  const verdict = (current: RateCard | undefined, listed: RateCard | undefined): string => {
    const [change] = priceChanges([{ armId: id, current, listed }]);
    return change === undefined ? 'nothing' : change.verdict === 'suspicious' ? change.why : 'plausible';
  };

  const cases: readonly (readonly [string, RateCard | undefined, RateCard | undefined, string])[] = [
    ['the same price', card(1, 2), card(1, 2), 'nothing'],
    [
      'the same price with an undefined class',
      card(1, 2),
      { ...card(1, 2), requestUsd: undefined } as never,
      'nothing',
    ],
    ['a model that is not listed', card(1, 2), undefined, 'nothing'],
    ['garbage', card(1, 2), card(Number.NaN, 2), 'nothing'],
    ['a negative price', card(1, 2), card(-1, 2), 'nothing'],
    ['a first price', undefined, card(1, 2), 'plausible'],
    ['a rise', card(1, 2), card(2, 4), 'plausible'],
    ['another class', card(1, 2), card(1, 2, { cachedInputUsdPerMTok: 0.1 }), 'plausible'],
    ['ten times the price', card(1, 2), card(10, 20), 'ten-times-dearer'],
    ['a tenth of it', card(1, 2), card(0.1, 0.2), 'ten-times-cheaper'],
    ['8,000 times', undefined, card(8000, 1), 'beyond-known-prices'],
    ['a paid model made free', card(1, 2), card(0, 0), 'now-free'],
    ['an unpriced model made free', undefined, card(0, 0), 'now-free'],
    ['a free model that gets a price', card(0, 0), card(1, 2), 'plausible'],
  ];
  for (const [what, current, listed, expected] of cases) {
    it(`says of ${what}: ${expected}`, () => {
      assert.equal(verdict(current, listed), expected);
    });
  }

  it('tells the factor of a typical request', () => {
    const [change] = priceChanges([{ armId: id, current: card(1, 1), listed: card(2, 4) }]);
    assert.equal(change?.factor, 2.5);
  });
});
