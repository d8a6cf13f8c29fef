import assert from 'node:assert/strict';
import fc from 'fast-check';
import { invertSymmetric, multiply } from '../../../../src/core/linalg.ts';
import { bound, confidenceBound, priorBound } from '../../../../src/core/learning/linucb.ts';
import {
  forget,
  fromEvidence,
  fromPrior,
  observe,
  revise,
  type Ridge,
} from '../../../../src/core/learning/ridge.ts';
import { isotropic } from '../../../fakes/isotropic.ts';

const D = 4;
const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
const vector = fc
  .array(coordinate, { minLength: D, maxLength: D })
  .map((values) => Float64Array.from(values));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const weight = fc.double({ min: 0.05, max: 1, noNaN: true });
const observation = fc.record({ x: vector, reward: share, weight });
const observations = fc.array(observation, { maxLength: 30 });
const prior = fc.record({ theta: vector, lambda: fc.double({ min: 0.1, max: 50, noNaN: true }) });

type Observation = { readonly x: Float64Array; readonly reward: number; readonly weight: number };
const learn = (start: Ridge, seen: readonly Observation[]): Ridge =>
  seen.reduce((ridge, { x, reward, weight: by }) => observe(ridge, x, reward, by), start);
const start = ({ theta, lambda }: { theta: Float64Array; lambda: number }): Ridge =>
  fromPrior(isotropic(theta, lambda));

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-8): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) <= tolerance,
      `entry ${i}: ${actual[i]!} is not ${expected[i]!}`,
    );
  }
}

describe('ridge', () => {
  it('gives the worked vector of the specification', () => {
    const x = Float64Array.of(1, 0);
    const before = fromPrior(isotropic(Float64Array.of(0.6, 0.8), 2));
    close([confidenceBound(bound(before, x, 'dot'), 0.5)], [0.6 + 0.5 * Math.SQRT1_2]);
    const after = observe(before, x, 1, 1);
    close(after.theta, [0.7333, 0.8], 5e-5);
    close(after.gram, [1, 0, 0, 0]);
    close(after.moment, [1, 0]); // b = 2 theta_pref + m = (2.2, 1.6)
    close([confidenceBound(bound(after, x, 'dot'), 0.5)], [1.022], 5e-5);
  });

  it('starts at its prior whatever lambda is', () => {
    fc.assert(fc.property(prior, (given) => close(start(given).theta, given.theta)));
  });

  it('keeps A symmetric positive definite, and A times its inverse is I', () => {
    fc.assert(
      fc.property(prior, observations, (given, seen) => {
        const ridge = learn(start(given), seen);
        for (let column = 0; column < D; column++) {
          const unit = new Float64Array(D);
          unit[column] = 1;
          const image = multiply(ridge.gram, multiply(ridge.inverse, unit));
          const held = multiply(ridge.inverse, unit).map((value) => value * given.lambda);
          close(
            image.map((value, i) => value + held[i]!),
            unit,
            1e-7,
          );
          for (let row = 0; row < D; row++) {
            close([ridge.inverse[row * D + column]!], [ridge.inverse[column * D + row]!], 1e-12);
          }
        }
        assert.notEqual(invertSymmetric(ridge.inverse, D), undefined);
      }),
    );
  });

  it('equals the direct inverse after ten thousand Sherman-Morrison steps', () => {
    let ridge = fromPrior(isotropic(new Float64Array(D), 1));
    let seed = 1;
    for (let step = 0; step < 10_000; step++) {
      const x = new Float64Array(D).map(() => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5);
      ridge = observe(ridge, x, step % 2, 1);
    }
    const direct = fromEvidence(ridge, ridge.prior)!;
    close(ridge.inverse, direct.inverse, 1e-10);
    close(ridge.theta, direct.theta, 1e-10);
  });

  it('never grows its width on an update', () => {
    fc.assert(
      fc.property(prior, observations, observation, vector, (given, seen, next, probe) => {
        const before = learn(start(given), seen);
        const after = observe(before, next.x, next.reward, next.weight);
        assert.ok(bound(after, probe, 'dot').width <= bound(before, probe, 'dot').width + 1e-9);
      }),
    );
  });

  it('does not mind the order of updates', () => {
    fc.assert(
      fc.property(prior, observations, (given, seen) => {
        close(learn(start(given), seen).theta, learn(start(given), seen.toReversed()).theta);
      }),
    );
  });

  it('revises a reward as if the new one had been learned', () => {
    fc.assert(
      fc.property(prior, observations, observation, share, (given, seen, first, reward) => {
        const learnt = observe(learn(start(given), seen), first.x, first.reward, first.weight);
        const revised = revise(learnt, first.x, reward - first.reward, first.weight);
        close(revised.theta, observe(learn(start(given), seen), first.x, reward, first.weight).theta);
      }),
    );
  });

  it('takes an observation back', () => {
    fc.assert(
      fc.property(prior, observations, observation, (given, seen, { x, reward, weight: by }) => {
        const before = learn(start(given), seen);
        const after = observe(observe(before, x, reward, by), x, reward, -by);
        close(after.theta, before.theta, 1e-6);
        close(after.inverse, before.inverse, 1e-6);
      }),
    );
  });

  it('forgets nothing at 1 and everything at 0', () => {
    fc.assert(
      fc.property(prior, observations, (given, seen) => {
        const ridge = learn(start(given), seen);
        assert.equal(forget(ridge, 1), ridge);
        close(forget(ridge, 0.5 ** 1_000).theta, given.theta);
        close(forget(ridge, 0).theta, given.theta);
      }),
    );
  });

  it('is back at its prior after a million idle steps, and where it was with gamma = 1', () => {
    fc.assert(
      fc.property(prior, observations, (given, seen) => {
        const ridge = learn(start(given), seen);
        const idle = (gamma: number): Float64Array => forget(ridge, gamma ** 1e6).theta;
        close(idle(0.997), given.theta);
        close(idle(1), ridge.theta);
      }),
    );
  });

  it('gives an unseen arm the bound of its untouched ridge', () => {
    fc.assert(
      fc.property(prior, vector, (given, x) => {
        const ridge = start(given);
        const { theta, precision } = ridge.prior;
        for (const scoring of ['dot', 'cosine'] as const) {
          const direct = bound(ridge, x, scoring);
          const short = priorBound(theta, precision, x, scoring);
          close([short.mean, short.width], [direct.mean, direct.width]);
        }
      }),
    );
  });

  it('refuses evidence that no data could give', () => {
    const { prior: held } = fromPrior(isotropic(new Float64Array(2), 1));
    const moment = new Float64Array(2);
    assert.equal(fromEvidence({ gram: Float64Array.of(-5, 0, 0, 1), moment, count: 1 }, held), undefined);
    assert.equal(fromEvidence({ gram: Float64Array.of(NaN, 0, 0, 1), moment, count: 1 }, held), undefined);
    assert.equal(fromEvidence({ gram: new Float64Array(9), moment, count: 1 }, held), undefined);
    assert.equal(
      fromEvidence({ gram: new Float64Array(4), moment: Float64Array.of(Infinity, 0), count: 1 }, held),
      undefined,
    );
  });
});
