import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Arm } from '../../../../src/core/arm.ts';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import { firstAnswerCap, type FirstAnswer } from '../../../../src/core/money/firstAnswers.ts';
import { mostCost } from '../../../../src/core/money/pricing.ts';

const arm: Arm = {
  id: armId('test', 'model'),
  endpointId: 'test',
  model: 'model',
  label: 'Model',
  price: { inputUsdPerMTok: 15, outputUsdPerMTok: 75 },
  contextTokens: 200_000,
  maxOutputTokens: 32_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'none' },
  simulated: false,
};
const first: FirstAnswer = {
  arm,
  fittedCap: 3_924,
  maxInputTokens: 600,
  limit: 5e9 as NanoUsd,
  seen: 0,
  mayThink: false,
};

describe('the cap of an arm’s first answers', () => {
  it('reserves a hundredth of the limit where the model is that expensive', () => {
    const cap = firstAnswerCap(first);
    // $0.05 minus 600 tokens of input.
    assert.equal(cap, 546);
    assert.ok(mostCost(arm, { inputTokens: 600, outputTokens: cap })! <= 0.05e9);
  });

  it('is the usual one for models whose answers cost little, and for those that are known', () => {
    const cheap = { ...arm, price: { inputUsdPerMTok: 1, outputUsdPerMTok: 5 } };
    assert.equal(firstAnswerCap({ ...first, arm: cheap }), 3_924);
    assert.equal(
      firstAnswerCap({ ...first, arm: { ...arm, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } } }),
      3_924,
    );
    assert.equal(firstAnswerCap({ ...first, seen: 3 }), 3_924);
  });

  it('leaves those that may think their thoughts, and those whose cap bounds nothing their cap', () => {
    assert.equal(firstAnswerCap({ ...first, mayThink: true }), 3_924);
    assert.equal(firstAnswerCap({ ...first, arm: { ...arm, outputCapCoversReasoning: false } }), 3_924);
  });

  it('never goes below a useful answer or above what is needed, and else stays within its share', () => {
    const rate = fc.double({ min: 0, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(
        rate,
        rate,
        fc.nat(100_000),
        fc.nat(8_000),
        fc.nat(1e12),
        (input, output, inputs, fitted, limit) => {
          const priced = { ...arm, price: { inputUsdPerMTok: input, outputUsdPerMTok: output } };
          const answer = {
            ...first,
            arm: priced,
            maxInputTokens: inputs,
            fittedCap: fitted,
            limit: limit as NanoUsd,
          };
          const cap = firstAnswerCap(answer);
          assert.ok(Math.min(384, fitted) <= cap && cap <= fitted);
          if (cap > 384)
            assert.ok(mostCost(priced, { inputTokens: inputs, outputTokens: cap })! <= limit / 100 + 1);
        },
      ),
    );
  });
});
