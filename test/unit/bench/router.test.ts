import assert from 'node:assert/strict';
import { join } from 'node:path';
import { barsOf } from '../../bench/router/bars.ts';
import { datasetJson } from '../../bench/router/json.ts';
import { summarise, type DatasetRun } from '../../bench/router/report.ts';
import type { Trial } from '../../bench/router/dataset.ts';
import { shiftedOrder } from '../../bench/router/scenarios.ts';
import { POLICIES } from '../../bench/router/seed.ts';
import { SYNTHETIC, type Source } from '../../bench/router/source.ts';
import { plots } from '../../bench/router/svg.ts';
import { answer } from '../../bench/router/worker.ts';

const source: Source = {
  outcomes: SYNTHETIC,
  deploy: undefined,
  models: undefined,
  space: join(import.meta.dirname, '../../../media/space.json'),
  evaluationSpace: '',
  evaluateOn: 'deployment',
};

describe('router benchmark on its own synthetic matrix', () => {
  const description = answer({ kind: 'describe', source });
  const seed = answer({
    kind: 'seed',
    source,
    seed: 1,
    fractions: [0.1, 0.25, 1],
    policies: [],
    tuned: { alpha: 1, lambda: 1 },
  });
  const runOf = (): DatasetRun => {
    assert.ok(seed.kind === 'seed' && description.kind === 'describe');
    return {
      description: description.value,
      grid: [],
      tuned: { alpha: 1, lambda: 1 },
      results: [seed.value, seed.value],
      scenarios: [],
      ablation: [],
    };
  };

  it('runs every policy that can be asked for', () => {
    assert.ok(description.kind === 'describe', JSON.stringify(description));
    assert.ok(seed.kind === 'seed', JSON.stringify(seed));
    const names = Object.keys(seed.value.curves);
    for (const name of POLICIES) {
      // The evaluation artifact is not in the repository.
      if (name === 'pilot-evaluation') continue;
      assert.ok(
        names.some((each) => each === name || each.startsWith(`${name}:`)),
        name,
      );
    }
    for (const model of description.value.models) assert.ok(names.includes(`all:${model}`));
  });

  it('has the JSON that others read', () => {
    const { dataset, models, bestFixed, curves, learning, regret } = datasetJson(runOf());
    assert.match(dataset, /synthetic/);
    assert.ok(models.includes(bestFixed.model));
    assert.ok(bestFixed.quality > 0 && bestFixed.cost > 0);
    for (const { policy, points } of curves) {
      if (policy === 'pilot-reversed') continue;
      assert.deepEqual(
        points.map(({ fraction }) => fraction),
        [0.1, 0.25, 1],
        policy,
      );
      for (const point of points) {
        for (const value of [point.budget, point.spend, point.worstSpend, point.quality, point.qualityStd])
          assert.ok(Number.isFinite(value) && value >= 0, policy);
        assert.ok(Math.abs(point.budget - point.fraction * bestFixed.cost) < 1e-6);
      }
    }
    const pilot = learning.find(({ policy }) => policy === 'pilot')!;
    // 330 prompts for learning: no point at 1,000.
    assert.deepEqual(
      pilot.points.map(({ feedbacks }) => feedbacks),
      [0, 10, 30, 100, 300],
    );
    assert.equal(regret.find(({ policy }) => policy === 'pilot')!.points.at(-1)!.prompts, 330);
  });

  it('never spends more than the budget', () => {
    assert.ok(seed.kind === 'seed');
    for (const [policy, points] of Object.entries(seed.value.curves)) {
      for (const { spend, budget } of points)
        assert.ok(spend <= budget + 1e-12, `${policy}: ${spend} of ${budget}`);
    }
    for (const { points } of datasetJson(runOf()).curves) {
      for (const { worstSpend, budget } of points) assert.ok(worstSpend <= budget + 1e-12);
    }
  });

  it('has nothing above hindsight and nothing without budget above the oracle', () => {
    assert.ok(seed.kind === 'seed');
    const { curves, oracle } = seed.value;
    curves['hindsight']!.forEach(({ quality }, i) => {
      assert.ok(quality <= oracle.quality + 1e-9);
      for (const [policy, points] of Object.entries(curves)) {
        // Hindsight is the solution of a Lagrangian bound: a small amount may remain unspent.
        assert.ok(points[i] === undefined || points[i].quality <= quality + 0.02, policy);
      }
    });
    assert.equal(curves['oracle']!.at(-1)!.quality, oracle.quality);
  });

  it('gives the same for the same seed', () => {
    const again = answer({
      kind: 'seed',
      source,
      seed: 1,
      fractions: [0.25],
      policies: ['pilot', 'linucb'],
      tuned: { alpha: 1, lambda: 1 },
    });
    assert.ok(again.kind === 'seed' && seed.kind === 'seed');
    for (const policy of ['pilot', 'linucb'])
      assert.deepEqual(again.value.curves[policy]![0], seed.value.curves[policy]![1], policy);
  }).timeout(60_000);

  it('learns at a quarter of the cost even where that fraction is not asked for', () => {
    const other = answer({
      kind: 'seed',
      source,
      seed: 1,
      fractions: [0.5],
      policies: ['pilot'],
      tuned: { alpha: 1, lambda: 1 },
    });
    assert.ok(other.kind === 'seed' && seed.kind === 'seed');
    assert.deepEqual(
      other.value.curves['pilot']!.map(({ fraction }) => fraction),
      [0.5],
    );
    assert.deepEqual(other.value.learning['pilot'], seed.value.learning['pilot']);
    assert.deepEqual(other.value.regret['pilot'], seed.value.regret['pilot']);
  });

  it('reports in Markdown, with what is held and what is not', () => {
    const report = summarise([runOf()]);
    assert.match(report, /\| \*\*pilot\*\* \|/);
    assert.match(report, /simulated/);
    assert.match(report, /## Held to: \d+ of \d+ reached/);
    assert.match(report, /nowhere more than one standard error below the static mix/);
  });

  it('disturbs the learning in every way that is asked for, with mean and spread', () => {
    const scenarios = answer({ kind: 'scenarios', source, seed: 1 });
    const ablation = answer({ kind: 'ablation', source, seed: 1 });
    assert.ok(scenarios.kind === 'scenarios', JSON.stringify(scenarios));
    assert.ok(ablation.kind === 'ablation', JSON.stringify(ablation));
    const other = { ...scenarios.value, quality: { ...scenarios.value.quality, plain: 0.5 } };
    const run = { ...runOf(), scenarios: [scenarios.value, other], ablation: [ablation.value] };
    const json = datasetJson(run);
    for (const name of ['noise 5 %', 'noise 20 %', 'delayed by 50', 'sparse, 10 %', 'task shift halfway'])
      assert.ok(json.scenarios[name]!.quality > 0.5, name);
    assert.ok(json.scenarios['plain']!.qualityStd > 0);
    for (const change of [
      /^quality of the favourite drops/,
      /^price of the favourite rises/,
      /^a better model/,
    ])
      assert.ok(
        Object.keys(json.reactions).some((name) => change.test(name)),
        String(change),
      );
    for (const projection of [/^with the learnt projection: pilot$/, /no projection: pilot$/])
      assert.ok(
        Object.keys(json.ablation).some((name) => projection.test(name)),
        String(projection),
      );
    const report = summarise([run]);
    assert.match(report, /\| noise 20 % \| \d\.\d{3} ± \d\.\d{3} \|/);
    assert.match(report, /\| structure, no projection: pilot \| \d\.\d{3} ± 0\.000 \|/);
  }).timeout(60_000);

  it('shifts the tasks halfway: the second half has prompts of other tasks', () => {
    const row = (task: string) => ({ task });
    const tasks = ['a', 'b', 'a', 'c', 'b', 'b', 'a', 'b', 'b', 'c'];
    const trial = { data: { rows: tasks.map(row) }, learning: tasks.map((_, i) => i) };
    const order = shiftedOrder(trial as unknown as Trial);
    // Two of c and three of a, then five of b, each half in the original order.
    assert.deepEqual(order.map((at) => tasks[at]).join(''), 'aacacbbbbb');
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      trial.learning,
    );
  });

  it('draws axes whose marks are the budgets and feedbacks that were measured', () => {
    const [curve, learning] = plots([runOf()]).map(([, svg]) => svg);
    for (const mark of ['0.1', '0.25', '1']) assert.ok(curve!.includes(`>${mark}</text>`), mark);
    for (const mark of ['0', '10', '300']) assert.ok(learning!.includes(`>${mark}</text>`), mark);
    assert.doesNotMatch(`${curve!}${learning!}`, /NaN|Infinity/);
  });

  it('says that the evaluation artefact was not measured, and why', () => {
    assert.match(summarise([runOf()]), /The evaluation artefact was not measured: it is not there/);
    const stale = answer({
      kind: 'describe',
      source: { ...source, evaluationSpace: join(import.meta.dirname, '../../../package.json') },
    });
    assert.ok(stale.kind === 'describe');
    assert.match(stale.value.evaluationMissing ?? '', /not-a-space/);
  });

  it('has a bar for nothing that was not measured', () => {
    assert.ok(seed.kind === 'seed');
    const bare = { ...seed.value, learning: {}, regret: {}, paired: [], againstCold: {} };
    assert.deepEqual(barsOf([datasetJson({ ...runOf(), results: [bare] })]), []);
  });

  it('says what went wrong in one sentence', () => {
    const failed = answer({ kind: 'describe', source: { ...source, space: 'no-such-file' } });
    assert.ok(failed.kind === 'failed' && failed.expected);
    assert.match(failed.reason, /^no-such-file [^\n]+\.$/);
  });
});
