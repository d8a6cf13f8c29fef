import assert from 'node:assert/strict';
import { gradedReward, rewardOf } from '../../../../src/core/learning/reward.ts';

describe('rewards', () => {
  it('take thumbs and acceptance for whole observations', () => {
    for (const kind of ['thumb-up', 'accepted', 'typed-through'] as const) {
      assert.deepEqual(rewardOf(kind), { reward: 1, weight: 1 });
    }
    for (const kind of ['thumb-down', 'rejected', 'undone'] as const) {
      assert.deepEqual(rewardOf(kind), { reward: 0, weight: 1 });
    }
  });

  it('take what was not seen, or taken back, for no observation', () => {
    for (const kind of ['cleared', 'unseen', 'superseded'] as const) {
      assert.equal(rewardOf(kind).reward, undefined);
    }
  });

  it('count weak signals for less', () => {
    for (const kind of ['copied', 'inserted', 'applied', 'retried', 'escalated', 'diverged'] as const) {
      assert.ok(rewardOf(kind).weight < 1, kind);
    }
  });

  it('follow the share that was taken, and forgive small repairs of what was kept', () => {
    assert.equal(gradedReward('partial', 0.4).reward, 0.4);
    assert.equal(gradedReward('survived', 0.9).reward, 1);
    assert.ok(Math.abs((gradedReward('survived', 0.65).reward ?? 0) - 0.5) < 1e-12);
    assert.equal(gradedReward('survived', 0.4).reward, 0);
  });

  it('stay in [0, 1], whatever the share is', () => {
    for (const kind of ['partial', 'survived'] as const) {
      for (const share of [-1, 7, NaN, Infinity]) {
        const { reward } = gradedReward(kind, share);
        assert.ok(reward !== undefined && reward >= 0 && reward <= 1);
      }
    }
  });
});
