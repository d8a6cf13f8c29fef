import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expectedRequests, hourlyRates } from '../../../src/core/demand.ts';
import { HOUR_MS, hourOfWeek, periodAt } from '../../../src/core/period.ts';

const { start, end } = periodAt(new Date(2026, 10, 15).getTime());
const WEEK = 168 * HOUR_MS;
const counts = (of: (hour: number) => number): number[] => Array.from({ length: 168 }, (_, hour) => of(hour));

describe('demand', () => {
  it('expects what eight weeks have shown', () => {
    const history = { hourOfWeek: counts((hour) => (hour < 120 ? 8 : 0)), days: 56 };
    const expected = expectedRequests(history, start, start + WEEK);
    // 120 an observed week; half a prior week of the same level moves the shape, not the sum.
    assert.ok(Math.abs(expected - 120) < 4, String(expected));
  });

  it('counts weekday and hour: a weekend costs less than two working days', () => {
    const history = { hourOfWeek: counts((hour) => (hour < 120 ? 8 : 1)), days: 56 };
    const saturday = new Date(2026, 10, 14).getTime();
    const monday = new Date(2026, 10, 16).getTime();
    const two = 48 * HOUR_MS;
    assert.ok(
      expectedRequests(history, saturday, saturday + two) <
        expectedRequests(history, monday, monday + two) / 4,
    );
  });

  it('adds up: the parts of a span are the span', () => {
    const history = { hourOfWeek: counts((hour) => hour % 7), days: 30 };
    const at = fc.integer({ min: start, max: end });
    fc.assert(
      fc.property(at, at, at, (...times) => {
        const [a, b, c] = times.sort((x, y) => x - y);
        const parts = expectedRequests(history, a, b) + expectedRequests(history, b, c);
        assert.ok(Math.abs(parts - expectedRequests(history, a, c)) < 1e-6 * (1 + parts));
      }),
    );
  });

  it('starts from a common working week and takes the user’s level within days', () => {
    const none = { hourOfWeek: counts(() => 0), days: 0 };
    const newcomer = expectedRequests(none, start, start + WEEK);
    assert.ok(100 < newcomer && newcomer < 200, String(newcomer));
    const rates = hourlyRates(none);
    assert.ok(rates[10]! > 5 * rates[24 * 5 + 10]! * 0.9 && rates[10]! > rates[3]!);
    const monday = new Date(2026, 10, 9, 9).getTime();
    const busy = counts((hour) => (hour === hourOfWeek(monday) ? 100 : 0));
    assert.ok(expectedRequests({ hourOfWeek: busy, days: 1 }, start, start + WEEK) > 2 * newcomer);
  });

  it('is a number, whatever it is given', () => {
    const garbage = [
      { hourOfWeek: [Number.NaN, -5], days: Number.NaN },
      { hourOfWeek: [], days: -1 },
    ];
    for (const history of garbage) {
      const expected = expectedRequests(history, start, end);
      assert.ok(Number.isFinite(expected) && expected >= 0);
    }
    assert.equal(expectedRequests(garbage[0]!, end, start), 0);
    assert.equal(expectedRequests(garbage[0]!, Number.NaN, end), 0);
  });
});
