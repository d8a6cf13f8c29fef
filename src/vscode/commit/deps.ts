import type { AskEngine } from '../../app/ask/ask.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { DecisionId } from '../../core/brand.ts';
import type { OutcomeKind } from '../../core/decision.ts';
import type { Reward } from '../../core/learning/reward.ts';

export interface CommitDeps {
  readonly engine: Pick<AskEngine, 'run'>;
  /** Reports the outcome of a message to the learner. */
  readonly tell: (decisionId: DecisionId, kind: OutcomeKind, reward: Reward) => void;
  readonly log: Log;
}
