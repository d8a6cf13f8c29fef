import assert from 'node:assert/strict';
import { join } from 'node:path';
import { datasetJson } from '../../bench/router/json.ts';
import { summarise } from '../../bench/router/report.ts';
import { answer, type Source } from '../../bench/router/worker.ts';

const source: Source = {
  outcomes: 'synthetic',
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

  it('runs every policy', () => {
    assert.ok(description.kind === 'describe', JSON.stringify(description));
    assert.ok(seed.kind === 'seed', JSON.stringify(seed));
    const names = Object.keys(seed.value.curves);
    for (const name of [
      'random',
      'static-mix',
      'epoch-greedy',
      'epsilon-greedy',
      'linucb',
      'pilot-paper',
      'pilot',
      'knn',
      'full-info',
      'hindsight',
      `all:${description.value.models[0]!}`,
    ]) {
      assert.ok(names.includes(name), name);
    }
  });

  it('never spends more than the budget', () => {
    assert.ok(seed.kind === 'seed' && description.kind === 'describe');
    for (const [policy, points] of Object.entries(seed.value.curves)) {
      for (const { spend, budget } of points)
        assert.ok(spend <= budget + 1e-12, `${policy}: ${spend} of ${budget}`);
    }
    const json = datasetJson({
      description: description.value,
      grid: [],
      tuned: { alpha: 1, lambda: 1 },
      results: [seed.value, seed.value],
      scenarios: [],
      ablation: [],
    });
    for (const { points } of json.curves) {
      for (const { worstSpend, budget } of points) assert.ok(worstSpend <= budget + 1e-12);
    }
  });

  it('has nothing above hindsight and nothing without budget above the oracle', () => {
    assert.ok(seed.kind === 'seed');
    const { curves, oracle } = seed.value;
    curves['hindsight']!.forEach(({ quality }, i) => {
      assert.ok(quality <= oracle.quality + 1e-9);
      for (const [policy, points] of Object.entries(curves)) {
        // Hindsight is a Lagrangian bound's solution: a hair may be left on the table.
        assert.ok(points[i] === undefined || points[i].quality <= quality + 0.02, policy);
      }
    });
  });

  it('gives the same for the same seed', () => {
    const again = answer({
      kind: 'seed',
      source,
      seed: 1,
      fractions: [0.25],
      policies: ['pilot'],
      tuned: { alpha: 1, lambda: 1 },
    });
    assert.ok(again.kind === 'seed' && seed.kind === 'seed');
    assert.deepEqual(again.value.curves['pilot']![0], seed.value.curves['pilot']![1]);
  });

  it('reports in Markdown', () => {
    assert.ok(seed.kind === 'seed' && description.kind === 'describe');
    const report = summarise([
      {
        description: description.value,
        grid: [],
        tuned: { alpha: 1, lambda: 1 },
        results: [seed.value],
        scenarios: [],
        ablation: [],
      },
    ]);
    assert.match(report, /\| \*\*pilot\*\* \|/);
    assert.match(report, /simulated/);
  });

  it('says what went wrong', () => {
    const failed = answer({ kind: 'describe', source: { ...source, space: 'no-such-file' } });
    assert.ok(failed.kind === 'failed' && failed.reason.includes('no-such-file'));
  });
});
