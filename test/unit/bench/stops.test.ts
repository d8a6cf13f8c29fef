import assert from 'node:assert/strict';
import { armId, type NanoUsd } from '../../../src/core/brand.ts';
import { defaultPolicy, policyByName } from '../../../src/core/money/policies/index.ts';
import { seeded } from '../../../scripts/train/random.ts';
import { monthOf } from '../../bench/budget/arrivals.ts';
import { runMonth, type Prompt, type Stops } from '../../bench/budget/simulate.ts';

const COST = 1_000;
const BUDGET = 1_000_000 as NanoUsd;
const prompt: Prompt = {
  offers: [
    {
      armId: armId('test', 'm'),
      reward: 0.8,
      cost: COST as NanoUsd,
      worstCase: (4 * COST) as NanoUsd,
    },
  ],
  quality: new Float64Array([0.8]),
  cost: [COST as NanoUsd],
};
const prompts = new Array<Prompt>(100).fill(prompt);

describe('a month of the budget benchmark with stopped answers', () => {
  const month = monthOf('steady', prompts.length, seeded(3));
  /** Every tenth answer, halfway. */
  const receivedShares = prompts.map((_, i) => (i % 10 === 0 ? 0.5 : undefined));
  const run = (stops?: Partial<Stops>) =>
    runMonth(policyByName(defaultPolicy), prompts, month, BUDGET, [], stops && { receivedShares, unseenShare: 1.25, endsAfterMs: Infinity, ...stops }); // prettier-ignore

  it('keeps what they can have cost reserved until the month ends, where no bill comes', () => {
    const { mostReserved, spend } = run({});
    assert.equal(mostReserved * BUDGET, 10 * 1.75 * COST);
    assert.equal(spend, 90 * COST + 10 * 1.75 * COST);
  });

  it('never keeps more than was reserved', () => {
    assert.equal(run({ unseenShare: 100 }).mostReserved * BUDGET, 10 * 4 * COST);
  });

  it('counts the bill once it has come', () => {
    const { mostReserved, spend } = run({ endsAfterMs: 0 });
    assert.equal(mostReserved * BUDGET, 1.75 * COST);
    // The last stopped answer is the ninety-first; others follow it.
    assert.equal(spend, 90 * COST + 10 * 0.5 * COST);
  });

  it('reserves nothing without stops', () => {
    assert.deepEqual([run().mostReserved, run().spend], [0, 100 * COST]);
  });
});
