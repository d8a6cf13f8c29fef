import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Arm } from '../../../../src/core/arm.ts';
import {
  billFor,
  costTold,
  estimatedTokens,
  leastTokens,
  reconciled,
  type FinishedCall,
} from '../../../../src/core/money/billing.ts';
import { armId, type NanoUsd } from '../../../../src/core/brand.ts';
import { nano } from '../../../../src/core/money.ts';

const arm: Arm = {
  id: armId('test', 'model'),
  endpointId: 'test',
  model: 'model',
  label: 'Model',
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
  contextTokens: 128_000,
  maxOutputTokens: 8_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: false, images: false, fim: 'none' },
  simulated: false,
};
const answer = 'const total = items.reduce((sum, item) => sum + item.price, 0);\n'.repeat(4);
const tokens = { input: 100, cachedInput: 0, cacheWrite: 0, output: 80, reasoning: 0 };
const call = (other: Partial<FinishedCall> = {}): FinishedCall => ({
  arm,
  worstCase: nano(0.01),
  inputTokens: 120,
  leastInput: 0,
  usage: { tokens, reportedUsd: undefined },
  complete: true,
  visible: { text: answer, events: 70 },
  ...other,
});

describe('bill', () => {
  it('of a call that broke off is no less than its running count, and the rest is held', () => {
    const bill = billFor(call({ complete: false }));
    assert.ok(bill.cost >= nano((100 + 800) / 1e6));
    assert.equal(bill.cost + bill.heldBack, nano(0.01));
    assert.deepEqual(bill.flags, []);
  });

  it('is usage x price, and nothing is held', () => {
    assert.deepEqual(billFor(call()), {
      cost: nano((100 + 800) / 1e6),
      source: 'priced-usage',
      tokens,
      heldBack: 0,
      seenTokens: leastTokens({ text: answer, events: 70 }),
      sentTokens: 0,
      flags: [],
    });
  });

  it('is what the provider reports, where it does', () => {
    const bill = billFor(call({ usage: { tokens, reportedUsd: 0.0007 } }));
    assert.deepEqual([bill.cost, bill.source], [nano(0.0007), 'reported']);
  });

  it('is an estimate without usage, and the rest of the reservation is held back', () => {
    const bill = billFor(call({ usage: undefined }));
    assert.equal(bill.source, 'estimate');
    assert.equal(bill.tokens.output, estimatedTokens({ text: answer, events: 70 }));
    assert.equal(bill.cost + bill.heldBack, nano(0.01));
    assert.ok(bill.cost > 0);
  });

  it('never estimates above the reservation', () => {
    const bill = billFor(call({ usage: undefined, worstCase: nano(0.000001) }));
    assert.deepEqual([bill.cost, bill.heldBack], [nano(0.000001), 0]);
  });

  it('raises usage that is below what was received, flags it and holds the rest', () => {
    const bill = billFor(call({ usage: { tokens: { ...tokens, output: 5 }, reportedUsd: undefined } }));
    assert.deepEqual(bill.flags, ['below-visible']);
    assert.equal(bill.source, 'estimate');
    assert.ok(bill.tokens.output >= 70);
    assert.equal(bill.cost + bill.heldBack, nano(0.01));
  });

  it('keeps a reported cost that is above the estimate even then', () => {
    const bill = billFor(call({ usage: { tokens: { ...tokens, output: 5 }, reportedUsd: 0.02 } }));
    assert.deepEqual([bill.cost, bill.flags], [nano(0.02), ['below-visible', 'overrun']]);
  });

  it('records what is above the reservation in full, flagged', () => {
    const bill = billFor(call({ worstCase: nano(0.0001) }));
    assert.deepEqual([bill.cost, bill.heldBack, bill.flags], [nano(0.0009), 0, ['overrun']]);
  });

  it('raises usage that is below what was sent, flags it and holds the rest', () => {
    const text = 'The quick brown fox. '.repeat(2_200);
    const leastInput = leastTokens({ text, events: 0 });
    const usage = { tokens: { ...tokens, input: 1 }, reportedUsd: undefined };
    const bill = billFor(call({ usage, leastInput, inputTokens: 11_000, worstCase: nano(0.2) }));
    assert.deepEqual(bill.flags, ['below-sent']);
    assert.ok(bill.cost >= nano((11_000 + 800) / 1e6));
    assert.equal(bill.cost + bill.heldBack, nano(0.2));
    const honest = { tokens: { ...tokens, input: leastInput }, reportedUsd: undefined };
    assert.deepEqual(billFor(call({ usage: honest, leastInput })).flags.includes('below-sent'), false);
  });

  it('believes no less input of a prompt that the context has cut, nor any of a free model', () => {
    const usage = { tokens: { ...tokens, input: 4_000 }, reportedUsd: undefined };
    const short = { ...arm, contextTokens: 4_000 };
    assert.deepEqual(billFor(call({ arm: short, usage, leastInput: 9_000 })).flags, []);
    const free = { ...arm, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } };
    assert.deepEqual(billFor(call({ arm: free, usage, leastInput: 9_000, worstCase: nano(0) })).flags, []);
  });

  it('is the price of the tokens where the reported cost is zero and the model is not free', () => {
    const bill = billFor(call({ usage: { tokens, reportedUsd: 0 } }));
    assert.deepEqual([bill.cost, bill.source], [nano((100 + 800) / 1e6), 'priced-usage']);
    const free = { ...arm, model: 'vendor/model:free' };
    assert.equal(billFor(call({ arm: free, usage: { tokens, reportedUsd: 0 } })).cost, 0);
  });

  it('of a model whose price has vanished is not known, which is not zero', () => {
    const bill = billFor(call({ arm: { ...arm, price: undefined } }));
    assert.equal(bill.source, 'estimate');
    assert.equal(bill.cost + bill.heldBack, nano(0.01));
    assert.ok(bill.cost > 0);
  });

  it('flags a free model that costs', () => {
    const free = { ...arm, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } };
    const bill = billFor(call({ arm: free, worstCase: nano(0), usage: { tokens, reportedUsd: 0.001 } }));
    assert.deepEqual([bill.cost, bill.flags], [nano(0.001), ['overrun', 'free-but-billed']]);
  });
});

describe('visible tokens', () => {
  // The fewest tokens of any byte-pair vocabulary: one for each word with its blank, one for each run of signs.
  const honest: readonly (readonly [string, number])[] = [
    ['The quick brown fox jumps over the lazy dog.', 10],
    ["I don't think they're here; we've looked.", 9],
    ['-'.repeat(64), 1],
    [' '.repeat(64), 1],
    ['1234567890', 4],
    ['foo();\n\n    bar();\n', 5],
  ];
  for (const [text, tokenCount] of honest) {
    it(`never takes honest usage for false: ${JSON.stringify(text.slice(0, 24))}`, () => {
      assert.ok(leastTokens({ text, events: 1 }) <= tokenCount, String(leastTokens({ text, events: 1 })));
    });
  }

  it('takes a few tokens for a long Chinese text as false, and its own estimate is near what it has', () => {
    const text = '请把这个函数改成异步的并且加上错误处理和单元测试'.repeat(100);
    const least = leastTokens({ text, events: 1 });
    assert.ok(least > text.length / 5, String(least));
    // Of present vocabularies: between 1.3 and 1.9 characters a token.
    assert.ok(estimatedTokens({ text, events: 1 }) >= text.length / 1.9);
    assert.ok(leastTokens({ text: '有限责任公司', events: 1 }) <= 1, 'one token of some vocabularies');
  });

  it('lies between a third and all of four characters a token on real code', () => {
    const text = readFileSync(new URL('./billing.test.ts', import.meta.url), 'utf8');
    const least = leastTokens({ text, events: 1 });
    assert.ok(text.length / 12 < least && least < text.length / 3, String(least));
    assert.ok(estimatedTokens({ text, events: 1 }) >= least);
  });

  it('counts events as tokens, but not finer than two characters', () => {
    assert.equal(leastTokens({ text: 'abcdefgh', events: 3 }), 3);
    assert.equal(leastTokens({ text: 'abcdefgh', events: 99 }), 4);
    assert.equal(leastTokens({ text: '', events: 0 }), 0);
  });
});

describe('a bill that is told afterwards', () => {
  const held = { cost: nano(0.002), heldBack: nano(0.008), seenTokens: 50, sentTokens: 0 };
  const told = (usd: number, output: number, reasoning = 0) => ({
    cost: nano(usd),
    tokens: { ...tokens, output, reasoning },
  });

  it('counts in full and ends the hold, lower or higher than what was reserved', () => {
    const ended = (usd: number) => ({ cost: nano(usd), heldBack: 0, flags: [] });
    assert.deepEqual(reconciled(held, told(0.001, 50)), ended(0.001));
    assert.deepEqual(reconciled(held, told(0.05, 10, 40)), ended(0.05));
  });

  it('lowers and frees nothing where it speaks of less than was received, whatever it says', () => {
    const amount = fc.integer({ min: 0, max: 20_000_000 }).map((value) => value as NanoUsd);
    const tokenCount = fc.nat(200);
    fc.assert(
      fc.property(
        amount,
        amount,
        tokenCount,
        amount,
        tokenCount,
        (cost, heldBack, seenTokens, claim, output) => {
          const call = { cost, heldBack, seenTokens, sentTokens: 0 };
          const after = reconciled(call, { cost: claim, tokens: { ...tokens, output } });
          if (output >= seenTokens) assert.deepEqual(after, { cost: claim, heldBack: 0, flags: [] });
          else {
            assert.deepEqual(after.flags, ['below-visible']);
            assert.ok(after.cost >= cost && after.cost >= claim);
            assert.ok(after.cost + after.heldBack >= cost + heldBack);
          }
        },
      ),
    );
  });

  it('lowers and frees nothing either where it speaks of less than was sent', () => {
    const call = { ...held, sentTokens: 4_000 };
    const input = { ...tokens, input: 1_000, cachedInput: 2_500, cacheWrite: 499, output: 60 };
    const after = reconciled(call, { cost: nano(0.001), tokens: input });
    assert.deepEqual(after, { cost: nano(0.002), heldBack: nano(0.008), flags: ['below-sent'] });
    const enough = { ...input, cacheWrite: 500 };
    assert.deepEqual(reconciled(call, { cost: nano(0.001), tokens: enough }).heldBack, 0);
  });

  it('is its tokens x price where no amount is told, and unknown without a price', () => {
    const usage = { tokens, reportedUsd: undefined };
    assert.deepEqual(costTold(arm, usage), { cost: nano((100 + 800) / 1e6), source: 'priced-usage' });
    assert.equal(costTold(undefined, usage), undefined);
    assert.equal(costTold(undefined, { tokens, reportedUsd: 0.3 })?.cost, nano(0.3));
  });
});
