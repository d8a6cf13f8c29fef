import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { mostCost } from '../../../../src/core/money/pricing.ts';
import { stopTerms, type StoppedAnswer } from '../../../../src/core/money/stopping.ts';

const price = { inputUsdPerMTok: 3, outputUsdPerMTok: 15 };
const answer: StoppedAnswer = {
  arm: { price },
  worstCase: mostCost({ price }, { inputTokens: 1_000, outputTokens: 4_000 })!,
  inputTokens: 400,
  expectedOutput: 500,
  outputCap: 4_000,
  received: 0,
  endsWhenClosed: false,
};

describe('what stopping an answer means', () => {
  it('keeps the whole reservation where closing does not end the work', () => {
    assert.deepEqual(stopTerms({ ...answer, received: 40 }), { kind: 'keeps', reserved: answer.worstCase });
    assert.deepEqual(
      stopTerms(answer),
      { kind: 'keeps', reserved: answer.worstCase },
      'before the first byte',
    );
  });

  it('is nothing to speak of where it does, and where nothing is reserved', () => {
    assert.deepEqual(stopTerms({ ...answer, endsWhenClosed: true }), { kind: 'ends' });
    assert.deepEqual(stopTerms({ ...answer, worstCase: 0 as NanoUsd }), { kind: 'ends' });
  });

  it('lets an answer run out once as much has come as is still to be expected', () => {
    assert.equal(stopTerms({ ...answer, received: 249 }).kind, 'keeps');
    assert.equal(stopTerms({ ...answer, received: 250 }).kind, 'runs-out');
    assert.equal(stopTerms({ ...answer, received: 1_200 }).kind, 'runs-out', 'longer than most');
  });

  it('keeps the reservation where the rest may cost more than a stop would keep beyond the bill', () => {
    // Of 4,000 tokens at most, 2,900 have arrived and 1,100 may follow: there is nothing to gain.
    assert.equal(stopTerms({ ...answer, expectedOutput: 4_000, received: 2_900 }).kind, 'keeps');
    const reservesLittle = {
      ...answer,
      outputCap: 600,
      worstCase: mostCost({ price }, { inputTokens: 400, outputTokens: 600 })!,
    };
    assert.equal(stopTerms({ ...reservesLittle, received: 300 }).kind, 'keeps');
  });

  it('is total, and never lets run out what may cost more than it frees', () => {
    const count = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(count, count, count, count, (inputTokens, expectedOutput, outputCap, received) => {
        const worstCase = mostCost({ price }, { inputTokens: 2 * inputTokens, outputTokens: outputCap })!;
        const terms = stopTerms({ ...answer, worstCase, inputTokens, expectedOutput, outputCap, received });
        if (terms.kind !== 'runs-out') return;
        const soFar = mostCost({ price }, { inputTokens, outputTokens: received })!;
        const rest = mostCost(
          { price },
          { inputTokens: 0, outputTokens: Math.min(received, outputCap - received) },
        )!;
        assert.ok(received > 0 && rest >= 0 && soFar <= worstCase);
      }),
    );
  });
});
