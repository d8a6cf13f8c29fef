/** The month's total as stored in the file beside the database and in VS Code's globalState; both threads read it. */
import type { NanoUsd } from '../core/brand.ts';
import { isMoney } from '../core/money.ts';
import { periodOf } from '../core/money/period.ts';
import { anything, count, flag, object, parse, text, where } from '../core/shape.ts';

export interface MirroredTotal {
  readonly period: string;
  /** Settled + held back + reserved. */
  readonly total: NanoUsd;
  /** Number of the money transaction that wrote it. */
  readonly seq: number;
  /** One-off raises of the period's limit. Absent in 0.1.0's copies. */
  readonly raised?: NanoUsd;
  /** Whether the total waits for the user's confirmation. Absent in 0.1.0's copies. */
  readonly doubted?: boolean;
}

const ofAnyVersion = object({
  period: where(text(7), (period) => periodOf(period) !== undefined),
  total: where(anything, isMoney),
  seq: count,
});
/** Both or neither: a value with only one of them comes from 0.1.0, or is damaged. */
const since020 = object({ raised: where(anything, isMoney), doubted: flag });

/** Undefined where the value is not such a total: both copies come from outside. */
export function decodeMirror(stored: unknown): MirroredTotal | undefined {
  const total = parse(ofAnyVersion, stored);
  return total && { ...total, ...parse(since020, stored) };
}
