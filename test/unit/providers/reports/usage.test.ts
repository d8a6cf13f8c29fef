import assert from 'node:assert/strict';
import type { TokenCounts } from '../../../../src/app/ports/money.ts';
import { eachInput } from './harness.ts';

describe('reports: usage in every place and spelling', () => {
  eachInput<Partial<TokenCounts>>(
    'usage',
    {
      'in-choice': { input: 20, cachedInput: 100, output: 8 },
      'cached-at-top': { input: 9, cachedInput: 10, output: 21 },
      'beside-and-small': { input: 4000, cachedInput: 3000, output: 20 },
      'inside-by-total': { input: 11, cacheWrite: 15_624, output: 20 },
      'bedrock-native': { input: 10, cachedInput: 1000, cacheWrite: 200, output: 20 },
      'anthropic-native': { input: 7, cachedInput: 10_000, output: 20 },
      responses: { input: 40, cachedInput: 60, output: 20, reasoning: 30 },
      'thoughts-in-total': { input: 20, output: 198, reasoning: 405 },
      'thoughts-beside-nothing': { input: 21, reasoning: 60 },
      'gemini-native': { input: 20, output: 198, reasoning: 405 },
      'zeros-of-another-spelling': { input: 36, cachedInput: 64, output: 20 },
      'in-every-chunk': { input: 50, output: 4 },
      'in-two-halves': { input: 50, output: 4 },
    },
    async (server, input, expected) => {
      const { done, failure } = await server.ask(input, 61);
      assert.equal(failure, undefined);
      const none = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
      assert.deepEqual(done?.usage?.tokens, { ...none, ...expected });
      assert.equal(done.usage.uncounted, undefined);
    },
  );
});
