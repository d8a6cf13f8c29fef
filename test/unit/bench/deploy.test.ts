import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { optionsOf } from '../../bench/router/args.ts';
import type { DatasetJson } from '../../bench/router/json.ts';
import { SYNTHETIC, type Source } from '../../bench/router/source.ts';
import { answer, type Description } from '../../bench/router/worker.ts';

const root = join(import.meta.dirname, '../../..');
let folder = '';
before(() => (folder = mkdtempSync(join(tmpdir(), 'bench-'))));
after(() => rmSync(folder, { recursive: true }));

/** A model's price and its share of correct answers; null quality where `holes`. */
interface Simulated {
  readonly name: string;
  readonly right: number;
  readonly usd: number;
  readonly holes?: boolean;
}
const CHEAP: Simulated = { name: 'simulated-cheap-7b', right: 0.5, usd: 0.001 };
const DEAR: Simulated = { name: 'simulated-dear-400b', right: 1, usd: 0.01 };
const OTHER: Simulated = { name: 'simulated-other-70b', right: 0.7, usd: 0.004 };

/** Each in its own folder, since a worker reads a file once. */
let written = 0;
function matrix(name: string, models: readonly Simulated[], rows: number): string {
  const lines = Array.from({ length: rows }, (_, n) =>
    JSON.stringify({
      id: `${name}.${n}`,
      task: n % 2 === 0 ? 'fix' : 'explain',
      prompt: `${n % 2 === 0 ? 'Fix' : 'Explain'} the function f${n}`,
      q: models.map(({ right, holes }) => (holes === true ? null : n % 10 < right * 10 ? 1 : 0)),
      c: models.map(({ usd }) => usd * (1 + (n % 3) / 10)),
    }),
  );
  const outcomes = join(folder, String(++written));
  mkdirSync(outcomes);
  const path = join(outcomes, `${name}.jsonl.gz`);
  writeFileSync(path, gzipSync(lines.join('\n')));
  writeFileSync(
    join(outcomes, `${name}.meta.json`),
    JSON.stringify({ models: models.map((model) => model.name) }),
  );
  return path;
}

const sourceOf = (outcomes: string, deploy: string | undefined, models?: readonly string[]): Source => ({
  outcomes,
  deploy,
  models,
  space: join(root, 'media/space.json'),
  evaluationSpace: '',
  evaluateOn: 'deployment',
});
function described(source: Source): Description {
  const result = answer({ kind: 'describe', source });
  assert.ok(result.kind === 'describe', JSON.stringify(result));
  return result.value;
}
function refusal(source: Source): string {
  const result = answer({ kind: 'describe', source });
  assert.ok(result.kind === 'failed' && result.expected, JSON.stringify(result));
  assert.match(result.reason, /^[^\n]+\.$/);
  return result.reason;
}

describe('--deploy', () => {
  it('learns on all of the one file and deploys on all of the other, within a budget of the other’s cost', () => {
    const from = matrix('learnt', [CHEAP, DEAR], 60);
    const to = matrix('there', [DEAR, CHEAP], 20);
    const result = answer({
      kind: 'seed',
      source: sourceOf(from, to),
      seed: 3,
      fractions: [0.25, 1],
      policies: ['pilot', `all:${DEAR.name}`, 'hindsight'],
      tuned: { alpha: 1, lambda: 1 },
    });
    assert.ok(result.kind === 'seed', JSON.stringify(result));
    const { best, curves, learning } = result.value;
    // 20 rows at 0.01, 0.011, 0.012 in turn: the deployment file's cost, not that of the other's 60 rows.
    const cost = Array.from({ length: 20 }, (_, n) => DEAR.usd * (1 + (n % 3) / 10)).reduce((a, b) => a + b);
    assert.ok(Math.abs(best.cost - cost) < 1e-9, `${best.cost}`);
    assert.equal(best.quality, 1);
    for (const [policy, points] of Object.entries(curves)) {
      for (const { fraction, budget, spend } of points) {
        assert.ok(Math.abs(budget - fraction * cost) < 1e-6, policy);
        assert.ok(spend <= budget + 1e-12, policy);
      }
    }
    // All 60 rows are for learning: 30 feedbacks are reached, 100 are not.
    assert.deepEqual(
      learning['pilot']!.map(({ n }) => n),
      [0, 10, 30],
    );
  });

  it('uses the models that both files have, whatever their order, and lists the others', () => {
    const from = matrix('learnt', [CHEAP, { ...OTHER, holes: false }, DEAR], 30);
    const to = matrix('there', [DEAR, CHEAP], 20);
    const { models, leftOut, rows, dataset, deployedOn } = described(sourceOf(from, to));
    assert.deepEqual(models, [CHEAP.name, DEAR.name]);
    assert.deepEqual(leftOut, [{ model: OTHER.name, why: 'not in both files' }]);
    assert.equal(rows, 50);
    assert.deepEqual([dataset, deployedOn], ['learnt', 'there']);
  });

  it('drops no row for a null of a model that only one file has', () => {
    const lines = ['one', 'two'].map((id) => ({ id, task: 't', prompt: id, q: [1, 0, null], c: [1, 1, 1] }));
    const whole = { id: 'three', task: 't', prompt: 'three', q: [1, 0, 1], c: [1, 1, 1] };
    const path = join(folder, 'holes.jsonl.gz');
    writeFileSync(path, gzipSync([...lines, whole].map((line) => JSON.stringify(line)).join('\n')));
    const models = [CHEAP.name, DEAR.name, OTHER.name];
    writeFileSync(join(folder, 'holes.meta.json'), JSON.stringify({ models }));
    const { droppedThere, rows } = described(sourceOf(matrix('learnt', [CHEAP, DEAR], 30), path));
    assert.equal(droppedThere!['null-quality'], 0);
    assert.equal(rows, 33);
  });

  it('says when the files have no model in common, or lack one that was named', () => {
    const from = matrix('learnt', [CHEAP, DEAR], 30);
    const to = matrix('there', [OTHER], 20);
    assert.match(refusal(sourceOf(from, to)), /no model in common: simulated-cheap-7b/);
    assert.match(refusal(sourceOf(from, to, [CHEAP.name])), /there\.jsonl\.gz .*not in the file/);
    assert.match(refusal(sourceOf(matrix('few', [CHEAP], 5), undefined)), /5 rows/);
  });

  it('tunes cold LinUCB on the learning file, and on nothing of the other', () => {
    const from = matrix('learnt', [CHEAP, DEAR], 60);
    const gridOf = (deploy: string): unknown => {
      const result = answer({ kind: 'grid', source: sourceOf(from, deploy), seeds: [1] });
      assert.ok(result.kind === 'grid', JSON.stringify(result));
      return result.value;
    };
    const reversed = [
      { ...CHEAP, right: 1 },
      { ...DEAR, right: 0 },
    ];
    assert.deepEqual(gridOf(matrix('there', [CHEAP, DEAR], 40)), gridOf(matrix('upside', reversed, 30)));
  });
});

describe('the benchmark’s arguments', () => {
  const told = (...args: string[]): string => {
    const options = optionsOf(args, root);
    assert.ok(!options.ok, args.join(' '));
    assert.match(options.error, /^[^\n]+$/);
    return options.error;
  };

  it('are refused in one sentence each', () => {
    assert.match(told('--seeds', '0'), /--seeds/);
    assert.match(told('--seeds', 'ten'), /ten/);
    assert.match(told('--budget-fractions', '0.1,-1'), /--budget-fractions/);
    assert.match(told('--budget-fractions', ''), /--budget-fractions/);
    assert.match(told('--policies', 'pilot,clairvoyant'), /not clairvoyant/);
    assert.match(told('--deploy', 'b.jsonl.gz'), /exactly one --outcomes/);
    assert.match(told('--outcomes', 'a', '--outcomes', 'c', '--deploy', 'b'), /exactly one --outcomes/);
    assert.match(told('--evaluate-on', 'everything'), /--evaluate-on/);
    assert.match(told('--outcome', 'a'), /--outcome/);
  });

  it('have the defaults that are documented', () => {
    const options = optionsOf([], join(folder, 'nowhere'));
    assert.ok(options.ok);
    assert.deepEqual(options.value.fractions, [0.05, 0.1, 0.25, 0.5, 1]);
    assert.equal(options.value.seeds.length, 10);
    assert.deepEqual(
      options.value.sources.map(({ outcomes }) => outcomes),
      [SYNTHETIC],
    );
    assert.deepEqual(options.value.policies, []);
  });

  it('take the benchmark’s files where they are', () => {
    const outcomes = join(folder, 'shared', 'data', 'outcomes');
    mkdirSync(outcomes, { recursive: true });
    for (const name of ['cascade9', 'llmrouter9']) writeFileSync(join(outcomes, `${name}.jsonl.gz`), '');
    const options = optionsOf([], join(folder, 'project'));
    assert.ok(options.ok);
    // llmrouter9 is training data, so it cannot measure.
    assert.deepEqual(
      options.value.sources.map(({ outcomes: path }) => path),
      [join(outcomes, 'cascade9.jsonl.gz')],
    );
  });
});

describe('npm run bench', () => {
  const bench = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        [join(root, 'test/bench/router.ts'), ...args],
        { timeout: 90_000 },
        (error, out, err) => done({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
      );
    });

  it('writes JSON, a report and plots, and leaves with 0', async () => {
    const json = join(folder, 'out', 'bench.json');
    const { code, out, err } = await bench(
      ...['--outcomes', matrix('learnt', [CHEAP, DEAR], 60), '--deploy', matrix('there', [DEAR, CHEAP], 20)],
      ...['--seeds', '1', '--budget-fractions', '0.25', '--policies', 'pilot,static-mix', '--json', json],
    );
    assert.equal(code, 0, err);
    const [dataset] = JSON.parse(readFileSync(json, 'utf8')) as DatasetJson[];
    assert.deepEqual([dataset!.dataset, dataset!.deployedOn], ['learnt', 'there']);
    assert.deepEqual(
      dataset!.curves.map(({ policy }) => policy),
      ['static-mix', 'pilot'],
    );
    assert.match(out, /deployed on there/);
    assert.match(err, /about \d+ s left/);
    assert.match(readFileSync(join(folder, 'out', 'bench-learnt-curve.svg'), 'utf8'), /^<svg/);
    assert.match(readFileSync(join(folder, 'out', 'bench.md'), 'utf8'), /Router benchmark/);
  }).timeout(100_000);

  it('tells a bad file in one sentence, and leaves with 1', async () => {
    const path = matrix('torn', [CHEAP, DEAR], 40);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 20));
    const { code, out, err } = await bench(...['--outcomes', path, '--json', join(folder, 'torn.json')]);
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(err.trim(), /^\S*torn\.jsonl\.gz is not a whole gzip file: [^\n]+\.$/);
  }).timeout(100_000);
});
