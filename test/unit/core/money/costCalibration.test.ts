import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId, type ArmId, type NanoUsd } from '../../../../src/core/brand.ts';
import {
  calibrated,
  costFactors,
  decodeCalibration,
  encodeCalibration,
  noteCost,
  uncalibrated,
  type CostCalibration,
} from '../../../../src/core/money/costCalibration.ts';

const cheap = armId('e', 'cheap');
const dear = armId('e', 'dear');
const call = (expected: number, cost: number) => ({ expected: expected as NanoUsd, cost: cost as NanoUsd });

function after(calls: number, arm: ArmId, expected: number, cost: number, known = uncalibrated): CostCalibration {
  return Array.from({ length: calls }).reduce<CostCalibration>((so) => noteCost(so, arm, call(expected, cost)), known);
} // prettier-ignore

const near = (actual: number, expected: number, within = 0.05): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

describe('cost calibration', () => {
  it('changes nothing before a bill is known', () => {
    assert.equal(costFactors(uncalibrated)(cheap), 1);
  });

  it('comes to what an arm’s calls really cost over what was expected', () => {
    near(costFactors(after(300, cheap, 1_000, 1_700))(cheap), 1.7);
    near(costFactors(after(300, cheap, 1_000, 600))(cheap), 0.6);
  });

  it('takes a few calls for little', () => {
    const factor = costFactors(after(3, cheap, 1_000, 3_000))(cheap);
    assert.ok(1 < factor && factor < 2, String(factor));
  });

  it('gives an arm without calls the factor of all, each arm weighing by its calls and not by its price', () => {
    const both = after(200, cheap, 10, 15, after(200, dear, 1_000_000, 500_000));
    near(costFactors(both)(armId('e', 'new')), 1);
  });

  it('follows a change', () => {
    const changed = after(600, cheap, 1_000, 1_000, after(300, cheap, 1_000, 3_000));
    near(costFactors(changed)(cheap), 1, 0.15);
  });

  it('keeps the expected cost within its bound, and a factor within reason', () => {
    const wild = costFactors(after(500, cheap, 1, 1_000_000))(cheap);
    assert.equal(wild, 4);
    assert.equal(costFactors(after(500, cheap, 1_000_000, 0))(cheap), 0.25);
    assert.equal(calibrated({ expected: 100 as NanoUsd, worstCase: 250 as NanoUsd }, wild), 250);
    assert.equal(calibrated({ expected: 100 as NanoUsd, worstCase: 250 as NanoUsd }, 1.5), 150);
  });

  it('learns nothing from a free call or a bill that is none', () => {
    for (const [expected, cost] of [
      [0, 0],
      [0, 5],
      [10, Number.NaN],
      [10, -1],
      [Number.NaN, 1],
    ] as const)
      // prettier-ignore
      assert.equal(noteCost(uncalibrated, cheap, call(expected, cost)), uncalibrated);
  });

  it('stays small: the arm not used for longest is forgotten', () => {
    let known = after(1, cheap, 10, 10);
    for (let i = 0; i < 60; i++) {
      known = noteCost(known, armId('e', `model-${i}`), call(10, 10));
      known = noteCost(known, dear, call(10, 10));
    }
    assert.ok(known.size <= 40);
    assert.ok(!known.has(cheap));
    assert.ok(known.has(dear), 'used all the time');
    assert.ok(JSON.stringify(encodeCalibration(known)).length < 4_000);
  });

  it('survives any JSON round trip and any garbage', () => {
    const calls = fc.array(fc.tuple(fc.constantFrom(cheap, dear), fc.nat(1e9), fc.nat(1e10)), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(calls, (bills) => {
        const known = bills.reduce((so, [arm, expected, cost]) => noteCost(so, arm, call(expected, cost)), uncalibrated);
        const stored = JSON.parse(JSON.stringify(encodeCalibration(known))) as unknown;
        assert.deepEqual(JSON.parse(JSON.stringify(encodeCalibration(decodeCalibration(stored)))), stored);
        assert.equal(decodeCalibration(stored).size, known.size);
      }),
    ); // prettier-ignore
    assert.equal(decodeCalibration([['endpoint/model', { toString: 0 }, 1, 1]]), uncalibrated);
    const entries = fc.array(fc.tuple(fc.string(), fc.anything(), fc.anything(), fc.anything()));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), entries), (garbage) => {
        const factor = costFactors(decodeCalibration(garbage))(cheap);
        assert.ok(0.25 <= factor && factor <= 4);
      }),
    );
  });
});
