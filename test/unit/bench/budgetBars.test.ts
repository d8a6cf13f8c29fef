import assert from 'node:assert/strict';
import type { Cell } from '../../bench/budget/cells.ts';
import { barsOf, said } from '../../bench/budget/report.ts';

const cell = (policy: string, quality: number, change: Partial<Cell> = {}): Cell => ({
  dataset: 'd',
  horizon: 60,
  arrivals: 'steady',
  fraction: 0.1,
  policy,
  quality,
  bestFixedQuality: 1,
  hindsightQuality: 1,
  hindsightSpend: 1,
  spend: 0.95,
  worstSpend: 0.99,
  refusedShare: 0,
  driedAt: 1,
  dryMonths: 0,
  feasible: true,
  // Seeds with small differences: a hundredth of quality is many standard errors.
  paired: [quality - 1, quality - 1.001],
  ...change,
});

describe('the bars of the budget benchmark', () => {
  const rivalsOf = (cells: readonly Cell[]): string => {
    const bar = barsOf(cells).find(({ what }) => what.includes('better of ZCL'));
    assert.ok(bar);
    return said(bar);
  };

  it('say nothing of rivals that were not run', () => {
    const alone = cell('shadow-price', 0.9);
    assert.match(rivalsOf([alone]), /^not run/);
    assert.match(rivalsOf([alone, cell('zcl', 0.8)]), /^not run/, 'half of them is none');
  });

  it('compare with the better of the two', () => {
    const [worse, better] = [cell('zcl', 0.8), cell('fixed-rate-spill', 0.9)];
    assert.match(rivalsOf([cell('shadow-price', 0.95), worse, better]), /^reached .*: 1 of 1/);
    assert.match(rivalsOf([cell('shadow-price', 0.85), worse, better]), /^NOT REACHED .*: 0 of 1/);
  });

  it('count every month that ran dry, also one that ends early', () => {
    const dry = cell('shadow-price', 0.9, { arrivals: 'ends-early', dryMonths: 1, driedAt: 0.5 });
    const bar = barsOf([cell('shadow-price', 0.9), dry]).find(({ what }) => what.includes('last tenth'));
    assert.deepEqual([bar?.reached, bar?.at, bar?.of], [false, 3, 4]);
  });
});
