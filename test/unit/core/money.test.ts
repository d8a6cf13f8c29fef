import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NanoUsd } from '../../../src/core/brand.ts';
import { MAX_MONEY, ceilNano, isMoney, left, nano, nanoFloor, usd } from '../../../src/core/money.ts';

describe('money', () => {
  it('rounds costs up and limits down', () => {
    assert.equal(nano(0.0000000011), 2);
    assert.equal(nanoFloor(0.0000000019), 1);
    assert.equal(nano(10), 10_000_000_000);
    assert.equal(nanoFloor(10), 10_000_000_000);
  });

  it('does not take the noise of doubles for money', () => {
    // 0.1 + 0.2 = 0.30000000000000004
    assert.equal(nano(0.1 + 0.2), 300_000_000);
    assert.equal(ceilNano(0.15 * 1000), 150);
  });

  it('reads garbage on the safe side: a cost as everything, a limit as nothing', () => {
    for (const garbage of [Number.NaN, Infinity]) assert.equal(nano(garbage), MAX_MONEY);
    for (const garbage of [Number.NaN, -1, -Infinity]) assert.equal(nanoFloor(garbage), 0);
    assert.equal(nano(-1), 0);
    assert.equal(nanoFloor(Infinity), MAX_MONEY);
  });

  it('is always an amount, and a cost is never below what it stands for', () => {
    fc.assert(
      fc.property(fc.double(), fc.double({ min: 0, max: 9e6, noNaN: true }), (any, sane) => {
        assert.ok(isMoney(nano(any)) && isMoney(nanoFloor(any)));
        assert.ok(usd(nano(sane)) >= sane * (1 - 1e-15) - 1e-15);
        assert.ok(usd(nanoFloor(sane)) <= sane * (1 + 1e-15) + 1e-15);
      }),
    );
  });

  it('subtracts within its range', () => {
    assert.equal(left(1 as NanoUsd, 2 as NanoUsd), 0);
  });
});
