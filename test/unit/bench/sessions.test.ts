import assert from 'node:assert/strict';
import { optionsOf } from '../../bench/sessions/args.ts';
import { atQuality, rowOf, type Months } from '../../bench/sessions/compare.ts';
import { Caches } from '../../bench/sessions/doubles.ts';
import { armsOf, PROVIDERS } from '../../bench/sessions/providers.ts';
import { barsOf } from '../../bench/sessions/report.ts';
import { callsFor, expectedQuality, sessionsOf } from '../../bench/sessions/sessions.ts';
import { seeded } from '../../fakes/random.ts';

const monthOf = (costUsd: number, quality: number): Months =>
  [-1, 1].map((side) => ({
    ...{ costUsd: costUsd + side, quality, cacheShare: 0.5, refused: 0, switches: 0, calls: 10 },
  }));

describe('the benchmark of sessions', () => {
  const policy = { name: 'rival', cached: true, follows: 'own' as const };
  /** Quality grows with what may be spent, to .9 at most. */
  const simulate = (_: unknown, limitUsd: number) =>
    Promise.resolve(monthOf(Math.min(limitUsd, 40), Math.min(0.9, 0.5 + limitUsd / 100)));

  it('reads a rival’s cost at the quality asked for, from both sides', async () => {
    for (const from of [5, 20, 39]) {
      const row = await atQuality(policy, 0.7, from, simulate);
      assert.ok(Math.abs(row.quality - 0.7) < 1e-9 && Math.abs(row.costUsd - 20) < 1e-6, String(from));
      assert.ok(row.reached && row.costs.length === 2);
    }
  });

  it('leaves a rival at its best where no limit brings it there', async () => {
    const row = await atQuality(policy, 0.95, 10, simulate);
    assert.ok(!row.reached && row.quality === 0.9 && row.costUsd === 40);
  });

  it('reaches a bar at equal or better quality only', () => {
    const rows = (pilotQuality: number) => [
      rowOf('pilot', monthOf(10, pilotQuality), []),
      rowOf('always-sticky', monthOf(10, 0.8), []),
      rowOf('never-sticky', monthOf(15, 0.8), []),
      rowOf('no-cache', monthOf(24, 0.8), []),
    ];
    assert.deepEqual(
      barsOf(rows(0.8)).map(({ reached }) => reached),
      [false, true, true],
    );
    assert.ok(barsOf(rows(0.79)).every(({ reached }) => !reached));
  });

  it('has caches that live, forget, and bill as their provider does', () => {
    const caches = new Caches(true);
    const [arm] = armsOf(true);
    assert.ok(arm);
    const call = (at: number, inputTokens: number) =>
      caches.usage(arm, { session: 1, at, inputTokens, outputTokens: 5, luck: 0.5 });
    assert.deepEqual([call(0, 10_000).cacheWrite, call(60_000, 12_000).cachedInput], [10_000, 10_000]);
    assert.equal(call(60_000 + 301_000, 13_000).cachedInput, 0);
    const none = new Caches(false);
    const served = { session: 1, at: 0, inputTokens: 9_000, outputTokens: 5, luck: 0 };
    none.usage(arm, served);
    assert.deepEqual(none.usage({ id: arm.id, model: arm.model }, served).input, 9_000);
    assert.ok(armsOf(false).every(({ price, promptCache }) => !promptCache && !price?.cachedInputUsdPerMTok));
  });

  it('derives the calls of a run from what it cost, and gives sessions that grow', () => {
    const [opus, , flash] = PROVIDERS;
    assert.ok(opus && flash);
    assert.ok(callsFor(opus, 0.2) < callsFor(opus, 1) && callsFor(opus, 1) < callsFor(flash, 1));
    const rows = Array.from({ length: 20 }, (_, i) => ({
      id: `oh.swe-bench.some__repo-${i}`,
      task: 't',
      prompt: `Problem ${i}`,
      quality: Float64Array.of(1, i % 2, 0, 1, 0),
      cost: Float64Array.of(0.7, 0.5, 0.3, 0.2, 0.1),
    }));
    assert.ok(Math.abs((expectedQuality(rows)[3]?.[1] ?? 0) - 0.5) < 1e-9);
    const month = { runs: 3, conversations: 5, start: 0, days: 30 };
    const sessions = sessionsOf(rows, month, seeded(1));
    assert.equal(sessions.length, 8);
    for (const { turns } of sessions) {
      for (const [i, turn] of turns.entries()) {
        const before = turns[i - 1];
        assert.ok(!before || (turn.at > before.at && turn.inputTokens >= before.inputTokens));
      }
    }
    assert.deepEqual(sessionsOf(rows, month, seeded(1)), sessions);
  });

  it('says in one sentence what its command line lacks', () => {
    const said = (...args: string[]): string => {
      const options = optionsOf(args, '/nowhere');
      return options.ok ? '' : options.error;
    };
    assert.match(said(), /^This benchmark needs .*openhands_index\.jsonl\.gz is not there/);
    assert.match(said('--outcomes', import.meta.filename, '--seeds', '0'), /^--seeds takes/);
    assert.match(said('--outcomes', import.meta.filename, '--limit', 'x'), /^--limit takes/);
    assert.equal(said('--outcomes', import.meta.filename), '');
  });
});
