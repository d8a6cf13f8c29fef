/**
 * What routing saved against answering every prompt with one model: off-policy, from the log's own propensities.
 *
 * The doubly robust estimate of `ope.ts`, with money as reward: the model of an arm's cost is its quote, corrected by
 * the ratio of that arm's bills to its quotes, k = sum c / sum q. Each row is shifted by its own actual cost c_i first,
 * so that the estimate is the paired difference (target's cost - actual cost) and its interval that of the difference:
 *
 *   d_i = k q_i - c_i + w_i (c_i - k q_i) [target answered]
 *
 * Where the target could not be chosen (its price was too high) w is 0 and only the corrected quote remains: costs,
 * unlike quality, carry over from the prompts that the target did answer. The error of k adds G^2 Var(k) to the
 * interval, with G = sum q_i (1 - w_i). Quality has no such model, so it is compared only where the target could be
 * chosen.
 */
import type { ArmId } from '../brand.ts';
import type { DecisionKind } from '../decision.ts';
import { evaluate, type JudgedDecision } from './ope.ts';

export interface SavingsRow {
  readonly kind: DecisionKind;
  readonly chosen: ArmId;
  /** Billed, nano-USD. */
  readonly cost: number;
  /** Undefined = not observed. */
  readonly reward: number | undefined;
  readonly arms: readonly {
    readonly armId: ArmId;
    /** Expected reward. */
    readonly mean: number;
    /** Expected cost, nano-USD. */
    readonly cost: number;
    readonly propensity: number;
    /** Whether the arm could have answered at some price. */
    readonly able: boolean;
  }[];
}

/** A 95 % interval: value +- halfWidth. */
export interface Spread {
  readonly value: number;
  readonly halfWidth: number;
}

export type Savings =
  | {
      readonly kind: 'estimate';
      readonly prompts: number;
      readonly effectiveSampleSize: number;
      /** Over all these prompts, in nano-USD; negative = routing cost more. */
      readonly saved: Spread;
      /** The actual cost of these prompts. */
      readonly spent: number;
      /**
       * Routing's reward minus the target's for each prompt; undefined = too few rated prompts where both could be
       * chosen.
       */
      readonly quality: Spread | undefined;
    }
  | { readonly kind: 'too-little'; readonly prompts: number; readonly effectiveSampleSize: number };

const Z95 = 1.96;

export function savingsAgainst(target: ArmId, rows: readonly SavingsRow[]): Savings {
  const free = rows.filter((row) => isRouted(row) && targetIn(row, target)?.able === true);
  const calibration = calibrationOf(target, rows);
  const evaluation = evaluate(
    free.map((row) => costRow(row, calibration.factor)),
    () => new Map([[target, 1]]),
  );
  const { n: prompts, effectiveSampleSize } = evaluation;
  if (evaluation.kind === 'too-little') return { kind: 'too-little', prompts, effectiveSampleSize };
  const { value, halfWidth } = evaluation.doublyRobust;
  return {
    kind: 'estimate',
    prompts,
    effectiveSampleSize,
    saved: {
      value: value * prompts,
      halfWidth: Math.hypot(halfWidth * prompts, Z95 * calibration.error * leverage(free, target)),
    },
    spent: free.reduce((sum, { cost }) => sum + cost, 0),
    quality: qualityAgainst(target, free),
  };
}

/**
 * The model with the highest average estimate over the prompts it could answer, which must be at least half of them.
 */
export function bestArm(rows: readonly SavingsRow[]): ArmId | undefined {
  const sums = new Map<ArmId, { total: number; count: number }>();
  for (const { armId, mean, able } of rows.flatMap(({ arms }) => arms)) {
    if (!able || !Number.isFinite(mean)) continue;
    const sum = sums.get(armId) ?? { total: 0, count: 0 };
    sums.set(armId, { total: sum.total + mean, count: sum.count + 1 });
  }
  const common = [...sums].filter(([, { count }]) => count * 2 >= rows.length);
  return common.sort((a, b) => b[1].total / b[1].count - a[1].total / a[1].count)[0]?.[0];
}

/** The user's own choices, and consequences of an earlier choice, are not draws of the router. */
const isRouted = ({ kind, cost }: SavingsRow): boolean =>
  kind !== 'pinned' &&
  kind !== 'user-choice' &&
  kind !== 'escalated' &&
  kind !== 'sticky' &&
  Number.isFinite(cost);

const targetIn = ({ arms }: SavingsRow, target: ArmId) => arms.find(({ armId }) => armId === target);

/**
 * k and its standard error (ratio estimator), from every prompt that the target answered, whatever the reason for the
 * choice.
 */
function calibrationOf(
  target: ArmId,
  rows: readonly SavingsRow[],
): { readonly factor: number; readonly error: number } {
  const answered = rows.flatMap((row) => {
    const quoted = row.chosen === target ? targetIn(row, target)?.cost : undefined;
    return quoted !== undefined && quoted > 0 && row.cost > 0 ? [{ quoted, billed: row.cost }] : [];
  });
  const quoted = answered.reduce((sum, row) => sum + row.quoted, 0);
  if (quoted === 0) return { factor: 1, error: 0 };
  const factor = answered.reduce((sum, row) => sum + row.billed, 0) / quoted;
  const residuals = answered.reduce((sum, row) => sum + (row.billed - factor * row.quoted) ** 2, 0);
  const n = answered.length;
  return { factor, error: n > 1 ? Math.sqrt((residuals * n) / (n - 1)) / quoted : factor };
}

/** The target's additional cost: the estimate shifted by the row's own cost. */
function costRow(row: SavingsRow, factor: number) {
  const arms = row.arms.map(({ armId, cost, propensity }) => ({
    armId,
    propensity,
    mean: factor * cost - row.cost,
  }));
  return {
    decision: { kind: row.kind, chosen: row.chosen, arms } satisfies JudgedDecision,
    outcome: { reward: 0, weight: 1 },
  };
}

/** G: the extent to which the estimate rests on the target's corrected quotes instead of its bills. */
function leverage(rows: readonly SavingsRow[], target: ArmId): number {
  const parts = rows.map((row) => {
    const arm = targetIn(row, target);
    if (!arm) return 0;
    const weight = row.chosen === target && arm.propensity > 0 ? 1 / arm.propensity : 0;
    return arm.cost * (1 - weight);
  });
  return Math.abs(parts.reduce((sum, part) => sum + part, 0));
}

function qualityAgainst(target: ArmId, rows: readonly SavingsRow[]): Spread | undefined {
  const rated = rows.flatMap((row) => {
    const { reward } = row;
    const chance = targetIn(row, target)?.propensity ?? 0;
    if (reward === undefined || chance <= 0) return [];
    const arms = row.arms.map(({ armId, mean, propensity }) => ({ armId, propensity, mean: mean - reward }));
    return [{ decision: { kind: row.kind, chosen: row.chosen, arms }, outcome: { reward: 0, weight: 1 } }];
  });
  const evaluation = evaluate(rated, () => new Map([[target, 1]]));
  if (evaluation.kind === 'too-little') return undefined;
  const { value, halfWidth } = evaluation.doublyRobust;
  return { value: -value, halfWidth };
}
