import assert from 'node:assert/strict';
import { rewardOf } from '../../../../src/core/learning/reward.ts';

describe('rewardOf', () => {
  it('takes thumbs and acceptance for whole observations', () => {
    for (const kind of ['thumb-up', 'accepted', 'typed-through'] as const) {
      assert.deepEqual(rewardOf(kind), { reward: 1, weight: 1 });
    }
    for (const kind of ['thumb-down', 'rejected', 'undone'] as const) {
      assert.deepEqual(rewardOf(kind), { reward: 0, weight: 1 });
    }
  });

  it('takes what was not seen, or taken back, for no observation', () => {
    for (const kind of ['cleared', 'unseen', 'superseded'] as const) {
      assert.equal(rewardOf(kind).reward, undefined);
    }
  });

  it('counts weak signals for less', () => {
    for (const kind of ['copied', 'inserted', 'applied', 'retried', 'escalated', 'diverged'] as const) {
      assert.ok(rewardOf(kind).weight < 1, kind);
    }
  });

  it('takes the accepted or surviving share, whatever it is told', () => {
    assert.equal(rewardOf('partial', 0.4).reward, 0.4);
    assert.equal(rewardOf('survived', 0.7).reward, 0.7);
    assert.equal(rewardOf('partial', 7).reward, 1);
    assert.equal(rewardOf('partial', NaN).reward, 0);
  });
});
