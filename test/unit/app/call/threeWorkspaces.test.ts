/**
 * Three workspaces in use at once share one month: each has its own policy and its own state, and none plans with the
 * whole limit. Real ledger in its worker, real policies; the test settles the calls itself.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { askOrder, scratchFolder, testEngine, type TestEngine } from '../../../fakes/engine.ts';

const HOUR = 3_600_000;
const NOVEMBER = new Date(2026, 10, 1).getTime();
const DECEMBER = new Date(2026, 11, 1).getTime();
const models = [
  { model: 'good', level: 0.9, price: { inputUsdPerMTok: 20, outputUsdPerMTok: 100 } },
  { model: 'fair', level: 0.6, price: { inputUsdPerMTok: 0.2, outputUsdPerMTok: 1 } },
];

/** Local working hours, with one prompt for each workspace in each hour. */
function* workingHours(from: number, until: number): Generator<number> {
  for (let at = from; at < until; at += HOUR) {
    const date = new Date(at);
    if (1 <= date.getDay() && date.getDay() <= 5 && 9 <= date.getHours() && date.getHours() < 12) yield at;
  }
}

describe('three workspaces in use at once', () => {
  for (const policy of ['shadow-price', 'auto']) {
    it(`spend the month together, not each the whole of it (${policy})`, async function () {
      this.timeout(120_000);
      const folder = scratchFolder();
      let now = NOVEMBER - 21 * 24 * HOUR;
      const hours = [...workingHours(NOVEMBER, DECEMBER)];
      const open = (workspaceId: string, monthlyUsd: number): Promise<TestEngine> =>
        testEngine({
          endpoints: [{ id: 'e', preset: 'custom', baseUrl: 'http://127.0.0.1:9/v1', outputCapCoversReasoning: true }],
          models: models.map(({ model, price }) => ({ endpoint: 'e', model, price, contextTokens: 32_000, maxOutputTokens: 500 })),
          levels: Object.fromEntries(models.map(({ model, level }) => [model, level])),
          monthlyUsd,
          policy,
          folder,
          workspaceId,
          now: () => now,
        }); // prettier-ignore
      const probe = await open('probe', 1_000);
      const asked = probe.routing.decide({ ...askOrder('How do I add two numbers?'), choice: { type: 'arm', armId: probe.arms()[0]!.id } }); // prettier-ignore
      assert.ok(asked.ok);
      const dear = asked.value.quote.expected;
      await probe.close();
      // Enough for one workspace to use the good model always.
      const limit = hours.length * dear;
      const windows = await Promise.all(['w0', 'w1', 'w2'].map((id) => open(id, limit / 1e9)));
      try {
        for (const hour of workingHours(now, NOVEMBER)) {
          now = hour;
          for (const { store } of windows) await store.ledger.reserve(free());
        }
        const third = hours[Math.floor(hours.length / 3)];
        let afterThird = 0;
        let served = 0;
        for (const hour of hours) {
          now = hour;
          for (const window of windows) if (await prompt(window)) served++;
          if (hour === third) afterThird = spent(windows[0]!);
        }
        const all = spent(windows[0]!);
        const said = `${afterThird / limit} after a third, ${all / limit} in all, ${served} served`;
        assert.equal(served, 3 * hours.length, `nobody is refused: ${said}`);
        assert.ok(all <= limit, said);
        // Planning separately, they would have spent all of it by then.
        assert.ok(0.2 * limit < afterThird && afterThird < 0.5 * limit, said);
        assert.ok(all > 0.8 * limit, said);
      } finally {
        await Promise.all(windows.map((window) => window.close()));
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

const free = () => ({
  armId: 'e/free' as TestEngineArm,
  decisionId: undefined,
  purpose: 'ask' as const,
  workspaceId: 'w0',
  language: '',
  worstCase: 0 as NanoUsd,
  expected: 0 as NanoUsd,
  limit: 0 as NanoUsd,
  workspaceLimit: undefined,
  inlineLimit: undefined,
});
type TestEngineArm = ReturnType<TestEngine['arms']>[number]['id'];

const spent = ({ store }: TestEngine): number => store.ledger.summary().settled;

/** Decided by the window's own policy, reserved at its worst case and settled at its expected cost. */
async function prompt(window: TestEngine): Promise<boolean> {
  const { routing, policy, store, limits } = window;
  // Like the poll every two seconds: reads what the other windows did.
  await store.usage.periods();
  const routed = routing.decide(askOrder('How do I add two numbers?'));
  if (!routed.ok) return false;
  const { decision, quote, money } = routed.value;
  const reserved = await store.ledger.reserve({
    ...free(),
    armId: decision.chosen,
    worstCase: quote.worstCase,
    expected: quote.expected,
    limit: limits.value.monthly ?? (0 as NanoUsd),
  });
  if (!reserved.ok) return false;
  const tokens = { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 };
  const settled = await store.ledger.settle(reserved.value.id, {
    cost: quote.expected,
    source: 'priced-usage',
    tokens,
    heldBack: 0 as NanoUsd,
    generationId: undefined,
  });
  policy.settled(quote.expected, money);
  return settled.ok;
}
