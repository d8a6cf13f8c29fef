/**
 * Compares the limit with endpoints' own counts, in one run under one limit and on one ledger: four fifths of the calls are
 * answers of seconds, most of them stopped, at endpoints that stop at once, after a grace period, or never (`stopped`); the
 * others are answered, canceled, left, cut off and tried again with usage and costs of every kind, until the limit is used
 * up. Half of all calls are stopped. Then all three protocols with caches and reasoning, under a limit of their own
 * (`protocols`). Prints one JSON object; the amounts at its top are those of the first run.
 *
 *   npm run stress:limit -- --calls 10000 --limit 5.00 [--seed 1] [--protocols 10000]
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
const limitUsd = numberIn('limit', flags.limit, 0, 1e6, false);
/**
 * Excessive holds block a month: where closing ends the work, the ledger may count at most 1.3 times the billed amount.
 */
const MOST_COUNTED = 1.3;

// In memory where there is some: durability is not what is tested, and its syncs would be most of the time.
const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pilot-limit-'));
const began = performance.now();
try {
  const nStopping = Math.floor((4 * calls) / 5);
  const { stopped, ending, never } = await holdStoppedToCount({
    calls: nStopping,
    seed,
    ledger: { folder, limitUsd },
  });
  const report = await holdToEndpointsCount({ calls: calls - nStopping, limitUsd, seed, folder });
  const billedUsd = report.billedUsd + ending.billedUsd + never.billedUsd;
  const undercounted = report.undercounted + ending.undercounted + never.undercounted;
  const whole = {
    ...report,
    calls,
    sent: report.sent + ending.sent + never.sent,
    billedUsd,
    countedUsd: report.settledUsd + report.heldUsd,
    undercounted,
    stoppedShare: (stopped + report.stopped) / calls,
    seconds: Math.round((performance.now() - began) / 1000),
    stopped: { ending, never },
  };
  const protocols = await holdProtocolsToCount({
    calls: numberIn('protocols', flags.protocols ?? flags.calls, 1, 1e6, true),
    limitUsd: PROTOCOLS_LIMIT_USD,
    seed,
  });
  console.log(JSON.stringify({ ...whole, protocols }));
  const overLimit =
    billedUsd > limitUsd || report.sentAfterLimit > 0 || protocols.billedUsd > protocols.limitUsd;
  const { chat, responses, messages } = protocols;
  const isBelowBill = undercounted > 0 || [chat, responses, messages].some((part) => part.undercounted > 0);
  const tooMuch = ending.countedUsd > MOST_COUNTED * ending.billedUsd;
  process.exitCode = overLimit || isBelowBill || tooMuch ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
