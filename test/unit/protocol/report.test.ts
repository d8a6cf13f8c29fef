import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFromReport, parseToReport, type Section } from '../../../src/protocol/report.ts';

const section: Section = {
  id: 's',
  title: 'T',
  summary: 'S.',
  note: undefined,
  plot: {
    type: 'intervals',
    rows: [{ name: 'a', said: 'a.', low: 0, middle: 0.5, high: 1, after: undefined, strong: true, faint: false }],
    origin: undefined,
    xTicks: [{ at: 0, label: '0' }],
    xLabel: 'x',
    afterLabel: undefined,
  },
  reserve: false,
  table: { columns: [{ label: 'A', numeric: false }], rows: [{ cells: ['a'], bar: 0.5, heldBar: undefined, action: { id: 'r', label: 'R', said: 'R a' } }] },
  actions: [{ id: 'profile', label: 'P' }],
}; // prettier-ignore

describe('messages from a report page', () => {
  const good: readonly object[] = [
    { type: 'ready' },
    { type: 'choose', id: 'period', option: '2026-11' },
    { type: 'csv', section: 'month' },
    { type: 'act', section: 'plane', action: 'profile' },
  ];
  for (const message of good) {
    it(`takes ${JSON.stringify(message)}`, () => assert.deepEqual(parseFromReport(message), message));
  }

  const bad: readonly unknown[] = [
    undefined,
    null,
    'ready',
    [],
    {},
    { type: 'constructor' },
    { type: '__proto__' },
    { type: 'csv' },
    { type: 'csv', section: 7 },
    { type: 'open', section: 'decisions', row: 'd-1' },
    { type: 'csv', section: 'x'.repeat(201) },
    { type: 'command', command: 'workbench.action.quit' },
    Object.create({ type: 'ready' }),
  ];
  for (const message of bad.slice(0, -1)) {
    it(`refuses ${JSON.stringify([message]).slice(0, 60)}`, () => assert.equal(parseFromReport(message), undefined)); // prettier-ignore
  }

  it('passes on nothing that is not of the protocol', () => {
    assert.deepEqual(parseFromReport({ type: 'csv', section: 'month', path: '/etc/passwd' }), {
      type: 'csv',
      section: 'month',
    });
    fc.assert(fc.property(fc.anything(), (value) => void parseFromReport(value)));
  });
});

describe('messages to a report page', () => {
  it('come through JSON as they were', () => {
    const message = { type: 'section', section };
    const parsed = parseToReport(JSON.parse(JSON.stringify(message)));
    assert.ok(parsed?.type === 'section');
    assert.equal(JSON.stringify(parsed), JSON.stringify(message));
  });

  for (const place of [-0.1, 1.1, NaN, Infinity, '0.5']) {
    it(`refuses a mark at ${String(place)}`, () => {
      const bent = structuredClone<unknown>(section) as { plot: { rows: { middle: unknown }[] } };
      bent.plot.rows[0]!.middle = place;
      assert.equal(parseToReport({ type: 'section', section: bent }), undefined);
    });
  }
});
