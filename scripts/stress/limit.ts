/**
 * The limit against an endpoint that keeps its own count. Prints one JSON object.
 *
 *   npm run stress:limit -- --calls 10000 --limit 5.00 [--seed 1]
 */
import { parseArgs } from 'node:util';
import { holdToEndpointsCount } from './endpointsCount.ts';
import { numberIn, readFlags } from './flags.ts';

const options = {
  calls: { type: 'string', default: '10000' },
  limit: { type: 'string', default: '5.00' },
  seed: { type: 'string', default: '1' },
} as const;
const { values: flags } = readFlags(() => parseArgs({ options }));

const report = await holdToEndpointsCount({
  calls: numberIn('calls', flags.calls, 1, 1e6, true),
  limitUsd: numberIn('limit', flags.limit, 0, 1e6, false),
  seed: numberIn('seed', flags.seed, 0, 1e9, true),
});
console.log(JSON.stringify(report));
const { billedUsd, limitUsd, sentAfterLimit, undercounted } = report;
process.exitCode = billedUsd > limitUsd || sentAfterLimit > 0 || undercounted > 0 ? 1 : 0;
