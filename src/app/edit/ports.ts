/** The ports of an edit: the document it changes, the models, the learner, and time. */
import type { EpochMs, DecisionId } from '../../core/brand.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { LineReplacement } from '../../core/edit/lines.ts';
import type { Reward } from '../../core/learning/reward.ts';
import type { AskRequest } from '../call/orders.ts';
import type { CompletionEvent } from '../call/routedCompletion.ts';
import type { Disposable, Log } from '../ports/environment.ts';

/** `changed`: another change came first, and nothing was written. */
export type Written = 'done' | 'changed' | 'refused';

export interface EditedDocument {
  text(): string;
  /**
   * Writes everything or nothing, from the last replacement to the first. `applied` is called when the text is written,
   * before later changes are reported.
   *
   * @param join as a part of the previous step, so that one undo reverts both
   */
  write(replacements: readonly LineReplacement[], join: boolean, applied: () => void): Promise<Written>;
  /** One step more, right after one that the user has undone. */
  undo(): Promise<void>;
}

export interface EditSessionDeps {
  /** Ask's port: an edit is a question whose answer is code. */
  readonly engine: { run(request: AskRequest): AsyncIterable<CompletionEvent> };
  readonly learning: {
    correctedOutcome(decisionId: DecisionId, kind: OutcomeKind, reward: Reward): Promise<void>;
  };
  readonly timers: { after(ms: number, action: () => void): Disposable };
  readonly log: Log;
  readonly newId: () => string;
  readonly now: () => EpochMs;
}
