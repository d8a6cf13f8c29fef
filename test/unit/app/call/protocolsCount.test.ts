/** Three protocols over HTTP with caches, efforts and thoughts; `npm run stress:limit` makes 10,000 calls. */
import assert from 'node:assert/strict';
import { holdProtocolsToCount } from '../../../../scripts/stress/protocols.ts';

describe('three protocols at endpoints that count for themselves', () => {
  it('are never counted below their bills, and bill no more than the limit', async function () {
    this.timeout(120_000);
    const limitUsd = 5;
    const report = await holdProtocolsToCount({ calls: 60, seed: 5, limitUsd });
    const said = JSON.stringify(report);
    assert.ok(report.billedUsd > 0 && report.billedUsd <= limitUsd, said);
    for (const protocol of ['chat', 'responses', 'messages'] as const) {
      const { undercounted, badRequests, sent, billedUsd, countedUsd, carriedBack, cachedTokens } =
        report[protocol];
      assert.equal(undercounted + badRequests, 0, said);
      assert.ok(sent > 8 && 0 < billedUsd && billedUsd <= countedUsd, said);
      // The run included enough misbehavior.
      assert.ok(cachedTokens > 0 && (protocol === 'chat' || carriedBack > 0), said);
    }
    assert.ok(report.messages.cacheWriteTokens > 0 && report.messages.budgets > 2, said);
  });
});
