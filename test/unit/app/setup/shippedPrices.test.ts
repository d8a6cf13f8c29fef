import assert from 'node:assert/strict';
import type { PresetId, PriceLookup } from '../../../../src/app/settings/endpoint.ts';

import { listPrice } from '../../../../src/core/models/priceTable.ts';

/** The table does not depend on presets; this test checks that its providers have the presets' names. */
const shippedPrices: PriceLookup = { lookup: listPrice };

describe('the shipped price table, from set-up', () => {
  const check = (preset: PresetId, model: string, known: boolean) =>
    it(`${known ? 'knows' : 'does not know'} ${model} at ${preset}`, () => {
      const found = shippedPrices.lookup(preset, model);
      assert.equal(found !== undefined, known);
      if (!found) return;
      assert.ok(found.price.outputUsdPerMTok > 0);
      assert.match(found.date, /^\d{4}-\d{2}-\d{2}$/);
      assert.notEqual(found.source, '');
    });
  check('openai', 'gpt-5-mini', true);
  check('openai', 'gpt-5-mini-2025-08-07', true);
  check('gemini', 'gemini-2.5-flash', true);
  check('anthropic', 'claude-sonnet-4-5', true);
  check('mistral', 'codestral-latest', true);
  check('deepseek', 'deepseek-chat', true);
  check('custom', 'gpt-5-mini', false);
  check('openai', 'gpt-unheard-of', false);
});
