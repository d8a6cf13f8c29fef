/**
 * The router's benchmark: replays outcome matrices under bandit feedback and a hard budget.
 *
 *   npm run bench -- [--outcomes FILE.jsonl.gz]... [--deploy FILE.jsonl.gz] [--models a,b,c]
 *                    [--budget-fractions 0.05,0.1,0.25,0.5,1] [--seeds 10] [--policies pilot,linucb,...]
 *                    [--json out/bench/router.json] [--evaluate-on tuning] [--space FILE] [--quick]
 *
 * Writes JSON, a Markdown report and SVG plots beside it. `--quick` leaves out scenarios and ablation, as `--deploy`
 * does. Bad input ends it with one sentence and exit code 1 before anything is run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { optionsOf, type Options } from './router/args.ts';
import { EFFORT_MODELS, effortRows, isEffortFile } from './router/efforts.ts';
import { toJson } from './router/json.ts';
import { BadInput, Pool } from './router/pool.ts';
import { summarise, type DatasetRun } from './router/report.ts';
import type { Source } from './router/source.ts';
import { plots } from './router/svg.ts';
import type { Description } from './router/worker.ts';

/** Tuning folds on which cold LinUCB's grid is judged. */
const GRID_SEEDS = [1, 2, 3, 4, 5];
/** Relative durations of the kinds of job; a seed is 1. */
const WEIGHTS = { grid: 0.6, seed: 1, scenarios: 0.25, ablation: 0.25, efforts: 0.25 };

async function main(): Promise<void> {
  const started = Date.now();
  const options = optionsOf(process.argv.slice(2), join(import.meta.dirname, '..', '..'));
  if (!options.ok) throw new BadInput(options.error);
  claim(options.value.json);
  const pool = new Pool(say);
  try {
    write(await all(pool, options.value), options.value.json);
  } finally {
    await pool.close();
  }
  const { user, system } = process.cpuUsage();
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`Took ${seconds} s, ${((user + system) / 1e6).toFixed(0)} s of processor time.`);
}

/** Checks the output before minutes are spent on the run. */
function claim(json: string): void {
  try {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, '[]\n');
  } catch (error) {
    throw new BadInput(
      `${json} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** Reads all files before any run, so a bad one is reported at once. */
async function all(pool: Pool, options: Options): Promise<DatasetRun[]> {
  const described = await Promise.all(
    options.sources.map(async (source) => ({
      source,
      description: await pool.run({ kind: 'describe', source }, 'describe', 0),
    })),
  );
  return Promise.all(
    described.map(({ source, description }) => runDataset(pool, source, description, options)),
  );
}

async function runDataset(
  pool: Pool,
  source: Source,
  description: Description,
  { seeds, fractions, policies, quick }: Options,
): Promise<DatasetRun> {
  const size = description.rows * description.models.length;
  const weight = (kind: keyof typeof WEIGHTS): number => WEIGHTS[kind] * size;
  const wantsGrid = policies.length === 0 || policies.includes('linucb');
  const efforts = await runEffortArms(pool, source, { seeds, policies }, weight('efforts'));
  const extra = quick || source.deploy !== undefined ? [] : seeds;
  pool.expect(
    (wantsGrid ? weight('grid') : 0) +
      seeds.length * weight('seed') +
      extra.length * (weight('scenarios') + weight('ablation')),
  );
  const grid = wantsGrid
    ? await pool.run({ kind: 'grid', source, seeds: GRID_SEEDS }, 'grid', weight('grid'))
    : [];
  const tuned = grid.reduce((best, entry) => (entry.score > best.score ? entry : best), {
    alpha: 1,
    lambda: 1,
    score: 0,
  });
  const [results, scenarios, ablation] = await Promise.all([
    Promise.all(
      seeds.map((seed) =>
        pool.run({ kind: 'seed', source, seed, fractions, policies, tuned }, 'seed', weight('seed')),
      ),
    ),
    Promise.all(
      extra.map((seed) => pool.run({ kind: 'scenarios', source, seed }, 'scenarios', weight('scenarios'))),
    ),
    Promise.all(
      extra.map((seed) => pool.run({ kind: 'ablation', source, seed }, 'ablation', weight('ablation'))),
    ),
  ]);
  return { description, grid, tuned, results, scenarios, ablation, efforts };
}

/** Where the file has models at several efforts; their pool differs from the curves'. */
async function runEffortArms(
  pool: Pool,
  source: Source,
  { seeds, policies }: Pick<Options, 'seeds' | 'policies'>,
  weight: number,
): Promise<DatasetRun['efforts']> {
  const wanted = policies.length === 0 || policies.includes('pilot');
  if (!wanted || !isEffortFile(source.outcomes) || source.deploy !== undefined || source.models !== undefined)
    return undefined;
  const from = { ...source, models: EFFORT_MODELS };
  pool.expect(seeds.length * weight);
  const runs = await Promise.all(
    seeds.map((seed) => pool.run({ kind: 'efforts', source: from, seed }, 'efforts', weight)),
  );
  return { rows: effortRows(runs.map(({ points }) => points)), facts: runs[0]?.facts ?? '' };
}

function write(runs: readonly DatasetRun[], json: string): void {
  const base = json.replace(/\.json$/, '');
  writeFileSync(json, `${JSON.stringify(toJson(runs), null, 1)}\n`);
  const report = summarise(runs);
  writeFileSync(`${base}.md`, report);
  for (const [name, svg] of plots(runs)) writeFileSync(`${base}-${name}.svg`, svg);
  console.log(report);
  console.log(`JSON: ${json}`);
}

function say(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r${text}   ` : `${text}\n`);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error instanceof BadInput ? error.message : error);
});
