import assert from 'node:assert/strict';
import { barsOf } from '../../bench/router/bars.ts';
import type { DatasetJson } from '../../bench/router/json.ts';

const point = (fraction: number, quality: number): DatasetJson['curves'][number]['points'][number] => ({
  fraction,
  quality,
  budget: 1,
  spend: 1,
  worstSpend: 1,
  qualityStd: 0,
  refused: 0,
});

/** Best fixed 0.8, so the qualities below are shares of it. */
const base: DatasetJson = {
  dataset: 'routerbench0_subset',
  deployedOn: null,
  models: ['a'],
  rows: 100,
  dropped: {},
  droppedThere: null,
  leftOut: [],
  priors: [],
  bestFixed: { model: 'a', quality: 0.8, cost: 1 },
  oracle: { quality: 1, cost: 1 },
  curves: [{ policy: 'pilot', points: [point(0.1, 0.73), point(0.25, 0.75), point(0.5, 0.77)] }],
  learning: [],
  regret: [],
  paired: [],
  shares: {},
  againstCold: [],
  tunedCold: { alpha: 1, lambda: 1 },
  coldGrid: [],
  scenarios: {},
  reactions: {},
  ablation: {},
};

const verdicts = (more: Partial<DatasetJson>, what: RegExp): boolean[] =>
  barsOf([{ ...base, ...more }])
    .filter((bar) => what.test(bar.what))
    .map(({ reached }) => reached);

describe('bars', () => {
  it('judge quality by the file’s own aims', () => {
    assert.deepEqual(verdicts({}, /^quality at/), [true, true, false]);
    assert.deepEqual(verdicts({ dataset: 'bfcl_v1_202408' }, /^quality at/), [false, false, false]);
    assert.deepEqual(verdicts({ dataset: 'openhands_index' }, /^quality at/), []);
  });

  it('allow one standard error below the static mix, and where it must be above none', () => {
    const paired = [
      { fraction: 0.1, against: 'static-mix', difference: 0.02, standardError: 0.01 },
      { fraction: 0.25, against: 'static-mix', difference: -0.009, standardError: 0.01 },
    ];
    assert.deepEqual(verdicts({ paired }, /nowhere more/), [true]);
    assert.deepEqual(verdicts({ paired }, /every fraction/), [false]);
    const worse = [{ ...paired[1]!, difference: -0.011 }];
    assert.deepEqual(verdicts({ paired: worse, dataset: 'cascade9' }, /static mix/), [false]);
  });

  it('compare the start with the best of the grid at each count', () => {
    const cold = (alpha: number, qualities: readonly number[]): DatasetJson['coldGrid'][number] => ({
      alpha,
      lambda: 1,
      tuningScore: 0,
      points: qualities.map((quality, i) => ({ feedbacks: [0, 10][i]!, quality })),
    });
    const learning = [
      {
        policy: 'pilot',
        points: [
          { feedbacks: 0, quality: 0.86, qualityStd: 0 },
          { feedbacks: 10, quality: 0.88, qualityStd: 0 },
        ],
      },
    ];
    const coldGrid = [cold(1, [0.6, 0.7]), cold(2, [0.5, 0.9])];
    assert.deepEqual(verdicts({ coldGrid, learning }, /cold LinUCB of the grid/), [true, false]);
    assert.deepEqual(verdicts({ learning }, /before any feedback/), [true]);
  });

  it('take a regret ratio of one file in five as the exception', () => {
    const regret = (ships: number): DatasetJson['regret'] =>
      [
        ['pilot', ships],
        ['linucb', 100],
      ].map(([policy, value]) => ({
        policy: policy as string,
        points: [{ prompts: 1000, regret: value as number, regretStd: 0 }],
      }));
    const all = (values: readonly number[]): boolean | undefined =>
      barsOf(values.map((value) => ({ ...base, regret: regret(value) }))).find(({ what }) =>
        what.includes('all files but one'),
      )?.reached;
    assert.equal(all([70, 60, 50, 40, 99]), true);
    assert.equal(all([70, 60, 50, 71, 99]), false);
  });

  it('count a seed that never reacted as slow', () => {
    const of = (median: number | null): DatasetJson['reactions'][string] => {
      return { median, fastest: median, slowest: null, never: 1 };
    };
    const reactions = (median: number | null): DatasetJson['reactions'] => ({
      'quality of the favourite drops to 30 %: its share has halved after': of(median),
      'a better model joins: tenth use after': of(101),
    });
    assert.deepEqual(verdicts({ reactions: reactions(200) }, /halfway/), [true]);
    assert.deepEqual(verdicts({ reactions: reactions(null) }, /halfway/), [false]);
    assert.deepEqual(verdicts({ reactions: reactions(200) }, /new better/), [false]);
  });

  it('measure noise against the undisturbed run', () => {
    const noisy = (quality: number): DatasetJson['scenarios'] => ({
      plain: { quality: 0.9, qualityStd: 0.01 },
      'noise 5 %': { quality, qualityStd: 0.01 },
    });
    assert.deepEqual(verdicts({ scenarios: noisy(0.865) }, /flipped/), [true]);
    assert.deepEqual(verdicts({ scenarios: noisy(0.863) }, /flipped/), [false]);
  });
});
