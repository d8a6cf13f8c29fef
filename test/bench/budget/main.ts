/**
 * The cost policies on real outcome matrices: budgets from 2 % to 100 % of the best fixed model's cost, months of 60, 600
 * and 6,000 prompts, arrivals as people have them, and the forecast the product itself makes.
 *
 *   npm run bench:budget -- --json OUT [--outcomes FILE]... [--horizons 60,600,6000] [--seeds 5] [--policies a,b]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { policyByName, policyNames } from '../../../src/core/policies/index.ts';
import { decodeSpace, type Space } from '../../../src/core/space.ts';
import { readOutcomes } from '../outcomes.ts';
import { datasetOf, type Dataset } from '../router/dataset.ts';
import { runCells, type Cell } from './cells.ts';
import { tablesOf, verdictsOf } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    outcomes: { type: 'string', multiple: true },
    horizons: { type: 'string', default: '60,600,6000' },
    seeds: { type: 'string', default: '5' },
    policies: { type: 'string', default: policyNames.join(',') },
    fold: { type: 'string', default: 'deployment' },
  },
});

const shared = [
  'routerbench0_subset',
  'cascade9',
  'openhands_index',
  'livecodebench_gen',
  'bfcl_v1_202408',
].map((name) => new URL(`../../../../shared/data/outcomes/${name}.jsonl.gz`, import.meta.url).pathname);
const files = flags.outcomes ?? shared.filter((file) => existsSync(file));
if (files.length === 0) throw new Error('No outcome files: give them with --outcomes FILE.jsonl.gz');
const policies = flags.policies.split(',').map((name) => policyByName(name));
const horizons = flags.horizons.split(',').map(Number);
const startedAt = performance.now();

const cells: Cell[] = [];
for (const [i, file] of files.entries()) {
  const data = load(file);
  cells.push(
    ...runCells(data, {
      horizons,
      seeds: Number(flags.seeds),
      policies,
      fold: flags.fold === 'tuning' ? 'tuning' : 'deployment',
      onProgress: (share) => progress((i + share) / files.length, data.name),
    }),
  );
}
process.stderr.write('\n');
console.log(tablesOf(cells));
console.log(verdictsOf(cells));
if (flags.json !== undefined)
  writeFileSync(flags.json, JSON.stringify({ cells: cells.map(plain) }, undefined, 1));

function load(file: string): Dataset {
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

/** The paired scores are for the standard errors; the JSON keeps their summary. */
function plain(cell: Cell): Omit<Cell, 'paired'> {
  const { paired, ...rest } = cell;
  return { ...rest, ...(paired.length > 0 && { seeds: paired.length }) };
}
