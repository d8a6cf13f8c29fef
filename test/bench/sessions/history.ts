/**
 * The user's ratings before the month: rated single answers of each model in turn, on instances that the month does not
 * use, spread over thirty days. They are the same for every policy, so the policies differ in their use of the cache
 * and not in what they happened to learn.
 */
import type { LogEntry } from '../../../src/app/ports/decisions.ts';
import type { Arm } from '../../../src/core/arm.ts';
import type { DecisionId } from '../../../src/core/brand.ts';
import type { Context, Decision } from '../../../src/core/decision.ts';
import type { OutcomeRow } from '../outcomes.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;

export interface RatedBefore {
  readonly rows: readonly OutcomeRow[];
  /** Indices of rows. */
  readonly contexts: readonly Context[];
  readonly arms: readonly Arm[];
  readonly answers: number;
  readonly until: number;
}

export function historyOf({ rows, contexts, arms, answers, until }: RatedBefore): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (let i = 0; i < answers; i++) {
    const place = i % arms.length;
    const row = Math.floor(i / arms.length) % rows.length;
    const at = until - DAYS * DAY_MS * (1 - i / answers);
    const id = `before-${i}` as DecisionId;
    const decision: Decision = {
      id,
      at,
      surface: 'ask',
      workspaceId: 'w',
      context: contexts[row]!,
      chosen: arms[place]!.id,
      kind: 'user-choice',
      arms: [],
      policy: { policy: 'shadow-price', price: 0, utilization: 0 },
      tookMs: 0,
    };
    const quality = rows[row]!.quality[place]!;
    const kind = quality >= 0.5 ? 'thumb-up' : 'thumb-down';
    entries.push({ seq: entries.length + 1, type: 'decision', decision });
    const outcome = { decisionId: id, at, kind, reward: quality >= 0.5 ? 1 : 0, weight: 1 } as const;
    entries.push({ seq: entries.length + 1, type: 'outcome', outcome });
  }
  return entries;
}
