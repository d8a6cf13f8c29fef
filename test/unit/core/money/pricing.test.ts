import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Arm, RateCard } from '../../../../src/core/arm.ts';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import type { Quote } from '../../../../src/core/decision.ts';
import { byteBound, utf8Length } from '../../../../src/core/money/inputBound.ts';
import { nano } from '../../../../src/core/money.ts';
import {
  costOf,
  isUsable,
  quote,
  type QuoteRequest,
  type TokenCounts,
} from '../../../../src/core/money/pricing.ts';

const arm = (price: RateCard | undefined, other: Partial<Arm> = {}): Arm => ({
  id: armId('test', 'model'),
  endpointId: 'test',
  model: 'model',
  label: 'Model',
  price,
  contextTokens: 128_000,
  maxOutputTokens: 8_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'none' },
  simulated: false,
  ...other,
});

const flat: RateCard = { inputUsdPerMTok: 1, outputUsdPerMTok: 4 };
const asked: QuoteRequest = {
  maxInputTokens: 10_000,
  expectedInputTokens: 2_500,
  expectedOutputTokens: 500,
  outputCap: 1_000,
};
const tokens = (counts: Partial<TokenCounts>): TokenCounts => ({
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  ...counts,
});

function quoted(price: RateCard, request: Partial<QuoteRequest> = {}, other: Partial<Arm> = {}): Quote {
  const result = quote(arm(price, other), { ...asked, ...request });
  assert.ok(typeof result === 'object', JSON.stringify(result));
  return result;
}

describe('quote', () => {
  it('bounds the cost by the input bound and the cap that is sent', () => {
    const { worstCase, expected, outputCap } = quoted(flat);
    assert.equal(worstCase, nano((10_000 * 1 + 1_000 * 4) / 1e6));
    assert.equal(expected, nano((2_500 * 1 + 500 * 4) / 1e6));
    assert.equal(outputCap, 1_000);
  });

  it('takes the most expensive class that can apply on each side', () => {
    const card: RateCard = {
      ...flat,
      cachedInputUsdPerMTok: 0.1,
      cacheWriteUsdPerMTok: 1.25,
      reasoningUsdPerMTok: 6,
      requestUsd: 0.001,
    };
    assert.equal(quoted(card).worstCase, nano(0.001 + (10_000 * 1.25 + 1_000 * 6) / 1e6));
  });

  it('counts the long-context rates once the bound may pass the step', () => {
    const card: RateCard = {
      ...flat,
      longContext: { aboveTokens: 9_000, inputUsdPerMTok: 2, outputUsdPerMTok: 6 },
    };
    assert.equal(quoted(card).worstCase, nano((10_000 * 2 + 1_000 * 6) / 1e6));
    assert.equal(quoted(card, { maxInputTokens: 9_000 }).worstCase, nano((9_000 * 1 + 1_000 * 4) / 1e6));
  });

  it('reserves the context where the output limit is a guess, and sends no larger cap for it', () => {
    const { worstCase, outputCap } = quoted(
      flat,
      {},
      { outputCapCoversReasoning: false, maxBilledOutputTokens: 128_000 },
    );
    assert.equal(outputCap, 1_000);
    assert.equal(worstCase, nano((10_000 * 1 + 128_000 * 4) / 1e6));
  });

  it('reserves the whole output limit where the cap may not bound reasoning', () => {
    const { worstCase, outputCap } = quoted(flat, {}, { outputCapCoversReasoning: false });
    assert.equal(worstCase, nano((10_000 + 8_000 * 4) / 1e6));
    assert.equal(outputCap, 1_000);
  });

  it('clamps the cap to the model, the context window and the money left', () => {
    assert.equal(quoted(flat, { outputCap: 99_999 }).outputCap, 8_000);
    assert.equal(quoted(flat, {}, { contextTokens: 3_000 }).outputCap, 250);
    assert.equal(quoted(flat, { moneyLeft: nano((10_000 + 300 * 4) / 1e6) }).outputCap, 300);
  });

  it('quotes more than is left where the least useful answer does not fit', () => {
    const moneyLeft = nano(10_000 / 1e6);
    const { worstCase, outputCap } = quoted(flat, { moneyLeft });
    assert.equal(outputCap, 16);
    assert.ok(worstCase > moneyLeft);
  });

  it('says what cannot be quoted', () => {
    assert.equal(quote(arm(undefined), asked), 'unpriced');
    assert.equal(quote(arm({ ...flat, inputUsdPerMTok: -1 }), asked), 'unpriced');
    assert.equal(quote(arm({ ...flat, outputUsdPerMTok: Number.NaN }), asked), 'unpriced');
    assert.equal(quote(arm(flat, { contextTokens: 2_600 }), asked), 'too-long');
    for (const maxInputTokens of [Number.NaN, Infinity, -1]) {
      assert.equal(quote(arm(flat), { ...asked, maxInputTokens }), 'too-long');
    }
  });

  it('is zero for a free model', () => {
    const { worstCase, expected } = quoted(
      { inputUsdPerMTok: 0, outputUsdPerMTok: 0 },
      { moneyLeft: nano(0) },
    );
    assert.deepEqual([worstCase, expected], [0, 0]);
  });

  it('bounds every bill that stays within the input bound and the cap', () => {
    const rate = fc.double({ min: 0, max: 200, noNaN: true });
    const card = fc.record(
      {
        inputUsdPerMTok: rate,
        outputUsdPerMTok: rate,
        cachedInputUsdPerMTok: rate,
        cacheWriteUsdPerMTok: rate,
        reasoningUsdPerMTok: rate,
        requestUsd: fc.double({ min: 0, max: 0.1, noNaN: true }),
        longContext: fc.record({
          aboveTokens: fc.nat(20_000),
          inputUsdPerMTok: rate,
          outputUsdPerMTok: rate,
        }),
      },
      { requiredKeys: ['inputUsdPerMTok', 'outputUsdPerMTok'] },
    );
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(card, fc.nat(30_000), fc.nat(9_000), share, share, share, fc.boolean(), (...args) => {
        const [price, bound, cap, ofInput, ofCache, ofOutput, covers] = args;
        const request = { ...asked, maxInputTokens: bound, expectedInputTokens: bound / 4, outputCap: cap };
        const result = quote(arm(price, { outputCapCoversReasoning: covers }), request);
        assert.ok(typeof result === 'object');
        const billable = covers ? result.outputCap : 8_000;
        const inputs = Math.floor(bound * ofInput);
        const cachedInput = Math.floor(inputs * ofCache);
        const cacheWrite = Math.floor((inputs - cachedInput) * ofOutput);
        const output = Math.floor(billable * ofOutput);
        const bill = costOf(price, {
          input: inputs - cachedInput - cacheWrite,
          cachedInput,
          cacheWrite,
          output,
          reasoning: billable - output,
        });
        assert.ok(bill <= result.worstCase, `${bill} > ${result.worstCase}`);
      }),
    );
  });
});

describe('cost of tokens', () => {
  it('prices each class, and absent classes as their kin', () => {
    const card = { ...flat, cachedInputUsdPerMTok: 0.1 };
    const used = tokens({ input: 1000, cachedInput: 2000, cacheWrite: 10, output: 100, reasoning: 50 });
    assert.equal(costOf(card, used), nano((1000 + 2000 * 0.1 + 10 + 150 * 4) / 1e6));
  });

  it('bills the whole request at long-context rates past the step, cached tokens included', () => {
    const card: RateCard = {
      ...flat,
      cachedInputUsdPerMTok: 0.5,
      longContext: { aboveTokens: 1000, inputUsdPerMTok: 2, outputUsdPerMTok: 8 },
    };
    assert.equal(
      costOf(card, tokens({ input: 500, cachedInput: 500, output: 10 })),
      nano((500 + 250 + 40) / 1e6),
    );
    // The cached rate rises as its class does: 0.5 x 2 / 1.
    assert.equal(
      costOf(card, tokens({ input: 501, cachedInput: 500, output: 10 })),
      nano((1002 + 500 + 80) / 1e6),
    );
  });

  it('rounds up, and reads garbage as nothing used', () => {
    assert.equal(costOf({ inputUsdPerMTok: 0.0001, outputUsdPerMTok: 0 }, tokens({ input: 1 })), 1);
    assert.equal(costOf(flat, tokens({ input: Number.NaN, output: -5 })), 0 as NanoUsd);
  });

  it('knows a price that is none', () => {
    assert.equal(isUsable(flat), true);
    assert.equal(
      isUsable({ ...flat, longContext: { aboveTokens: 1, inputUsdPerMTok: -2, outputUsdPerMTok: 1 } }),
      false,
    );
  });
});

describe('input bound', () => {
  it('counts UTF-8 bytes as TextEncoder does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
      }),
    );
    assert.equal(utf8Length('a\ud800b'), 5);
  });

  it('covers tokenizers that normalise first', () => {
    assert.equal(byteBound('\ufdfa'), new TextEncoder().encode('\ufdfa'.normalize('NFKC')).length);
    assert.ok(byteBound('\ufdfa') > 30);
  });
});
