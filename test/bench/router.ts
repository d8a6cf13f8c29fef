/**
 * The router's benchmark: replays outcome matrices under bandit feedback and a hard budget.
 *
 *   npm run bench -- [--outcomes FILE.jsonl.gz]... [--deploy FILE.jsonl.gz] [--models a,b,c]
 *                    [--budget-fractions 0.05,0.1,0.25,0.5,1] [--seeds 10] [--policies pilot,linucb,...]
 *                    [--json out/bench/router.json] [--evaluate-on tuning] [--quick]
 *
 * Writes JSON, a Markdown report and SVG plots beside it. `--quick` leaves out scenarios and ablation.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { summarise, type DatasetRun } from './router/report.ts';
import { toJson } from './router/json.ts';
import { plots } from './router/svg.ts';
import type { Answer, Job, Source } from './router/worker.ts';

const root = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    outcomes: { type: 'string', multiple: true },
    deploy: { type: 'string' },
    models: { type: 'string' },
    'budget-fractions': { type: 'string', default: '0.05,0.1,0.25,0.5,1' },
    seeds: { type: 'string', default: '10' },
    policies: { type: 'string', default: '' },
    json: { type: 'string', default: join(root, 'out', 'bench', 'router.json') },
    'evaluate-on': { type: 'string', default: 'deployment' },
    space: { type: 'string', default: join(root, 'media', 'space.json') },
    quick: { type: 'boolean', default: false },
  },
});

/** The benchmark's files, where they are: those that train nothing. */
const BENCHMARKS = [
  'routerbench0_subset',
  'cascade9',
  'openhands_index',
  'livecodebench_gen',
  'bfcl_v1_202408',
];
const SCENARIO_SEEDS = 5;
const GRID_SEEDS = [1, 2];

const fractions = list(values['budget-fractions']).map(Number);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const policies = list(values.policies);
function sourcesOf(): Source[] {
  const found = join(root, '..', 'shared', 'data', 'outcomes');
  const files =
    values.outcomes ??
    (existsSync(found)
      ? readdirSync(found)
          .filter((name) => BENCHMARKS.includes(name.replace(/\.jsonl\.gz$/, '')))
          .map((name) => join(found, name))
      : ['synthetic']);
  return files.map((outcomes) => ({
    outcomes,
    deploy: values.deploy,
    models: values.models === undefined ? undefined : list(values.models),
    space: values.space,
    evaluationSpace: join(root, 'out', 'space-everything.json'),
    evaluateOn: values['evaluate-on'] === 'tuning' ? 'tuning' : 'deployment',
  }));
}

async function all(sources: readonly Source[]): Promise<DatasetRun[]> {
  const pool = new Pool();
  try {
    return await Promise.all(sources.map((source) => runDataset(pool, source)));
  } finally {
    pool.close();
  }
}

async function runDataset(pool: Pool, source: Source): Promise<DatasetRun> {
  const description = await pool.run({ kind: 'describe', source }, 'describe');
  const wantsLinucb = policies.length === 0 || policies.includes('linucb');
  const grid = wantsLinucb ? await pool.run({ kind: 'grid', source, seeds: GRID_SEEDS }, 'grid') : [];
  const tuned = grid.reduce((best, entry) => (entry.score > best.score ? entry : best), {
    alpha: 1,
    lambda: 1,
    score: 0,
  });
  const extra = values.quick || source.deploy !== undefined ? [] : seeds.slice(0, SCENARIO_SEEDS);
  const [results, scenarios, ablation] = await Promise.all([
    Promise.all(
      seeds.map((seed) => pool.run({ kind: 'seed', source, seed, fractions, policies, tuned }, 'seed')),
    ),
    Promise.all(extra.map((seed) => pool.run({ kind: 'scenarios', source, seed }, 'scenarios'))),
    Promise.all(extra.map((seed) => pool.run({ kind: 'ablation', source, seed }, 'ablation'))),
  ]);
  return { description, grid, tuned, results, scenarios, ablation };
}

type Value<Kind> = Extract<Answer, { kind: Kind }> extends { readonly value: infer T } ? T : never;

/** As many workers as cores; prints what is left after each job. */
class Pool {
  readonly #idle: Worker[] = [];
  readonly #workers: Worker[] = [];
  readonly #queue: { readonly job: Job; readonly done: (answer: Answer) => void }[] = [];
  readonly #started = Date.now();
  #finished = 0;
  #asked = 0;

  constructor() {
    for (let i = 0; i < availableParallelism(); i++) {
      const worker = new Worker(new URL('./router/worker.ts', import.meta.url));
      this.#workers.push(worker);
      this.#idle.push(worker);
    }
  }

  async run<Kind extends Job['kind']>(job: Job & { kind: Kind }, kind: Kind): Promise<Value<Kind>> {
    this.#asked++;
    const answer = await new Promise<Answer>((done) => {
      this.#queue.push({ job, done });
      this.#next();
    });
    if (answer.kind !== kind)
      throw new Error(answer.kind === 'failed' ? answer.reason : `answer ${answer.kind}`);
    return (answer as unknown as { readonly value: Value<Kind> }).value;
  }

  close(): void {
    for (const worker of this.#workers) void worker.terminate();
  }

  #next(): void {
    const [worker, task] = [this.#idle.at(-1), this.#queue[0]];
    if (worker === undefined || task === undefined) return;
    this.#idle.pop();
    this.#queue.shift();
    worker.once('message', (answer: Answer) => {
      this.#idle.push(worker);
      this.#finished++;
      this.#progress(task.job);
      task.done(answer);
      this.#next();
    });
    worker.postMessage(task.job);
  }

  #progress({ kind }: Job): void {
    const passed = (Date.now() - this.#started) / 1000;
    const left = (passed / this.#finished) * (this.#asked - this.#finished);
    const text = `${this.#finished}/${this.#asked} jobs, ${passed.toFixed(0)} s, about ${left.toFixed(0)} s left (${kind})`;
    process.stderr.write(process.stderr.isTTY ? `\r${text}   ` : `${text}\n`);
  }
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const runs = await all(sourcesOf());
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify(toJson(runs), null, 1)}\n`);
const report = summarise(runs);
writeFileSync(values.json.replace(/\.json$/, '.md'), report);
for (const [name, svg] of plots(runs)) writeFileSync(values.json.replace(/\.json$/, `-${name}.svg`), svg);
console.log(report);
console.log(`JSON: ${values.json}`);
