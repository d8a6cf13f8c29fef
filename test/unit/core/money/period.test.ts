import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dayOf, hourOfWeek, periodAt, periodFrom, periodOf } from '../../../../src/core/money/period.ts';

const local = (...at: readonly [number, number, number, number?, number?]): number => {
  const [year, month, day, hour = 0, minute = 0] = at;
  return new Date(year, month - 1, day, hour, minute).getTime();
};

describe('period', () => {
  it('is the calendar month in local time', () => {
    const november = { id: '2026-11', start: local(2026, 11, 1), end: local(2026, 12, 1) };
    assert.deepEqual(periodAt(local(2026, 11, 1)), november);
    assert.deepEqual(periodAt(local(2026, 12, 1) - 1), november);
    assert.equal(periodAt(local(2026, 12, 1)).id, '2026-12');
    assert.equal(periodAt(local(2027, 1, 1) - 1).end, local(2027, 1, 1));
  });

  it('never goes back, whatever the clock says', () => {
    assert.equal(periodFrom('2026-12', local(2026, 11, 3)).id, '2026-12');
    assert.equal(periodFrom('2026-12', local(2027, 1, 3)).id, '2027-01');
    assert.equal(periodFrom(undefined, local(2026, 11, 3)).id, '2026-11');
    assert.equal(periodFrom('garbage', local(2026, 11, 3)).id, '2026-11');
  });

  it('reads only what it writes', () => {
    for (const id of ['2026-13', '2026-00', '26-01', '2026-1', '2026-01-01', '']) {
      assert.equal(periodOf(id), undefined, id);
    }
  });

  it('contains its instant, whatever the zone and its daylight saving', () => {
    const zone = process.env['TZ'];
    try {
      for (const name of [
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Asia/Kolkata',
        'Australia/Lord_Howe',
        'Asia/Beirut',
      ]) {
        process.env['TZ'] = name;
        fc.assert(
          fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (now) => {
            const period = periodAt(now);
            assert.ok(period.start <= now && now < period.end);
            assert.deepEqual(periodOf(period.id), period);
            assert.equal(periodAt(period.end).start, period.end);
            assert.ok(dayOf(now).startsWith(period.id));
          }),
          { numRuns: 50 },
        );
      }
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('counts the hours of the week from Monday', () => {
    assert.equal(hourOfWeek(local(2026, 11, 9)), 0);
    assert.equal(hourOfWeek(local(2026, 11, 11, 12, 59)), 60);
    assert.equal(hourOfWeek(local(2026, 11, 15, 23)), 167);
  });

  it('takes a clock that is no number for the beginning of time', () => {
    assert.equal(periodAt(Number.NaN).id.slice(0, 4) <= '1970', true);
    assert.equal(Number.isInteger(hourOfWeek(Infinity)), true);
  });
});
