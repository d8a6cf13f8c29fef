import assert from 'node:assert/strict';
import { MoneyFacts, type Limits } from '../../../../src/app/call/moneyFacts.ts';
import type { SpendSummary } from '../../../../src/app/ports/money.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { policyByName } from '../../../../src/core/money/policies/index.ts';
import { periodAt } from '../../../../src/core/money/period.ts';
import { initialSummary } from '../../../../src/storage/host/remoteLedger.ts';

const now = new Date(2026, 10, 16, 9).getTime();
const { start, end } = periodAt(now);
const usd = (amount: number): NanoUsd => Math.round(amount * 1e9) as NanoUsd;
const week = (perHour: number): number[] => new Array<number>(168).fill(perHour);

/** A user with three completions for each question, over eight weeks. */
const spend = (other: Partial<SpendSummary> = {}): SpendSummary => ({
  ...initialSummary(undefined, now),
  requests: { ask: 100, inline: 300, chat: 0 },
  settled: usd(4),
  inlineCommitted: usd(1),
  workspaceCommitted: usd(2),
  hourOfWeek: week(8),
  hourOfWeekBySurface: { ask: week(2), inline: week(6), chat: week(0) },
  historyDays: 56,
  ...other,
});
const limits = (other: Partial<Limits> = {}): Limits => ({
  monthly: usd(10),
  workspace: undefined,
  inline: undefined,
  ...other,
});

describe('the money a decision sees', () => {
  it('is the month’s, for all surfaces alike: they share it by worth', () => {
    const facts = new MoneyFacts();
    const ask = facts.situation(limits(), spend(), 'ask', now);
    const inline = facts.situation(limits(), spend(), 'inline', now);
    assert.deepEqual({ ...inline, surface: 'ask' }, ask);
    assert.equal(ask.limit - ask.committed, usd(6));
    assert.equal(ask.periodEnd, end);
    const { bySurface } = ask.demand ?? assert.fail('no forecast');
    assert.ok(Math.abs(bySurface.inline / bySurface.ask - 3) < 0.2);
    const all = bySurface.ask + bySurface.inline + bySurface.chat;
    assert.ok(Math.abs((ask.expectedRemaining ?? 0) - 1 - all) < 1e-9);
  });

  it('is inline’s own where its sub-limit leaves less, with inline’s own requests to come', () => {
    const facts = new MoneyFacts();
    const narrow = limits({ inline: usd(2) });
    const inline = facts.situation(narrow, spend(), 'inline', now);
    assert.equal(inline.limit - inline.committed, usd(1));
    assert.deepEqual(inline.requests, { ask: 0, inline: 300, chat: 0 });
    assert.equal(inline.demand?.bySurface.ask, 0);
    assert.ok((inline.expectedRemaining ?? 0) < (facts.situation(limits(), spend(), 'inline', now).expectedRemaining ?? 0)); // prettier-ignore
    // The other surfaces have the whole month's forecast.
    assert.equal(facts.situation(narrow, spend(), 'ask', now).limit, usd(10));
    assert.equal(facts.situation(limits({ inline: usd(9) }), spend(), 'inline', now).limit, usd(10));
  });

  it('offers inline nothing paid once its sub-limit is used up, and Ask what is left of the month', () => {
    const facts = new MoneyFacts();
    const policy = policyByName('auto');
    const offers = [{ armId: 'a/b' as never, reward: 0.9, cost: usd(0.01), worstCase: usd(0.02) }];
    const used = limits({ inline: usd(1) });
    const fallback = (surface: 'ask' | 'inline'): unknown =>
      policy.appraise(policy.initial(), offers, facts.situation(used, spend(), surface, now)).fallback;
    assert.equal(fallback('inline'), undefined);
    assert.equal(fallback('ask'), 'a/b');
  });

  it('is the workspace’s where that leaves less, and the raise counts for the month alone', () => {
    const facts = new MoneyFacts();
    const of = (l: Limits, s = spend()): number => {
      const { limit, committed } = facts.situation(l, s, 'ask', now);
      return limit - committed;
    };
    assert.equal(of(limits({ workspace: usd(3) })), usd(1));
    assert.equal(of(limits({ workspace: usd(9) })), usd(6));
    assert.equal(of(limits(), spend({ raisedBy: usd(5) })), usd(11));
    assert.equal(of(limits({ monthly: undefined }), spend({ raisedBy: usd(5), settled: usd(0) })), 0);
  });

  it('forecasts again when the ledger has news or a quarter of an hour has passed', () => {
    const facts = new MoneyFacts();
    const before = facts.situation(limits(), spend(), 'ask', now).expectedRemaining ?? 0;
    const busier = spend({ hourOfWeek: week(16) });
    assert.ok((facts.situation(limits(), busier, 'ask', now).expectedRemaining ?? 0) > 1.5 * before);
    const later = facts.situation(limits(), spend(), 'ask', now + 7 * 86_400_000).expectedRemaining ?? 0;
    assert.ok(later < 0.6 * before, `${later} against ${before}`);
  });

  it('knows nothing to come before the ledger was read, and no limit', () => {
    const situation = new MoneyFacts().situation(limits({ monthly: undefined }), undefined, 'ask', now);
    assert.equal(situation.limit, 0);
    assert.equal(situation.expectedRemaining, undefined);
    assert.equal(situation.periodStart, start);
  });
});
