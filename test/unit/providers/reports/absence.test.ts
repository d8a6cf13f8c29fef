import assert from 'node:assert/strict';
import type { Arm } from '../../../../src/core/arm.ts';
import { billFor, leastTokens } from '../../../../src/core/money/billing.ts';
import { nano } from '../../../../src/core/money.ts';
import { armOf } from '../openai/harness.ts';
import { eachInput } from './harness.ts';

/** $1 and $10 a million: 10,000 and 2,000 tokens cost 3 cents. */
const LIST_USD = 0.03;
const RESERVED = nano(0.1);

interface Expected {
  readonly usd: number;
  readonly source: 'reported' | 'priced-usage' | 'estimate';
  readonly flags?: readonly string[];
  readonly holds?: boolean;
}

const priced: Expected = { usd: LIST_USD, source: 'priced-usage' };

describe('reports: a number that is missing is not zero', () => {
  eachInput<Expected>(
    'absence',
    {
      'cost-zero': priced,
      'cost-zero-in-object': priced,
      'own-key-fee-only': priced,
      'own-key-with-bill': { usd: 0.0360795, source: 'reported' },
      'bill-inside-charge': { usd: 0.024, source: 'reported' },
      'cost-in-roubles': priced,
      'cost-in-yuan-object': priced,
      'free-model': { usd: 0, source: 'reported' },
      'cost-without-tokens': { usd: 0.0004, source: 'estimate', holds: true },
      'prompt-not-counted': { usd: 0.020298, source: 'estimate', holds: true, flags: ['below-sent'] },
    },
    async (server, input, expected) => {
      const { text, done, failure } = await server.ask(input);
      assert.equal(failure, undefined);
      const changes: Partial<Arm> = { contextTokens: 128_000 };
      const bill = billFor({
        arm: armOf('fake', input.model, changes),
        worstCase: RESERVED,
        inputTokens: 100,
        leastInput: leastTokens({ text: input.question, events: 0 }),
        usage: done?.usage,
        complete: true,
        visible: { text, events: 1 },
      });
      assert.equal(bill.source, expected.source);
      assert.ok(bill.cost >= nano(expected.usd), String(bill.cost));
      if (!expected.holds) assert.equal(bill.cost, nano(expected.usd));
      assert.equal(bill.cost + bill.heldBack, expected.holds ? RESERVED : bill.cost);
      assert.deepEqual(bill.flags, expected.flags ?? []);
    },
  );
});
