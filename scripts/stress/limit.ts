/**
 * Compares the limit with an endpoint's own count, then stops answers of endpoints that end their work at once, after a
 * grace period, or never (`stopped`). Prints one JSON object.
 *
 * npm run stress:limit -- --calls 10000 --limit 5.00 [--seed 1]
 */
import { parseArgs } from 'node:util';
import { holdToEndpointsCount } from './endpointsCount.ts';
import { numberIn, readFlags } from './flags.ts';
import { holdStoppedToCount } from './stopped.ts';

const options = {
  calls: { type: 'string', default: '10000' },
  limit: { type: 'string', default: '5.00' },
  seed: { type: 'string', default: '1' },
} as const;
const { values: flags } = readFlags(() => parseArgs({ options }));

const calls = numberIn('calls', flags.calls, 1, 1e6, true);
const seed = numberIn('seed', flags.seed, 0, 1e9, true);
const report = await holdToEndpointsCount({
  calls,
  limitUsd: numberIn('limit', flags.limit, 0, 1e6, false),
  seed,
});
const { stoppedShare, ending, never } = await holdStoppedToCount({ calls, seed });
const countedUsd = report.settledUsd + report.heldUsd;
console.log(JSON.stringify({ ...report, countedUsd, stoppedShare, stopped: { ending, never } }));
const { billedUsd, limitUsd, sentAfterLimit, undercounted } = report;
const overLimit = billedUsd > limitUsd || sentAfterLimit > 0;
const below = undercounted + ending.undercounted + never.undercounted > 0;
/**
 * Excessive holds block a month: where closing ends the work, the ledger may count at most 1.3 times the billed amount.
 */
const MOST_COUNTED = 1.3;
process.exitCode = overLimit || below || ending.countedUsd > MOST_COUNTED * ending.billedUsd ? 1 : 0;
