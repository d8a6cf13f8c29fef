/**
 * The cost policies on real outcome matrices: budgets from 2 % to 100 % of the best fixed model's cost, months of 60,
 * 600 and 6,000 prompts, realistic arrivals, and the product's own forecast.
 *
 * Without the data folder it runs on a small synthetic matrix, and says so.
 *
 *   npm run bench:budget -- --json OUT [--outcomes FILE]... [--horizons 60,600,6000] [--seeds 5] [--policies a,b] [--only stops]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import {
  defaultPolicy,
  policyByName,
  policyNames,
  type AnyPolicy,
} from '../../../src/core/money/policies/index.ts';
import { decodeSpace, type Space } from '../../../src/core/learning/space.ts';
import { readOutcomes } from '../outcomes.ts';
import { datasetOf, type Dataset } from '../router/dataset.ts';
import { synthetic } from '../router/synthetic.ts';
import { period } from './arrivals.ts';
import { runCells, type Cell } from './cells.ts';
import { baselines } from './fixedRate.ts';
import { barsOf, said, tablesOf } from './report.ts';
import { runStops, stopsTable, type StopCell } from './stops.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    outcomes: { type: 'string', multiple: true },
    horizons: { type: 'string', default: '60,600,6000' },
    seeds: { type: 'string', default: '5' },
    policies: { type: 'string', default: [...policyNames, ...baselines.map(({ name }) => name)].join(',') },
    fold: { type: 'string', default: 'deployment' },
    /** `stops`: only the month in which answers are stopped. */
    only: { type: 'string' },
  },
});

const shared = [
  'routerbench0_subset',
  'cascade9',
  'openhands_index',
  'livecodebench_gen',
  'bfcl_v1_202408',
].map((name) => new URL(`../../../../shared/data/outcomes/${name}.jsonl.gz`, import.meta.url).pathname);
const found = flags.outcomes ?? shared.filter((file) => existsSync(file));
const files: readonly (string | undefined)[] = found.length > 0 ? found : [undefined];
if (found.length === 0) console.log('No outcome files: a small synthetic matrix stands in for them.\n');
const policies = flags.policies
  .split(',')
  .map((name): AnyPolicy => baselines.find((each) => each.name === name) ?? policyByName(name));
const horizons = flags.horizons.split(',').map(Number);
const startedAt = performance.now();

const cells: Cell[] = [];
const stops: StopCell[] = [];
const fold = flags.fold === 'tuning' ? 'tuning' : 'deployment';
for (const [i, file] of files.entries()) {
  const data = load(file);
  stops.push(...runStops(data, Number(flags.seeds), fold));
  if (flags.only === 'stops') continue;
  cells.push(
    ...runCells(data, {
      horizons,
      seeds: Number(flags.seeds),
      policies,
      fold,
      onProgress: (share) => progress((i + share) / files.length, data.name),
    }),
  );
}
process.stderr.write('\n');
console.log(stopsTable(stops));
const bars = cells.length === 0 ? [] : barsOf(cells);
if (cells.length > 0) {
  console.log(tablesOf(cells));
  console.log(`\nDefault policy (${defaultPolicy}):\n${bars.map(said).join('\n')}`);
}
if (flags.json !== undefined) {
  mkdirSync(dirname(flags.json), { recursive: true });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  writeFileSync(flags.json, JSON.stringify({ seconds, bars, stops, cells: cells.map(plain) }, undefined, 1));
}

function load(file: string | undefined): Dataset {
  if (file === undefined) return datasetOf(synthetic(), space());
  const read = readOutcomes(file, undefined);
  if (!read.ok) throw new Error(`${file}: ${JSON.stringify(read.error)}`);
  return datasetOf(read.value, space());
}

function space(): Space {
  const decoded = decodeSpace(
    JSON.parse(readFileSync(new URL('../../../media/space.json', import.meta.url), 'utf8')),
  );
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

function progress(share: number, name: string): void {
  const passed = (performance.now() - startedAt) / 1000;
  const left = share > 0 ? Math.round((passed / share) * (1 - share)) : 0;
  process.stderr.write(`\r${Math.round(100 * share)} % ${name}, about ${left} s left      `);
}

/** The paired scores serve the standard errors only; the JSON has their summary. */
function plain({ paired, ...cell }: Cell): Omit<Cell, 'paired'> & {
  readonly seeds: number;
  /** Earliest over the seeds; null = the money lasted. */
  readonly dayOfExhaustion: number | null;
} {
  const days = Math.round((period.end - period.start) / 86_400_000);
  const dayOfExhaustion = cell.driedAt < 1 ? 1 + Math.floor(days * cell.driedAt) : null;
  return { ...cell, seeds: paired.length, dayOfExhaustion };
}
