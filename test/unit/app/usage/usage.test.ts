import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SpendCell } from '../../../../src/app/ports/usage.ts';
import { csv } from '../../../../src/app/usage/csv.ts';
import { readDigest } from '../../../../src/app/usage/digest.ts';
import { monthOf } from '../../../../src/app/usage/month.ts';
import { planeOf } from '../../../../src/app/usage/plane.ts';
import { qualitySeries } from '../../../../src/app/usage/quality.ts';
import { groupBy, periodBefore } from '../../../../src/app/usage/spend.ts';
import { decades, niceTicks } from '../../../../src/app/usage/ticks.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { routedLog, simulatedArms } from '../../../fakes/routedLog.ts';

const tokens = { input: 1, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 };
const day = (key: string, spent: number) => ({
  key,
  settled: spent as NanoUsd,
  heldBack: 0 as NanoUsd,
  reserved: 0 as NanoUsd,
  calls: 1,
  tokens,
});
const summary = { hourOfWeek: new Array<number>(168).fill(1), historyDays: 28 };
const month = (members: Partial<Parameters<typeof monthOf>[0]>) =>
  monthOf({ period: '2026-11', now: new Date(2026, 10, 10, 12).getTime(), days: [], daysBefore: [], summary, limit: undefined, ...members }); // prettier-ignore

describe('monthOf', () => {
  it('has every day, a running total, and nothing for days to come', () => {
    const found = month({ days: [day('2026-11-02', 5), day('2026-11-09', 7)] });
    assert.equal(found?.days.length, 30);
    assert.deepEqual(found.days.slice(0, 3).map(({ total }) => total), [0, 5, 5]); // prettier-ignore
    assert.equal(found.spent, 12);
    assert.deepEqual([found.days[9]?.total, found.days[10]?.total], [12, undefined]);
  });

  it('forecasts from today on, with last month’s days', () => {
    const daysBefore = Array.from({ length: 12 }, (_, i) => day(`2026-10-${i + 20}`, 10));
    const days = Array.from({ length: 9 }, (_, i) => day(`2026-11-0${i + 1}`, 10));
    const found = month({ days, daysBefore, limit: 250 as NanoUsd });
    assert.equal(found?.days[8]?.forecast, undefined);
    assert.ok(found?.days[9]?.forecast);
    const { middle, high } = found.forecast ?? { middle: 0, high: 0 };
    assert.ok(250 >= high && high >= middle && middle > 200, `${middle} ${high}`);
  });

  it('draws no forecast for a month that is over', () => {
    const found = month({ period: '2026-10', days: [day('2026-10-31', 3)] });
    assert.equal(found?.running, false);
    assert.equal(found.forecast, undefined);
    assert.equal(found.days.at(-1)?.total, 3);
  });

  it('knows no month that is none', () => assert.equal(month({ period: 'x' }), undefined));

  it('counts the days of every month, through both changes of clocks', () => {
    const lengths = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'].map(
      (id) => month({ period: `2028-${id}` })?.days.length,
    );
    assert.deepEqual(lengths, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  });
});

describe('groupBy', () => {
  const cell = fc.record({
    model: fc.constantFrom('a', 'b', '__proto__'),
    language: fc.constantFrom('', 'rust'),
    settled: fc.nat(1000),
    calls: fc.nat(5),
  });
  it('has the same total by every grouping, highest cost first', () => {
    fc.assert(
      fc.property(fc.array(cell), (list) => {
        const cells = list.map(({ model, language, settled, calls }): SpendCell => ({
          ...day('', settled),
          calls,
          keys: { day: 'd', model, language, surface: 'ask', workspace: 'w', source: 'reported' },
        }));
        for (const by of ['model', 'language', 'surface'] as const) {
          const rows = groupBy(cells, by);
          assert.equal(rows.reduce((sum, row) => sum + row.settled, 0), list.reduce((sum, row) => sum + row.settled, 0)); // prettier-ignore
          for (let i = 1; i < rows.length; i++) assert.ok(rows[i - 1]!.settled >= rows[i]!.settled);
        }
      }),
    );
  });
});

describe('the decision log, digested', () => {
  const { logged } = routedLog({ seed: 4, prompts: 500, start: Date.UTC(2026, 9, 1), days: 20, budget: 3 });
  const usage = {
    decisions: ({ before, limit }: { readonly before?: number; readonly limit: number }) =>
      Promise.resolve(logged.filter(({ seq }) => seq < (before ?? Infinity)).slice(0, Math.min(limit, 100))),
  };
  const options = { head: 'ask' as const, workspaceId: undefined, abandoned: () => false };

  it('reads page by page to the end, oldest first', async () => {
    const { rows, cut } = await readDigest(usage, options);
    assert.equal(rows.length, 500);
    assert.equal(cut, false);
    for (let i = 1; i < rows.length; i++) assert.ok(rows[i - 1]!.at <= rows[i]!.at);
  });

  it('keeps the newest where there are too many', async () => {
    const { rows, cut } = await readDigest(usage, { ...options, maxRows: 50 });
    assert.deepEqual([rows.length, cut, rows.at(-1)?.at], [50, true, logged[0]?.decision.at]);
  });

  it('stops when the view is closed', async () => {
    const { rows } = await readDigest(usage, { ...options, abandoned: () => true });
    assert.equal(rows.length, 0);
  });

  it('leaves the other head out', async () => {
    const { rows } = await readDigest(usage, { ...options, head: 'inline' });
    assert.equal(rows.length, 0);
  });

  it('shows quality by model, best first, less uncertain as it is learned', async () => {
    const [best, ...others] = qualitySeries(await readDigest(usage, options));
    assert.equal(others.length, simulatedArms.length - 1);
    const [first, last] = [best?.points[0], best?.points.at(-1)];
    assert.ok(first && last && last.width < first.width);
    for (const { points } of others) assert.ok(points.at(-1)!.mean <= last.mean);
  });

  it('puts every model on the plane, and the line through the best of them', async () => {
    const plane = planeOf(await readDigest(usage, options));
    assert.ok(plane);
    assert.deepEqual(
      new Set(plane.points.map(({ armId }) => armId)),
      new Set(simulatedArms.map(({ id }) => id)),
    );
    const above = plane.points.filter(({ mean, cost }) => mean > plane.required(cost) + 1e-9);
    assert.equal(above.length, 0);
    assert.ok(plane.points.some(({ mean, cost }) => Math.abs(mean - plane.required(cost)) < 1e-9));
  });

  it('makes nothing of an empty log', () => {
    assert.deepEqual(qualitySeries({ rows: [] }), []);
    assert.equal(planeOf({ rows: [], price: undefined, cut: false }), undefined);
  });
});

describe('csv', () => {
  it('quotes what needs it', () => {
    assert.equal(csv(['a', 'b'], [['x,"y"', 1.5], ['line\nbreak', NaN]]), '\uFEFFa,b\r\n"x,""y""",1.5\r\n"line\nbreak",\r\n'); // prettier-ignore
  });
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
    it(`lets no spreadsheet run ${JSON.stringify(formula)}`, () => {
      assert.ok(csv(['a'], [[formula]]).includes(`'${formula}`));
    });
  }
});

describe('axes', () => {
  it('have few, round ticks that reach the top', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (top) => {
        const ticks = niceTicks(top);
        assert.ok(ticks.length <= 8 && ticks[0] === 0 && ticks.at(-1)! >= top * 0.999);
      }),
    );
    assert.deepEqual(niceTicks(8.3), [0, 2, 4, 6, 8, 10]);
  });
  it('have decades around what is shown', () => assert.deepEqual(decades(0.002, 0.03), [0.001, 0.01, 0.1]));
  it('are empty for nothing', () => assert.deepEqual([niceTicks(NaN), decades(0, 1)], [[0], []]));
});

it('periodBefore knows the turn of the year', () => {
  assert.deepEqual([periodBefore('2026-01'), periodBefore('2026-11')], ['2025-12', '2026-10']);
});
