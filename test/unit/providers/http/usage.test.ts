import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TokenCounts } from '../../../../src/app/ports/money.ts';
import { parseUsage } from '../../../../src/providers/http/usage.ts';

const check = (raw: unknown, expected: Partial<TokenCounts> | undefined, includesCached = true) =>
  assert.deepEqual(
    parseUsage(raw, includesCached)?.tokens,
    expected && { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0, ...expected },
  );

const basic = { prompt_tokens: 100, completion_tokens: 20 };

describe('usage', () => {
  it('of OpenAI: cached and reasoning tokens are inside the counts', () => {
    const raw = {
      ...basic,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 64 },
      completion_tokens_details: { reasoning_tokens: 12 },
    };
    check(raw, { input: 36, cachedInput: 64, output: 8, reasoning: 12 });
  });

  it('of an endpoint that counts cached tokens beside the prompt', () => {
    const raw = { ...basic, cache_read_input_tokens: 900, cache_creation_input_tokens: 50 };
    check(raw, { input: 100, cachedInput: 900, cacheWrite: 50, output: 20 }, false);
  });

  it('that contradicts the preset: more cached than there is in all', () => {
    check(
      { ...basic, prompt_tokens_details: { cached_tokens: 900 } },
      { input: 100, cachedInput: 900, output: 20 },
    );
  });

  it('of DeepSeek: hits and misses', () => {
    check(
      { ...basic, prompt_cache_hit_tokens: 70, prompt_cache_miss_tokens: 30 },
      { input: 30, cachedInput: 70, output: 20 },
    );
  });

  it('of xAI: reasoning is beside the completion', () => {
    const raw = { ...basic, total_tokens: 150, completion_tokens_details: { reasoning_tokens: 30 } };
    check(raw, { input: 100, output: 20, reasoning: 30 });
  });

  it('of Gemini: thoughts show in the total only', () => {
    check({ ...basic, total_tokens: 500 }, { input: 100, output: 20, reasoning: 380 });
  });

  it('of OpenRouter: what it cost, and with the user’s own key the provider’s bill on top', () => {
    assert.equal(parseUsage({ ...basic, cost: 0.0125 }, true)?.reportedUsd, 0.0125);
    const own = { ...basic, cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } };
    assert.equal(parseUsage(own, true)?.reportedUsd, 0.021);
  });

  it('that is zero means that the tokens were not counted', () =>
    check({ prompt_tokens: 0, completion_tokens: 0 }, undefined));

  it('with a cost but no tokens still tells the cost', () => {
    assert.deepEqual(parseUsage({ cost: 0.5 }, true)?.reportedUsd, 0.5);
  });

  it('of Vertex AI in its other spelling, of Mistral, and of Cohere', () => {
    const vertex = {
      prompt_token_count: 120,
      candidates_token_count: 8,
      thoughts_token_count: 30,
      total_token_count: 158,
      cached_content_token_count: 100,
    };
    check(vertex, { input: 20, cachedInput: 100, output: 8, reasoning: 30 });
    check({ ...basic, num_cached_tokens: 64 }, { input: 36, cachedInput: 64, output: 20 });
    const billed = { input_tokens: 100, output_tokens: 8 };
    check({ billed_units: billed, tokens: { ...billed, input_tokens: 120 } }, { input: 120, output: 8 });
  });

  const impossible = [-1, 1.5, NaN, Infinity, 1e12, '100', null, {}, [], true];
  for (const value of impossible) {
    it(`of ${JSON.stringify(value)} (${typeof value}) tokens is none`, () => {
      check({ ...basic, prompt_tokens: value }, undefined);
      check({ ...basic, completion_tokens: value }, undefined);
      check({ ...basic, prompt_tokens_details: { cached_tokens: value } }, { input: 100, output: 20 });
    });
  }
  for (const cost of [-0.01, NaN, Infinity, 1e9, '0.01', null]) {
    it(`with a cost of ${String(cost)} reports none`, () => {
      assert.equal(parseUsage({ ...basic, cost }, true)?.reportedUsd, undefined);
    });
  }

  it('never throws, and never gives a count that is no count', () => {
    const names = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'cost', 'prompt_tokens_details'];
    const raw = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.nat(), fc.jsonValue())),
    );
    fc.assert(
      fc.property(raw, fc.boolean(), (value, includesCached) => {
        const usage = parseUsage(value, includesCached);
        for (const count of Object.values(usage?.tokens ?? {})) {
          assert.ok(Number.isSafeInteger(count) && (count as number) >= 0);
        }
      }),
    );
  });

  it('keeps the sum: every billed token is in exactly one class', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6));
    fc.assert(
      fc.property(counts, ([prompt, completion, cachedSeed, reasoningSeed]) => {
        const cached = cachedSeed % (prompt + 1);
        const reasoning = reasoningSeed % (completion + 1);
        const raw = {
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: prompt + completion,
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        const tokens = parseUsage(raw, true)?.tokens;
        const sum = Object.values<number>({ ...tokens }).reduce((a, b) => a + b, 0);
        assert.equal(sum, prompt + completion);
      }),
    );
  });
});
