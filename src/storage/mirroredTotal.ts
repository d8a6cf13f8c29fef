/** The month's total as stored in the file beside the database and in VS Code's globalState; both threads read it. */
import type { NanoUsd } from '../core/brand.ts';
import { isMoney } from '../core/money.ts';
import { periodOf } from '../core/money/period.ts';
import { isObject } from '../core/shape.ts';

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

/** Undefined where the value is not such a total: both copies come from outside. */
export function decodeMirror(stored: unknown): MirroredTotal | undefined {
  if (!isObject(stored)) return undefined;
  const { period, total, seq, raised, doubted } = stored as Record<string, unknown>;
  if (typeof period !== 'string' || !periodOf(period) || !isMoney(total)) return undefined;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  if (!isMoney(raised) || typeof doubted !== 'boolean') return { period, total, seq };
  return { period, total, seq, raised, doubted };
}
