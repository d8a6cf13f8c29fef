/** The limit over HTTP; `npm run stress:limit` makes 10,000 calls. */
import assert from 'node:assert/strict';
import { holdToEndpointsCount } from '../../../../scripts/stress/endpointsCount.ts';

describe('2,500 calls at an endpoint that counts for itself', () => {
  it('bill no more than the limit, and nothing paid is sent once it is used up', async function () {
    this.timeout(120_000);
    const limitUsd = 0.17;
    const report = await holdToEndpointsCount({ calls: 2_500, limitUsd, seed: 11 });
    const said = JSON.stringify(report);
    assert.ok(report.billedUsd <= limitUsd, said);
    assert.ok(report.settledUsd + report.heldUsd <= limitUsd + 0.05, 'only claims above the cap pass it');
    assert.equal(report.sentAfterLimit, 0);
    assert.equal(report.undercounted, 0, said);
    // The run included enough misbehavior.
    assert.ok(report.sent > 375 && report.billedUsd > 0.2 * limitUsd, said);
    assert.ok(report.flagged > 12 && report.reconciled > 12 && report.released > 0, said);
  });
});
