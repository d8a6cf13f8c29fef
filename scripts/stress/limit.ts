/**
 * Compares the limit with an endpoint's own count, then stops answers of endpoints that end their work at once, after a
 * grace period, or never (`stopped`), then all three protocols with caches and thoughts (`protocols`). Prints one JSON
 * object.
 *
 *   npm run stress:limit -- --calls 10000 --limit 5.00 [--seed 1] [--protocols 10000]
 */
import { parseArgs } from 'node:util';
import { holdToEndpointsCount } from './endpointsCount.ts';
import { numberIn, readFlags } from './flags.ts';
import { holdProtocolsToCount } from './protocols.ts';
import { holdStoppedToCount } from './stopped.ts';

const options = {
  calls: { type: 'string', default: '10000' },
  limit: { type: 'string', default: '5.00' },
  seed: { type: 'string', default: '1' },
  /** Number of calls over the three protocols; absent = as many as `calls`. */
  protocols: { type: 'string' },
} as const;
/** More than the calls cost, since this part compares bills; the other parts end at their limit. */
const PROTOCOLS_LIMIT_USD = 1000;
const { values: flags } = readFlags(() => parseArgs({ options }));

const calls = numberIn('calls', flags.calls, 1, 1e6, true);
const seed = numberIn('seed', flags.seed, 0, 1e9, true);
const report = await holdToEndpointsCount({
  calls,
  limitUsd: numberIn('limit', flags.limit, 0, 1e6, false),
  seed,
});
const { stoppedShare, ending, never } = await holdStoppedToCount({ calls, seed });
const protocols = await holdProtocolsToCount({
  calls: numberIn('protocols', flags.protocols ?? flags.calls, 1, 1e6, true),
  limitUsd: PROTOCOLS_LIMIT_USD,
  seed,
});
const countedUsd = report.settledUsd + report.heldUsd;
console.log(JSON.stringify({ ...report, countedUsd, stoppedShare, stopped: { ending, never }, protocols }));
const { billedUsd, limitUsd, sentAfterLimit } = report;
const overLimit = billedUsd > limitUsd || sentAfterLimit > 0 || protocols.billedUsd > protocols.limitUsd;
const { chat, responses, messages } = protocols;
const belowBill = [report, ending, never, chat, responses, messages].map((part) => part.undercounted);
const below = belowBill.some((calls) => calls > 0);
/**
 * Excessive holds block a month: where closing ends the work, the ledger may count at most 1.3 times the billed amount.
 */
const MOST_COUNTED = 1.3;
process.exitCode = overLimit || below || ending.countedUsd > MOST_COUNTED * ending.billedUsd ? 1 : 0;
