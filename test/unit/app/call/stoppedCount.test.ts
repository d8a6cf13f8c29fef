/** Stopped answers over HTTP; `npm run stress:limit` makes 10,000 of them. */
import assert from 'node:assert/strict';
import { holdStoppedToCount } from '../../../../scripts/stress/stopped.ts';

describe('stopped answers at endpoints that count for themselves', () => {
  it('are never counted below their bills', async function () {
    this.timeout(120_000);
    const { stoppedShare, ending, never } = await holdStoppedToCount({ calls: 60, seed: 3 });
    const said = JSON.stringify({ stoppedShare, ending, never });
    assert.equal(ending.undercounted + never.undercounted, 0, said);
    // The run included enough stops.
    assert.ok(stoppedShare > 0.25 && ending.billedUsd > 0 && never.billedUsd > 0, said);
  });
});
