import assert from 'node:assert/strict';
import type { LoggedDecision } from '../../../../src/app/ports/usage.ts';
import { readDigest, type DigestRow } from '../../../../src/app/usage/digest.ts';
import type { ArmId } from '../../../../src/core/brand.ts';
import {
  bestArm,
  savingsAgainst,
  type Savings,
  type SavingsRow,
} from '../../../../src/core/routing/savings.ts';
import { routedLog, simulatedArms, type RoutedLog } from '../../../fakes/routedLog.ts';

const owl = simulatedArms[0]!.id;
const finch = simulatedArms[1]!.id;
const start = new Date(2026, 9, 1).getTime();

const simulate = (seed: number): RoutedLog => routedLog({ seed, prompts: 1_200, start, days: 30, budget: 6 });

const rowsOf = async (logged: readonly LoggedDecision[]): Promise<readonly DigestRow[]> => {
  const pages = [logged, []];
  const usage = { decisions: () => Promise.resolve(pages.shift() ?? []) };
  const digest = await readDigest(usage, { head: 'ask', workspaceId: undefined, abandoned: () => false });
  return digest.rows;
};

/** The target's actual additional cost over the prompts of the estimate. */
function truthFor(target: ArmId, { logged, truth }: RoutedLog): number {
  return logged
    .filter(({ decision }) => decision.kind !== 'sticky')
    .reduce((sum, { decision, cost }) => sum + (truth.get(decision.id)?.get(target)?.cost ?? 0) - cost, 0);
}

function estimateOf(savings: Savings): Extract<Savings, { kind: 'estimate' }> {
  assert.equal(savings.kind, 'estimate');
  return savings;
}

describe('savingsAgainst', () => {
  it('holds the truth within its interval for at least 36 of 40 seeds', async function () {
    this.timeout(60_000);
    const held = { owl: 0, finch: 0 };
    for (let seed = 1; seed <= 40; seed++) {
      const log = simulate(seed);
      const rows = await rowsOf(log.logged);
      for (const [name, target] of [
        ['owl', owl],
        ['finch', finch],
      ] as const) {
        // prettier-ignore
        const { saved } = estimateOf(savingsAgainst(target, rows));
        if (Math.abs(saved.value - truthFor(target, log)) <= saved.halfWidth) held[name] += 1;
      }
    }
    assert.ok(held.owl >= 36, `owl: ${held.owl} of 40`);
    assert.ok(held.finch >= 36, `finch: ${held.finch} of 40`);
  });

  it('says nothing below an effective sample of 30', () => {
    const rows = Array.from({ length: 200 }, () => row(finch, { [owl]: 0, [finch]: 1 }));
    const savings = savingsAgainst(owl, rows);
    assert.equal(savings.kind, 'too-little');
    assert.equal(savings.effectiveSampleSize, 0);
  });

  it('finds nothing saved where the model answered everything itself', () => {
    const rows = Array.from({ length: 200 }, (_, i) => row(owl, { [owl]: 1, [finch]: 0 }, 1_000 + i));
    const { saved, spent } = estimateOf(savingsAgainst(owl, rows));
    assert.ok(Math.abs(saved.value) < 1e-6 * spent);
    assert.ok(saved.halfWidth < 0.05 * spent);
  });

  it('leaves out what the user chose himself', () => {
    const routed = Array.from({ length: 100 }, () => row(owl, { [owl]: 1, [finch]: 0 }));
    const pinned = routed.map((each): SavingsRow => ({ ...each, kind: 'pinned' }));
    assert.equal(estimateOf(savingsAgainst(owl, [...routed, ...pinned])).prompts, 100);
  });

  it('corrects quotes by what the bills were to them', () => {
    // Bills are twice the quotes, so owl would have cost twice its quote too.
    const answered = Array.from({ length: 400 }, () => row(owl, { [owl]: 0.5, [finch]: 0.5 }, 2_000));
    const others = Array.from({ length: 400 }, () => row(finch, { [owl]: 0.5, [finch]: 0.5 }, 200));
    const { saved } = estimateOf(savingsAgainst(owl, [...answered, ...others]));
    assert.ok(Math.abs(saved.value - 400 * (2_000 - 200)) <= saved.halfWidth + 1);
  });
});

describe('bestArm', () => {
  it('is the one with the highest average estimate among those at hand for half of the prompts', () => {
    const rows = [row(finch, { [owl]: 0.5, [finch]: 0.5 }), row(finch, { [finch]: 1 })];
    assert.equal(bestArm(rows), owl);
    assert.equal(bestArm([...rows, row(finch, { [finch]: 1 })]), finch);
    assert.equal(bestArm([]), undefined);
  });
});

/** Owl's quote is 1,000 at quality 0.9, any other's 100 at 0.8. */
const row = (chosen: ArmId, propensities: Readonly<Record<ArmId, number>>, cost = 1_000): SavingsRow => ({
  kind: 'best',
  chosen,
  cost,
  reward: 1,
  arms: Object.entries(propensities).map(([armId, propensity]) => ({
    armId: armId as ArmId,
    propensity,
    mean: armId === owl ? 0.9 : 0.8,
    cost: armId === owl ? 1_000 : 100,
    able: true,
  })),
});
