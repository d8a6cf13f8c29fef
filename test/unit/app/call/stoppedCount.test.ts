/** Stopped answers over HTTP; `npm run stress:limit` makes 10,000 of them. */
import assert from 'node:assert/strict';
import { holdStoppedToCount } from '../../../../scripts/stress/stopped.ts';

describe('stopped answers at endpoints that count for themselves', () => {
  it('are never counted below their bills', async function () {
    this.timeout(120_000);
    const { stopped, ending, never } = await holdStoppedToCount({ calls: 60, seed: 3 });
    const said = JSON.stringify({ stopped, ending, never });
    assert.equal(ending.undercounted + never.undercounted, 0, said);
    // It was a real trial.
    assert.ok(stopped > 20 && ending.billedUsd > 0 && never.billedUsd > 0, said);
  });
});
