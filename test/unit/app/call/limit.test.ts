/** The limit over HTTP; `npm run stress:limit` makes as many calls with a limit that lasts for all of them. */
import assert from 'node:assert/strict';
import { holdToEndpointsCount } from '../../../../scripts/stress/endpointsCount.ts';

describe('10,000 calls at an endpoint that counts for itself', () => {
  it('bill no more than the limit, and nothing paid is sent once it is used up', async function () {
    this.timeout(240_000);
    const limitUsd = 0.7;
    const report = await holdToEndpointsCount({ calls: 10_000, limitUsd, seed: 11 });
    const said = JSON.stringify(report);
    assert.ok(report.billedUsd <= limitUsd, said);
    assert.ok(report.settledUsd + report.heldUsd <= limitUsd + 0.05, 'only claims above the cap pass it');
    assert.equal(report.sentAfterLimit, 0);
    assert.equal(report.undercounted, 0, said);
    // It was a real trial.
    assert.ok(report.sent > 1_500 && report.billedUsd > 0.2 * limitUsd, said);
    assert.ok(report.flagged > 50 && report.reconciled > 50 && report.released > 5, said);
  });
});
