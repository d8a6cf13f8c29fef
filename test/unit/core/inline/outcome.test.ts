import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DEFAULT_RULES,
  gather,
  noEvidence,
  sameVerdict,
  verdict,
} from '../../../../src/core/inline/outcome.ts';
import { gradedReward } from '../../../../src/core/learning/reward.ts';
import type { InlineEvent, Verdict } from '../../../../src/core/inline/outcome.ts';

const LATER = 1e9;
const judge = (events: readonly InlineEvent[], now = LATER): Verdict | undefined =>
  verdict(events.reduce(gather, noEvidence), now, DEFAULT_RULES);

function check(name: string, events: readonly InlineEvent[], kind: string, reward: number | undefined) {
  it(name, () => {
    const said = judge(events);
    assert.equal(said?.kind, kind);
    if (reward === undefined) assert.equal(said.reward, undefined);
    else assert.ok(Math.abs((said.reward ?? NaN) - reward) < 1e-12);
  });
}

const shown: InlineEvent = { type: 'shown', at: 0 };

describe('the outcome of a suggestion', () => {
  check('accepted', [shown, { type: 'accepted', at: 900 }], 'accepted', 1);
  check('accepted at once', [shown, { type: 'accepted', at: 5 }], 'accepted', 1);
  check('typed by hand', [shown, { type: 'typed-through', at: 900 }], 'typed-through', 1);
  check('Esc', [shown, { type: 'escaped', at: 300 }], 'rejected', 0);
  check(
    'two of five words',
    [shown, { type: 'partial', at: 400, fraction: 0.4 }, { type: 'diverged', at: 800 }],
    'partial',
    0.4,
  );
  check(
    'partial, then Esc on the rest',
    [shown, { type: 'partial', at: 400, fraction: 0.4 }, { type: 'escaped', at: 800 }],
    'partial',
    0.4,
  );
  check('read and passed by', [shown, { type: 'diverged', at: 750 }], 'diverged', 0);
  check('not read', [shown, { type: 'diverged', at: 749 }], 'unseen', undefined);
  check('never shown', [{ type: 'diverged', at: 5000 }], 'unseen', undefined);
  check('read, then another came', [shown, { type: 'superseded', at: 2000 }], 'superseded', undefined);
  check('undone soon', [shown, { type: 'accepted', at: 900 }, { type: 'undone', at: 3000 }], 'undone', 0);
  check(
    'undone much later',
    [shown, { type: 'accepted', at: 900 }, { type: 'undone', at: 60_000 }],
    'accepted',
    1,
  );
  check(
    'rewritten by 30 s',
    [shown, { type: 'accepted', at: 9 }, { type: 'survival', at: 30_000, after: '30s', kept: 0.3 }],
    'survived',
    0,
  );
  check(
    'the later check counts',
    [
      shown,
      { type: 'accepted', at: 9 },
      { type: 'survival', at: 30_000, after: '30s', kept: 1 },
      { type: 'survival', at: 300_000, after: '5min', kept: 0.65 },
    ],
    'survived',
    0.5,
  );
  check(
    'the selection change comes before the accept command',
    [shown, { type: 'diverged', at: 900 }, { type: 'accepted', at: 905 }],
    'accepted',
    1,
  );
  check(
    'the clock went back',
    [
      { type: 'shown', at: 5000 },
      { type: 'diverged', at: 100 },
    ],
    'unseen',
    undefined,
  );

  it('a rejection waits for the grace period', () => {
    const events: InlineEvent[] = [shown, { type: 'diverged', at: 1000 }];
    assert.equal(judge(events, 1000 + DEFAULT_RULES.graceMs - 1), undefined);
    assert.equal(judge(events, 1000 + DEFAULT_RULES.graceMs)?.kind, 'diverged');
    assert.equal(judge(events, 500)?.kind, 'diverged', 'a clock that went back does not wait for ever');
  });

  it('passing by counts less than Esc', () => {
    const passed = judge([shown, { type: 'diverged', at: 1000 }]);
    const escaped = judge([shown, { type: 'escaped', at: 1000 }]);
    assert.ok((passed?.weight ?? 1) < (escaped?.weight ?? 0));
  });
});

const time = fc.integer({ min: 0, max: 400_000 });
const event: fc.Arbitrary<InlineEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      'accepted',
      'typed-through',
      'escaped',
      'diverged',
      'superseded',
      'undone' as const,
    ),
    at: time,
  }),
  fc.record({ type: fc.constant('partial' as const), at: time, fraction: fc.double({ min: -1, max: 2 }) }),
  fc.record({
    type: fc.constant('survival' as const),
    at: time,
    after: fc.constantFrom('30s' as const, '5min' as const),
    kept: fc.double({ min: -1, max: 2 }),
  }),
);

describe('the outcome, for any events in any order', () => {
  it('does not depend on the order of events', () => {
    const shuffled = fc
      .array(event, { maxLength: 8 })
      .chain((events) =>
        fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
      );
    fc.assert(
      fc.property(shuffled, ([a, b]) => {
        assert.ok(sameVerdict(judge([shown, ...a]), judge([shown, ...b])));
      }),
      { numRuns: 2000 },
    );
  });

  it('an event seen twice counts once', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (events) => {
        assert.ok(sameVerdict(judge([shown, ...events]), judge([shown, ...events, ...events])));
      }),
    );
  });

  it('rewards and weights stay in range, and a reward is learned only of what was shown', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), time, (events, now) => {
        const said = judge([shown, ...events], now);
        if (said === undefined) return;
        assert.ok(said.weight > 0 && said.weight <= 1);
        assert.ok(said.reward === undefined || (0 <= said.reward && said.reward <= 1));
        const unseen = judge(events.filter(({ type }) => type === 'diverged' || type === 'superseded'));
        assert.equal(unseen?.reward, undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it('acceptance wins over every sign of rejection, whenever it comes', () => {
    const negative = event.filter(
      ({ type }) => type === 'escaped' || type === 'diverged' || type === 'superseded',
    );
    fc.assert(
      fc.property(fc.array(negative), fc.array(negative), time, (before, after, at) => {
        assert.equal(judge([shown, ...before, { type: 'accepted', at }, ...after])?.kind, 'accepted');
      }),
    );
  });

  it('what survives more earns more', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b) => {
          assert.ok(a > b || gradedReward('survived', a).reward! <= gradedReward('survived', b).reward!);
        },
      ),
    );
  });
});
