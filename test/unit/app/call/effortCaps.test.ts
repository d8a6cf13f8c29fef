import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import { askOrder, testEngine } from '../../../fakes/engine.ts';

describe('the output cap of an arm with an effort', () => {
  it('has room for its thoughts: none, a budget, or what such answers need', async () => {
    const model = {
      endpoint: 'e',
      model: 'm',
      price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 },
      contextTokens: 200_000,
      maxOutputTokens: 64_000,
      outputCapCoversReasoning: true,
    };
    const engine = await testEngine({
      endpoints: [{ id: 'e', preset: 'anthropic', baseUrl: 'http://127.0.0.1:9/v1' }],
      models: [
        { ...model, effort: 'none' },
        { ...model, effort: 8_000 },
        { ...model, effort: 'high' },
      ],
      monthlyUsd: 50,
    });
    try {
      const call = chatCall({ messages: [{ role: 'user', content: 'Why?' }], purpose: 'answer' });
      const decided = engine.routing.decide(askOrder('Why?', { call }));
      assert.ok(decided.ok);
      const caps = new Map(decided.value.decision.arms.map(({ armId, quote }) => [armId, quote.outputCap]));
      const [none = 0, budget = 0, high = 0] = ['none', '8000', 'high'].map(
        (effort) => [...caps].find(([id]) => id === `e/m@${effort}`)?.[1],
      );
      assert.ok(none > 0 && none <= 4_096, String(none));
      assert.equal(budget, none + 8_000);
      assert.ok(high > none, `${high} for ${none}`);
    } finally {
      await engine.close();
    }
  });
});
