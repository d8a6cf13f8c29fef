import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Arm, RateCard } from '../../../../src/core/arm.ts';
import type { ArmId, NanoUsd } from '../../../../src/core/brand.ts';
import { costToWeigh, type Quote } from '../../../../src/core/decision.ts';
import {
  aliveShare,
  decodeBeliefs,
  encodeBeliefs,
  furtherCalls,
  noBeliefs,
  noteReport,
  nothingSent,
  quoteInConversation,
  withSent,
  type CacheBeliefs,
  type SentConversation,
} from '../../../../src/core/money/promptCache.ts';
import { quote } from '../../../../src/core/money/pricing.ts';

const MINUTE = 60_000;
/** Anthropic's ratios: a read costs a tenth, a write five quarters. */
const card: RateCard = {
  inputUsdPerMTok: 3,
  outputUsdPerMTok: 15,
  cachedInputUsdPerMTok: 0.3,
  cacheWriteUsdPerMTok: 3.75,
};
const armOf = (name: string, change: Partial<Arm> = {}): Arm => ({
  id: `e/${name}` as ArmId,
  endpointId: 'e',
  model: name,
  label: name,
  price: card,
  contextTokens: 200_000,
  maxOutputTokens: 8_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: true, images: false, fim: 'none' },
  simulated: false,
  promptCache: { lifeMs: 5 * MINUTE, leastTokens: 1024, granule: 128 },
  ...change,
});
const arm = armOf('stays');
/** The same model with an unknown cache. */
const { promptCache: stated, ...unknown } = arm;

const BYTES_PER_TOKEN = 4;
function plain(of: Arm, inputTokens: number): Quote {
  const quoted = quote(of, {
    maxInputTokens: inputTokens * BYTES_PER_TOKEN,
    expectedInputTokens: inputTokens,
    expectedOutputTokens: 500,
    outputCap: 2_000,
  });
  assert.ok(typeof quoted === 'object');
  return quoted;
}

interface Asked {
  readonly of?: Arm;
  readonly inputTokens: number;
  readonly now: number;
  readonly beliefs?: CacheBeliefs;
}
const quoted = (conversation: SentConversation, { of = arm, inputTokens, now, beliefs = noBeliefs }: Asked) =>
  quoteInConversation(of, plain(of, inputTokens), conversation, {
    now,
    bytes: inputTokens * BYTES_PER_TOKEN,
    beliefs,
  });

const sent = (conversation: SentConversation, to: Arm, at: number, tokens: number): SentConversation =>
  withSent(conversation, to.id, { at, tokens, bytes: tokens * BYTES_PER_TOKEN });

/** Ten calls to one arm, a minute apart, a thousand tokens more each time. */
const tenCalls = Array.from({ length: 10 }, (_, i) => i).reduce(
  (conversation, i) => sent(conversation, arm, i * MINUTE, 10_000 + i * 1_000),
  nothingSent,
);
const next = { inputTokens: 20_000, now: 10 * MINUTE };

const reported = (beliefs: CacheBeliefs, ageMs: number, share: number): CacheBeliefs =>
  noteReport(beliefs, sent(nothingSent, arm, 0, 12_800), arm, {
    at: ageMs,
    bytes: 60_000,
    cachedTokens: share * 12_800,
  });

describe('a conversation’s prompt cache', () => {
  it('makes staying a read of the living prefix, and a switch a full write', () => {
    const [stay, leave] = [quoted(tenCalls, next), quoted(tenCalls, { ...next, of: armOf('other') })];
    const living = Math.round(0.9 * 128 * Math.floor(19_000 / 128));
    assert.equal(stay.cache?.cachedTokens, living);
    assert.equal(leave.cache?.cachedTokens, 0);
    const output = 500 * 15_000;
    assert.equal(stay.expected, living * 300 + (20_000 - living) * 3_750 + output);
    assert.equal(leave.expected, 20_000 * 3_750 + output);
    assert.equal(leave.cache.coldCost, leave.expected);
    assert.equal(stay.cache.coldCost, leave.expected);
    assert.ok(costToWeigh(stay) < costToWeigh(leave));
  });

  it('is gone with its life, and a longer one is sold by the hour', () => {
    const late = { ...next, now: 9 * MINUTE + 30 * MINUTE };
    const cold = quoted(tenCalls, late);
    assert.ok((cold.cache?.cachedTokens ?? Infinity) <= 0.1 * 19_000);
    const hourly = { ...arm, cacheLife: 'hour' as const };
    assert.ok((quoted(tenCalls, { ...late, of: hourly }).cache?.cachedTokens ?? 0) > 0.8 * 19_000);
  });

  it('needs the least length, and a request that has what was sent as its prefix', () => {
    const short = sent(nothingSent, arm, 0, 1_000);
    assert.equal(quoted(short, { inputTokens: 1_100, now: MINUTE }).cache?.cachedTokens, 0);
    // VS Code summarized the conversation: it is shorter than before, so it begins differently.
    assert.equal(quoted(tenCalls, { ...next, inputTokens: 15_000 }).cache?.cachedTokens, 0);
  });

  it('lets the rest of a conversation pay for a switch, once there is enough of it', () => {
    // A tenth cheaper for writes and output, a third for reads: only this call is more expensive there.
    const other = armOf('other', {
      price: {
        inputUsdPerMTok: 2.7,
        cacheWriteUsdPerMTok: 3.375,
        cachedInputUsdPerMTok: 0.2,
        outputUsdPerMTok: 13.5,
      },
    });
    const after = (calls: number) => {
      const conversation = { ...tenCalls, calls };
      const [stay, leave] = [quoted(conversation, next), quoted(conversation, { ...next, of: other })];
      assert.ok(leave.expected > stay.expected);
      return costToWeigh(leave) - costToWeigh(stay);
    };
    assert.ok(after(3) > 0);
    assert.ok(after(100) < 0);
    // Computed by hand: the saving of each further call minus the additional cost of this one.
    const [stay, leave] = [quoted(tenCalls, next), quoted(tenCalls, { ...next, of: other })];
    const calls = furtherCalls(10);
    const before = 20_000 + 1_000 * ((calls - 1) / 2);
    const read = 0.9 * 128 * Math.floor(before / 128);
    const saved = read * 100 + (before + 1_000 - read) * 375 + 500 * 1_500;
    const difference = (leave.expected - stay.expected - calls * saved) / (1 + calls);
    assert.ok(Math.abs(costToWeigh(leave) - costToWeigh(stay) - difference) < 1_000);
  });

  it('never touches the worst case, nor anything of a free model', () => {
    const amounts = fc.integer({ min: 1, max: 150_000 });
    fc.assert(
      fc.property(amounts, amounts, fc.integer({ min: 0, max: 1e8 }), (tokens, inputTokens, now) => {
        const conversation = sent(nothingSent, arm, 0, tokens);
        const before = plain(arm, inputTokens);
        const after = quoted(conversation, { inputTokens, now });
        assert.equal(after.worstCase, before.worstCase);
        assert.ok(after.expected <= after.worstCase);
        assert.ok((after.cache?.cachedTokens ?? 0) <= Math.min(tokens, inputTokens));
        assert.ok(after.expected <= (after.cache?.coldCost ?? 0));
      }),
    );
    const free = armOf('free', { price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } });
    assert.deepEqual(quoted(tenCalls, { ...next, of: free }), plain(free, 20_000));
  });
});

describe('the life of a prompt cache', () => {
  it('starts as stated, low where nothing is', () => {
    assert.equal(stated?.lifeMs, 5 * MINUTE);
    assert.equal(aliveShare(noBeliefs, arm, 4 * MINUTE), 0.9);
    assert.equal(aliveShare(noBeliefs, arm, 6 * MINUTE), 0.1);
    assert.equal(aliveShare(noBeliefs, unknown, 1_000), 0.1);
  });

  it('shortens with a report of nothing cached, lengthens with a hit at a larger age', () => {
    const shorter = reported(noBeliefs, 4 * MINUTE, 0);
    assert.ok(aliveShare(shorter, arm, 4 * MINUTE) < 0.75);
    // A prefix that had expired after four minutes is no evidence about one of a minute.
    assert.equal(aliveShare(shorter, arm, MINUTE), 0.9);
    const longer = reported(noBeliefs, 25 * MINUTE, 1);
    assert.ok(aliveShare(longer, arm, 25 * MINUTE) > 0.25);
    assert.ok(aliveShare(longer, arm, 12 * MINUTE) > 0.25);
    assert.equal(aliveShare(longer, arm, 50 * MINUTE), 0.1);
  });

  it('is zero soon where an endpoint reports nothing, and found soon where nothing was stated', () => {
    let [silent, found] = [noBeliefs, noBeliefs];
    for (let i = 0; i < 10; i++) {
      silent = reported(silent, MINUTE, 0);
      found = noteReport(found, sent(nothingSent, arm, 0, 12_800), unknown, { at: MINUTE, bytes: 60_000, cachedTokens: 12_800 }); // prettier-ignore
    }
    assert.ok(aliveShare(silent, arm, 10_000) < 0.3);
    assert.ok(aliveShare(found, unknown, 10_000) > 0.7);
  });

  it('never rises with age, whatever was reported, and survives storage', () => {
    const reports = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 * 86_400_000 }), fc.double({ min: 0, max: 1, noNaN: true })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(reports, (all) => {
        const beliefs = all.reduce((before, [age, share]) => reported(before, age, share), noBeliefs);
        const ages = [0, 1, 3, 7, 15, 25, 45, 90, 300, 1000, 3000].map((minutes) => minutes * MINUTE);
        const shares = ages.map((age) => aliveShare(beliefs, arm, age));
        for (const [i, share] of shares.entries()) {
          assert.ok(0 <= share && share <= 1 && share <= (shares[i - 1] ?? 1) + 1e-12);
        }
        const again = decodeBeliefs(JSON.parse(JSON.stringify(encodeBeliefs(beliefs))));
        for (const age of ages)
          assert.ok(Math.abs(aliveShare(again, arm, age) - aliveShare(beliefs, arm, age)) < 1e-3);
      }),
    );
  });

  it('takes no garbage', () => {
    fc.assert(fc.property(fc.jsonValue(), (stored) => decodeBeliefs(stored).size >= 0));
    assert.equal(decodeBeliefs([['e/m', [1], [2]]]).size, 0);
    assert.equal(decodeBeliefs([['e/m', Array(10).fill(-1), Array(10).fill(0)]]).size, 0);
    assert.equal(withSent(nothingSent, arm.id, { at: NaN, tokens: 1, bytes: 1 }), nothingSent);
    assert.equal(reported(noBeliefs, MINUTE, NaN), noBeliefs);
    assert.equal(reported(noBeliefs, Infinity, 1), noBeliefs);
  });

  it('is expected to be needed about as many times as so far', () => {
    for (const calls of [0, 1, 5, 50]) assert.equal(furtherCalls(calls), calls + 1);
    assert.ok(furtherCalls(1e9) <= 1_000);
  });

  it('costs what it costs in whole nano-dollars', () => {
    const { expected, cache } = quoted(tenCalls, next);
    for (const cost of [expected, cache?.coldCost, cache?.meanCost] as readonly NanoUsd[])
      assert.ok(Number.isSafeInteger(cost));
  });
});
