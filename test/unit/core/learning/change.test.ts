/** A model that drops is detected; one that was rated too high, or is unlucky, is not. */
import assert from 'node:assert/strict';
import type { ArmId } from '../../../../src/core/brand.ts';
import { dropsOf, type Recent } from '../../../../src/core/learning/change.ts';
import { PILOT } from '../../../../src/core/learning/preset.ts';
import { fromPrior, observe, type Ridge } from '../../../../src/core/learning/ridge.ts';
import { isotropic } from '../../../fakes/isotropic.ts';
import { seeded } from '../../../../scripts/train/random.ts';

const ARM = 'e/a' as ArmId;
const test = PILOT.change!;
/** Held to a level as in the product. */
const start = (level: number): Ridge => fromPrior(isotropic(Float64Array.of(level, 0), 150));

interface Lived {
  readonly ridge: Ridge;
  readonly recent: readonly Recent[];
}

function live(ridge: Ridge, rewards: readonly number[], random = seeded(7)): Lived {
  let now = ridge;
  const recent = rewards.map((reward) => {
    const x = Float64Array.of(1, random() - 0.5);
    now = observe(now, x, reward, 1);
    return { x, reward, weight: 1 };
  });
  return { ridge: now, recent };
}

const dropOf = ({ ridge, recent }: Lived): number =>
  dropsOf(new Map([[ARM, ridge]]), new Map([[ARM, recent]]), test).get(ARM) ?? 0;

const drawn = (chance: number, count: number, random: () => number): number[] =>
  Array.from({ length: count }, () => (random() < chance ? 1 : 0));
const repeated = (pattern: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, i) => pattern[i % pattern.length]!);

describe('change test', () => {
  const good = repeated([1, 1, 1, 0], 80);
  const bad = repeated([0, 0, 0, 1], 32);

  it('moves the mean to the recent level, whatever the prior and the past say', () => {
    const lived = live(start(0.75), [...good, ...bad]);
    assert.ok(lived.ridge.theta[0]! > 0.6);
    const level = lived.ridge.theta[0]! + dropOf(lived);
    assert.ok(level > 0.2 && level < 0.4, `${level}`);
  });

  it('takes it back when better outcomes come', () => {
    assert.equal(dropOf(live(start(0.75), [...good, ...bad, ...good])), 0);
  });

  it('needs a past to compare with', () => {
    assert.equal(dropOf(live(start(0.75), [...good.slice(0, 10), ...bad.slice(0, 8)])), 0);
    assert.equal(dropOf(live(start(0.75), [])), 0);
    assert.equal(dropsOf(new Map(), new Map([[ARM, live(start(0.5), bad).recent]]), test).size, 0);
  });

  it('is silent where a model was only rated too high, and where it has become better', () => {
    assert.equal(dropOf(live(start(0.95), repeated([0, 1, 0, 0], 120))), 0);
    assert.equal(dropOf(live(start(0.75), [...repeated([0, 0, 1, 0], 80), ...repeated([1], 32)])), 0);
  });

  it('is silent on chance: at most one false alarm in ten thousand outcomes', () => {
    const random = seeded(11);
    let alarms = 0;
    for (let life = 0; life < 25; life++) {
      const rewards = drawn(0.3 + 0.5 * random(), 400, random);
      let { ridge } = live(start(0.6), []);
      const recent: Recent[] = [];
      for (const reward of rewards) {
        const x = Float64Array.of(1, random() - 0.5);
        ridge = observe(ridge, x, reward, 1);
        recent.push({ x, reward, weight: 1 });
        if (dropOf({ ridge, recent }) < 0) alarms++;
      }
    }
    assert.ok(alarms <= 1, `${alarms} alarms`);
  });
});
