/** Explanations are true: for any decision's record, the test recomputes the claim in another way. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmId, NanoUsd } from '../../../../src/core/brand.ts';
import type { ArmEvidence, Decision, DecisionKind, ExclusionReason } from '../../../../src/core/decision.ts';
import {
  EQUAL_WITHIN,
  reasonClaim,
  warmCache,
  type PriceShare,
} from '../../../../src/core/routing/reasonClaim.ts';

type Record = Pick<Decision, 'chosen' | 'kind' | 'arms'>;

const exclusion = fc.constantFrom<ExclusionReason | undefined>(
  undefined,
  undefined,
  'not-worth-price',
  'over-limit',
  'no-key',
  'unhealthy',
  'too-long',
);

const records: fc.Arbitrary<Record> = fc
  .array(
    fc.record({
      mean: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
      nano: fc.nat(10_000_000),
      excluded: exclusion,
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((arms) => fc.record({ arms: fc.constant(arms), index: fc.nat(arms.length - 1) }))
  .map(({ arms, index }) => ({
    kind: 'best' as const,
    chosen: `e/${index}` as ArmId,
    arms: arms.map(({ mean, nano, excluded }, i) =>
      evidence(i, mean, nano, i === index ? undefined : excluded),
    ),
  }));

function evidence(i: number, mean: number, nano: number, excluded: ExclusionReason | undefined): ArmEvidence {
  const armId = `e/${i}` as ArmId;
  const cost = nano as NanoUsd;
  const quote = { armId, expected: cost, worstCase: cost, inputTokens: 1, outputTokens: 1, outputCap: 1 };
  return {
    armId,
    mean,
    width: 0.1,
    index: mean,
    score: mean,
    quote,
    excluded,
    propensity: 0,
    observations: 0,
  };
}

describe('a warm cache', () => {
  const withCache = (expected: number, cachedTokens: number, coldCost: number): Record => {
    const arm = evidence(0, 0.8, expected, undefined);
    const cache = { cachedTokens, coldCost: coldCost as NanoUsd, meanCost: expected as NanoUsd };
    return { kind: 'sticky', chosen: arm.armId, arms: [{ ...arm, quote: { ...arm.quote, cache } }] };
  };

  it('is told with what the call costs and would cost without, where it saves a tenth', () => {
    assert.deepEqual(warmCache(withCache(20, 50, 110)), { cost: 20, coldCost: 110 });
    assert.equal(warmCache(withCache(100, 50, 110)), undefined);
    assert.equal(warmCache(withCache(20, 0, 110)), undefined);
    assert.equal(warmCache({ chosen: 'e/0' as ArmId, arms: [evidence(0, 0.8, 20, undefined)] }), undefined);
  });
});

describe('the reason of a decision', () => {
  const check = (record: Record): void => {
    const claim = reasonClaim(record);
    const find = (id: ArmId): ArmEvidence => record.arms.find(({ armId }) => armId === id)!;
    const chosen = find(record.chosen);
    const rivals = record.arms.filter(
      ({ armId, excluded }) =>
        armId !== record.chosen &&
        (excluded === undefined || ['not-worth-price', 'over-limit'].includes(excluded)),
    );
    const top = Math.max(...rivals.map(({ mean }) => mean), -Infinity);
    const checkShare = (share: PriceShare | undefined): void => {
      if (share === undefined) return;
      assert.ok(rivals.includes(find(share.of)), 'the model compared with could have answered');
      assert.equal(share.share, chosen.quote.expected / find(share.of).quote.expected);
      assert.ok(0 <= share.share && share.share < 1, 'a price that is named is a saving');
    };
    switch (claim.kind) {
      case 'only':
        return assert.equal(rivals.length, 0);
      case 'best':
        assert.ok(chosen.mean >= top);
        return checkShare(claim.ofPrice);
      case 'as-good':
        assert.ok(chosen.mean < top && top - chosen.mean <= EQUAL_WITHIN);
        assert.equal(find(claim.as).mean, top);
        return checkShare(claim.ofPrice);
      case 'worth':
        assert.ok(top - chosen.mean > EQUAL_WITHIN);
        assert.equal(find(claim.than).mean, top);
        assert.equal(claim.gap, top - chosen.mean);
        assert.ok(chosen.quote.expected < find(claim.than).quote.expected);
        return checkShare(claim.ofPrice);
      case 'promising':
        assert.ok(top - chosen.mean > EQUAL_WITHIN);
        return assert.ok(chosen.quote.expected >= find(claim.than).quote.expected);
      case 'pinned':
      case 'user-choice':
      case 'escalated':
      case 'sticky':
      case 'explore':
      case 'trial':
      case 'fallback':
        assert.fail(`a decision for the best score claims ${claim.kind}`);
    }
  };

  it('claims nothing that the record does not say', () => {
    fc.assert(fc.property(records, check), { numRuns: 2_000 });
  });

  it('is the kind of the decision where that is the reason', () => {
    const arms = [evidence(0, 0.5, 1, undefined), evidence(1, 0.9, 5, undefined)];
    const kinds: readonly DecisionKind[] = [
      'pinned',
      'user-choice',
      'escalated',
      'sticky',
      'explore',
      'trial',
      'fallback',
    ];
    for (const kind of kinds) assert.deepEqual(reasonClaim({ kind, chosen: 'e/0' as ArmId, arms }), { kind });
  });
});
