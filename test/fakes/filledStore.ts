/** Writes rows in the store's own form in one transaction, since 100,000 separate calls take an hour. */
import type { LoggedDecision } from '../../src/app/ports/usage.ts';
import type { DecisionId } from '../../src/core/brand.ts';
import { dayOf, periodAt } from '../../src/core/money/period.ts';
import { move } from '../../src/storage/worker/books.ts';
import type { Database } from '../../src/storage/worker/database.ts';
import { appendDecision, recordOutcome } from '../../src/storage/worker/logTables.ts';

export interface Fill {
  /** Newest first; repeated until `count` is reached. */
  readonly logged: readonly LoggedDecision[];
  readonly count: number;
  /** Distributed evenly from here to `until`. */
  readonly start: number;
  readonly until: number;
  readonly workspaces: readonly string[];
}

export function fillStore(db: Database, { logged, count, start, until, workspaces }: Fill): void {
  const oldestFirst = logged.toReversed();
  db.immediate(() => {
    for (let n = 0; n < count; n++) {
      const { decision, outcome, cost } = oldestFirst[n % oldestFirst.length]!;
      const id = `${decision.id}-${n}` as DecisionId;
      const at = Math.round(start + (n / count) * (until - start));
      appendDecision(db, { ...decision, id, at });
      if (outcome) recordOutcome(db, { ...outcome, decisionId: id, at });
      const workspace = workspaces[n % workspaces.length] ?? '';
      const period = periodAt(at).id;
      move(db, { period, workspace, inline: false }, { settled: cost });
      db.run(
        `INSERT INTO entries (id, period, day, at, settled_at, state, arm, decision_id, purpose, inline, workspace,
           language, expected, worst, cost, source, input, output)
         VALUES (?, ?, ?, ?, ?, 'settled', ?, ?, ?, 0, ?, ?, ?, ?, ?, 'reported', 900, 300)`,
        ...[id, period, dayOf(at), at, at, decision.chosen, id, decision.surface],
        ...[workspace, decision.context.coarse.language, cost, cost, cost],
      );
    }
  });
}
