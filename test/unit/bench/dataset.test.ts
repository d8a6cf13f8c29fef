import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSpace, type Space } from '../../../src/core/learning/space.ts';
import { datasetOf, leftOutSources, qualityOf, trialOf } from '../../bench/router/dataset.ts';
import { nearestNeighbours } from '../../bench/router/neighbours.ts';
import { synthetic } from '../../bench/router/synthetic.ts';

const shipped = ((): Space => {
  const decoded = decodeSpace(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../media/space.json'), 'utf8')),
  );
  assert.ok(decoded.ok);
  return decoded.value;
})();

describe('leave-source-out', () => {
  const MODEL = 'claude-opus-4-5-20251101';
  const FILES = [
    ['openhands_index', 'OpenHands Index, resolved'],
    ['openhands_index', 'SWE-bench Verified'],
    ['livecodebench_gen', 'LiveCodeBench, pass@1'],
    ['bfcl_v1_202408', 'Berkeley Function-Calling Leaderboard'],
    ['routerbench0_subset', 'RouterBench, mean'],
    ['cascade9', 'MMLU (5-shot)'],
  ] as const;
  /** The shipped space, with one model rated by this source alone, far from its arena's rating. */
  const ratedBy = (name: string): Space => {
    const { models } = shipped;
    const source = models.sources.length;
    return {
      ...shipped,
      models: {
        ...models,
        sources: [...models.sources, { name, date: '2026-01' }],
        models: models.models
          .filter((model) => model.name !== MODEL)
          .concat({ name: MODEL, rating: 900, source, direction: undefined }),
      },
    };
  };
  const ratingIn = (dataset: string, space: Space): number => {
    const matrix = { ...synthetic(), dataset, models: [MODEL, 'gpt-4o', 'gpt-4', 'gpt-3.5-turbo'] };
    return datasetOf(matrix, space).priors[0]!.origin.rating;
  };

  for (const [file, source] of FILES) {
    it(`${file} is not routed by ${source}, and another file is`, () => {
      const space = ratedBy(source);
      assert.notEqual(ratingIn(file, space), 900);
      const [other] = FILES.find(([, each]) => leftOutSources([file], ratedBy(each).models).length === 0)!;
      assert.equal(ratingIn(other, space), 900);
    });
  }

  it('counts the learning file and the deployment file, and copies with other names', () => {
    const { models } = ratedBy('SWE-bench Verified');
    assert.deepEqual(leftOutSources(['cascade9', 'openhands_index'], models), ['SWE-bench Verified']);
    assert.deepEqual(leftOutSources(['openhands_index_heldout'], models), ['SWE-bench Verified']);
  });

  it('leaves the arenas of what ships alone', () => {
    for (const [file] of FILES) assert.deepEqual(leftOutSources([file], shipped.models), []);
  });
});

describe('a seed’s folds', () => {
  it('are 20, 50 and 30 % of the prompts, apart from each other, and others for another seed', () => {
    const data = datasetOf(synthetic(), shipped);
    const { tuning, learning, deployment } = trialOf(data, 1, 'deployment');
    assert.deepEqual([tuning.length, learning.length, deployment.length], [132, 330, 198]);
    assert.equal(new Set([...tuning, ...learning, ...deployment]).size, 660);
    assert.notDeepEqual(trialOf(data, 2, 'deployment').deployment, deployment);
    assert.deepEqual(trialOf(data, 1, 'tuning').deployment, tuning);
  });
});

describe('text kNN', () => {
  it('equals its definition', () => {
    const data = datasetOf(synthetic(), shipped);
    const trial = trialOf(data, 1, 'deployment');
    const { learning, deployment } = trial;
    const seen = new Map<number, number>();
    for (const row of learning) {
      for (const bucket of data.features[row]!.grams.buckets) seen.set(bucket, (seen.get(bucket) ?? 0) + 1);
    }
    const vectorOf = (row: number): Map<number, number> => {
      const { buckets, weights } = data.features[row]!.grams;
      const idf = (bucket: number): number =>
        seen.has(bucket) ? Math.log(learning.length / seen.get(bucket)!) : 0;
      return new Map([...buckets].map((bucket, i) => [bucket, weights[i]! * idf(bucket)]));
    };
    const vectors = learning.map(vectorOf);
    const estimates = nearestNeighbours(trial);
    for (const row of deployment.slice(0, 20)) {
      const own = vectorOf(row);
      const similarity = vectors.map((vector) => {
        let [sum, squares] = [0, 0];
        for (const [bucket, weight] of own) sum += weight * (vector.get(bucket) ?? 0);
        for (const weight of vector.values()) squares += weight * weight;
        return sum / (Math.sqrt(squares) || 1);
      });
      const near = similarity
        .map((_, at) => at)
        .sort((a, b) => similarity[b]! - similarity[a]!)
        .slice(0, 40);
      data.models.forEach((_, arm) => {
        const sum = near.reduce((total, at) => total + data.rows[learning[at]!]!.quality[arm]!, 0);
        const expected = (sum + 5 * qualityOf(data, learning, arm)) / 45;
        assert.ok(Math.abs(estimates(row)[arm]! - expected) < 1e-9);
      });
    }
  });
});
