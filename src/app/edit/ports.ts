/** What an edit needs from outside: the document it changes, the models, the learner, and time. */
import type { EpochMs, DecisionId } from '../../core/brand.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { LineReplacement } from '../../core/edit/lines.ts';
import type { Reward } from '../../core/learning/reward.ts';
import type { AskRequest } from '../call/orders.ts';
import type { CompletionEvent } from '../call/routedCompletion.ts';
import type { Disposable, Log } from '../ports/environment.ts';

/** `changed`: somebody else changed the document first, and nothing was written. */
export type Written = 'done' | 'changed' | 'refused';

export interface EditedDocument {
  text(): string;
  /**
   * Writes all of it or nothing, from the last replacement to the first. `applied` is called as soon as it stands there,
   * before changes of others that came after it are told.
   *
   * @param join As part of the step before, which one undo takes back with it.
   */
  write(replacements: readonly LineReplacement[], join: boolean, applied: () => void): Promise<Written>;
}

export interface EditSessionDeps {
  /** Ask's: an edit is a question whose answer is code. */
  readonly engine: { run(request: AskRequest): AsyncIterable<CompletionEvent> };
  readonly learning: {
    correctedOutcome(decisionId: DecisionId, kind: OutcomeKind, reward: Reward): Promise<void>;
  };
  readonly timers: { after(ms: number, action: () => void): Disposable };
  readonly log: Log;
  readonly newId: () => string;
  readonly now: () => EpochMs;
}
