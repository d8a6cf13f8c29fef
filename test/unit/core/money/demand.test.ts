import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  expectedRequests,
  forecastDemand,
  hourlyRates,
  surfaceRates,
} from '../../../../src/core/money/demand.ts';
import { HOUR_MS, hourOfWeek, periodAt } from '../../../../src/core/money/period.ts';

const { start, end } = periodAt(new Date(2026, 10, 15).getTime());
const WEEK = 168 * HOUR_MS;
const counts = (of: (hour: number) => number): number[] => Array.from({ length: 168 }, (_, hour) => of(hour));

describe('demand', () => {
  it('expects what eight weeks have shown', () => {
    const history = { hourOfWeek: counts((hour) => (hour < 120 ? 8 : 0)), days: 56 };
    const expected = expectedRequests(history, start, start + WEEK);
    // 120 in an observed week; half a prior week of the same level changes the shape and not the sum.
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

  it('learns each surface’s own hours, and expects a new one when its user works', () => {
    const mornings = counts((hour) => (hour % 24 < 12 ? 4 : 0));
    const evenings = counts((hour) => (hour % 24 < 12 ? 0 : 1));
    const none = counts(() => 0);
    const history = {
      hourOfWeek: counts((hour) => mornings[hour]! + evenings[hour]!),
      days: 56,
      bySurface: { ask: evenings, inline: mornings, chat: none },
    };
    const period = { start, end };
    const monday = new Date(2026, 10, 16).getTime();
    const { bySurface, untilLastTenth, seen } = forecastDemand(history, monday, period);
    const all = bySurface.ask + bySurface.inline + bySurface.chat;
    assert.ok(Math.abs(bySurface.inline / bySurface.ask - 4) < 0.3);
    assert.ok(bySurface.chat < 0.02 * all, String(bySurface.chat / all));
    assert.ok(Math.abs(all - expectedRequests(history, monday, end)) < 1e-6 * all);
    assert.ok(
      Math.abs(untilLastTenth - expectedRequests(history, monday, end - 0.1 * (end - start))) < 1e-6 * all,
    );
    assert.equal(seen, 84 * 5);
    const chat = surfaceRates(history, 'chat');
    const ask = surfaceRates(history, 'ask');
    assert.ok(chat[9]! > 3 * chat[15]!, 'a surface without requests has the hours of all');
    assert.ok(ask[15]! > 8 * ask[9]!, 'one with requests its own');
  });

  it('raises the forecast in a busy stretch, less the further ahead, and never lowers it in a quiet one', () => {
    const history = { hourOfWeek: counts(() => 8), days: 56 };
    const monday = new Date(2026, 10, 16).getTime();
    const day = 24 * HOUR_MS;
    const at = (recentDays: readonly number[], ahead: number): number =>
      expectedRequests({ ...history, recentDays }, monday + ahead * day, monday + (ahead + 1) * day);
    const usual = expectedRequests(history, monday, monday + day);
    const busy = Array.from({ length: 14 }, () => 96);
    const over = (ahead: number): number =>
      (expectedRequests({ ...history, recentDays: busy }, monday, monday + (ahead + 1) * day) -
        expectedRequests({ ...history, recentDays: busy }, monday, monday + ahead * day)) /
      usual;
    // 24 a day predicted, 96 came: 4 times, pooled with 100 predicted requests.
    assert.ok(1.8 < over(0) && over(0) < 4, String(over(0)));
    assert.ok(over(7) < over(0) && over(7) > 1);
    assert.ok(Math.abs(at(counts(() => 0).slice(0, 14), 0) / usual - 1) < 1e-9);
    assert.ok(Math.abs(at([], 0) / usual - 1) < 1e-9);
  });

  const surfacesOf = (hourOfWeek: readonly number[]) => ({ ask: hourOfWeek, inline: counts(() => 0), chat: counts(() => 0) }); // prettier-ignore
  const aheadAt = (at: number, days: number, hourOfWeek = counts(() => 0)): number => {
    const { bySurface } = forecastDemand({ hourOfWeek, days, bySurface: surfacesOf(hourOfWeek) }, at, { start, end }); // prettier-ignore
    return bySurface.ask + bySurface.inline + bySurface.chat;
  };

  it('plans a whole programmer’s month for a user who begins on its last days', () => {
    for (const at of [start, new Date(2026, 10, 16, 10), new Date(2026, 10, 29, 10), new Date(2026, 10, 30, 23, 59)]) {
      const ahead = aheadAt(Number(at), 0);
      assert.ok(600 <= ahead && ahead <= 700, `${String(at)}: ${ahead}`);
    }
  }); // prettier-ignore

  it('goes over to the person’s own rate within a week, without a jump', () => {
    const hourOfWeek = counts((hour) => (hour < 120 ? 1 : 0));
    const at = new Date(2026, 10, 25, 10).getTime();
    const ahead = [0, 1, 2, 3, 4, 5, 6, 7, 14].map((days) => aheadAt(at, days, hourOfWeek));
    const own = (days: number): number => expectedRequests({ hourOfWeek, days }, at, end);
    assert.ok(ahead[1]! > 2 * own(1));
    assert.ok(Math.abs(ahead[7]! - own(7)) < 1e-9 && Math.abs(ahead[8]! - own(14)) < 1e-9);
    for (let day = 1; day < 8; day++) assert.ok(ahead[day]! < ahead[day - 1]! * 1.001, ahead.join(' '));
  });

  it('changes nothing for a user who began with the month', () => {
    const hourOfWeek = counts((hour) => (hour < 120 ? 1 : 0));
    for (const days of [0, 1, 3, 6, 20]) {
      const at = start + days * 24 * HOUR_MS;
      const own = expectedRequests({ hourOfWeek, days }, at, end);
      assert.ok(Math.abs(aheadAt(at, days, hourOfWeek) - own) < 1e-9 * own);
    }
  });

  it('is a number, whatever it is given', () => {
    const garbage = [
      { hourOfWeek: [Number.NaN, -5], days: Number.NaN },
      { hourOfWeek: [], days: -1 },
      { hourOfWeek: [1], days: 3, recentDays: [Number.NaN, -3, Infinity] },
    ];
    for (const history of garbage) {
      const expected = expectedRequests(history, start, end);
      assert.ok(Number.isFinite(expected) && expected >= 0);
    }
    assert.equal(expectedRequests(garbage[0]!, end, start), 0);
    assert.equal(expectedRequests(garbage[0]!, Number.NaN, end), 0);
  });
});
