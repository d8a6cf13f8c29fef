import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forecastTotals, studentQuantile90 } from '../../../../src/core/money/forecast.ts';
import { seeded } from '../../../fakes/random.ts';

const steady = (days: number, spent: number) => Array.from({ length: days }, () => ({ exposure: 10, spent }));

describe('forecastTotals', () => {
  it('goes on as it was where days do not differ', () => {
    const totals = forecastTotals({
      behind: steady(10, 100),
      spent: 1_000,
      ahead: [5, 10],
      limit: undefined,
    });
    assert.deepEqual(totals, [
      { low: 1_050, middle: 1_050, high: 1_050 },
      { low: 1_150, middle: 1_150, high: 1_150 },
    ]);
  });

  it('goes by exposure, not by days: a quiet stretch costs little', () => {
    const totals = forecastTotals({ behind: steady(10, 100), spent: 0, ahead: [1], limit: undefined });
    assert.equal(totals?.[0]?.middle, 10);
  });

  it('says nothing after two days', () => {
    assert.equal(
      forecastTotals({ behind: steady(2, 100), spent: 0, ahead: [1], limit: undefined }),
      undefined,
    );
  });

  it('holds the truth four times in five', () => {
    const random = seeded(11);
    const day = (): number => {
      let spent = 0;
      for (let call = 0; call < 10; call++) spent += random() < 0.5 ? 0 : -Math.log(1 - random()) * 20;
      return spent;
    };
    let held = 0;
    const rounds = 600;
    for (let round = 0; round < rounds; round++) {
      const behind = Array.from({ length: 12 }, () => ({ exposure: 10, spent: day() }));
      const ahead = new Array<number>(15).fill(10);
      const total = forecastTotals({ behind, spent: 0, ahead, limit: undefined })?.at(-1);
      const truth = ahead.reduce((sum) => sum + day(), 0);
      if (total && total.low <= truth && truth <= total.high) held += 1;
    }
    const share = held / rounds;
    assert.ok(0.75 < share && share < 0.86, `${share}`);
  });

  it('stays within what is spent and the limit, rises, and holds its middle', () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
    const tiny = (day: number): { exposure: number; spent: number } => ({ exposure: 5e-324, spent: day });
    const day = fc.record({ exposure: fc.double({ min: 0, max: 100, noNaN: true }), spent: amount });
    fc.assert(
      fc.property(
        fc.array(day),
        amount,
        fc.array(amount),
        fc.option(amount),
        (behind, spent, ahead, limit) => {
          const totals = forecastTotals({ behind, spent, ahead, limit: limit ?? undefined }) ?? [];
          let last = spent;
          for (const { low, middle, high } of totals) {
            assert.ok(spent <= low && low <= middle && middle <= high);
            assert.ok(high <= Math.max(spent, limit ?? Infinity));
            assert.ok(middle >= last);
            last = middle;
          }
        },
      ),
      { examples: [[[tiny(2.7e-24), tiny(0), tiny(0)], 0, [1e9], null]] },
    );
  });
});

describe('studentQuantile90', () => {
  // scipy.stats.t.ppf(0.9, df)
  const reference: readonly (readonly [df: number, t: number])[] = [
    [1, 3.0777],
    [5, 1.4759],
    [11, 1.3634],
    [20, 1.3253],
    [27, 1.3137],
  ];
  for (const [df, expected] of reference) {
    it(`with ${df} degrees of freedom`, () => assert.ok(Math.abs(studentQuantile90(df) - expected) < 0.003));
  }
});
