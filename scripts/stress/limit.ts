/**
 * The limit against an endpoint that keeps its own count. Prints one JSON object.
 *
 *   npm run stress:limit -- --calls 10000 --limit 5.00 [--seed 1]
 */
import { parseArgs } from 'node:util';
import { holdToEndpointsCount } from './endpointsCount.ts';

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    limit: { type: 'string', default: '5.00' },
    seed: { type: 'string', default: '1' },
  },
});

const report = await holdToEndpointsCount({
  calls: Number(flags.calls),
  limitUsd: Number(flags.limit),
  seed: Number(flags.seed),
});
console.log(JSON.stringify(report));
const { billedUsd, limitUsd, sentAfterLimit, undercounted } = report;
process.exitCode = billedUsd > limitUsd || sentAfterLimit > 0 || undercounted > 0 ? 1 : 0;
