/**
 * The engine behind every surface: routing, money and learning over their ports, created in the order of their
 * dependencies. VS Code fills the ports in src/engine.ts; benchmarks and tests fill them in plain Node
 * (test/fakes/engine.ts).
 */
import type { Arm } from '../../core/arm.ts';
import type { ArmId, Random } from '../../core/brand.ts';
import type { Surface } from '../../core/decision.ts';
import { decodeLearner, encodeLearner } from '../../core/learning/learnerCodec.ts';
import { Learner, type LearnerSpec } from '../../core/learning/learner.ts';
import type { Profile } from '../../core/money/policies/profile.ts';
import type { Space } from '../../core/learning/space.ts';
import { ConversationMemory } from './conversationMemory.ts';
import { Health } from './health.ts';
import { Learning, type LearnerCodec } from './learning.ts';
import { PolicyRuntime } from './policyRuntime.ts';
import type { DecisionLog, PolicyStore } from '../ports/decisions.ts';
import type { Clock, Log } from '../ports/environment.ts';
import type { BillSource, ModelClient } from '../ports/models.ts';
import { KeyUsageReader, type KeyUsageDeps } from './keyUsage.ts';
import { Reconciliation, type ReconciliationDeps } from './reconciliation.ts';
import { RoutedCompletion, type RoutedCompletionDeps } from './routedCompletion.ts';
import type { Limits } from './moneyFacts.ts';
import { Routing } from './routing.ts';
import { WorkspaceStateHolder } from './workspaceState.ts';

export interface EngineParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly newId: () => string;
  readonly workspaceId: string;
  readonly policyStore: PolicyStore;
  readonly ledger: RoutedCompletionDeps['ledger'] & ReconciliationDeps['ledger'] & KeyUsageDeps['ledger'];
  readonly decisionLog: DecisionLog;
  readonly client: ModelClient;
  /** Reports bills after the call. */
  readonly bills: BillSource;
  /** Runs the function once after this many milliseconds. */
  readonly after: ReconciliationDeps['after'];
  readonly space: Space;
  /** For the learner: space, preset and each arm's prior. */
  readonly spec: LearnerSpec;
  /** The present values of `pilot.budget.policy` and the profile. */
  readonly policyName: () => string;
  readonly profile: () => Profile;
  readonly limits: () => Limits;
  /** The arms that a surface may choose among; without a surface, all arms that are set up. */
  readonly arms: (surface?: Surface) => readonly Arm[];
  readonly hasKey: (arm: Arm) => boolean;
  /** `pilot.budget.answerTokens`; absent = its default. */
  readonly longestAnswer?: () => number;
  readonly distrustPrice: (arm: ArmId) => void;
  /** Called once when stored learned state was unusable. */
  readonly onReset: (problem: string) => void;
  /** Called when an arm was passed over because of a setting. */
  readonly onPassedOver?: RoutedCompletionDeps['onPassedOver'];
  readonly onLateBill: ReconciliationDeps['onLateBill'];
}

export interface EngineCore {
  readonly completion: RoutedCompletion;
  readonly routing: Routing;
  readonly learning: Learning;
  readonly policy: PolicyRuntime;
  readonly health: Health;
  readonly workspace: WorkspaceStateHolder;
  readonly space: Space;
  readonly reconciliation: Reconciliation;
  readonly keyUsage: KeyUsageReader;
}

/** The learned state is not loaded yet (`learning.load`): the prior decides until then. */
export function assembleEngine(parts: EngineParts): EngineCore {
  const { clock, log, workspaceId, space, spec, limits, arms } = parts;
  const workspace = new WorkspaceStateHolder(parts.policyStore);
  const policy = new PolicyRuntime(workspace, parts.policyName, parts.profile);
  const conversations = new ConversationMemory(policy, parts.newId);
  const health = new Health();
  const learning = new Learning({
    decisionLog: parts.decisionLog,
    codec: learnerCodec(spec),
    clock,
    log,
    onReset: parts.onReset,
  });
  const shared = { clock, policy, conversations, learning, health, workspace, workspaceId, limits, arms };
  const routing = new Routing({
    ...shared,
    random: parts.random,
    newId: parts.newId,
    hasKey: parts.hasKey,
    longestAnswer: parts.longestAnswer,
    spend: () => parts.ledger.summary(),
    space: () => space,
    preset: () => spec.preset,
  });
  const completion = new RoutedCompletion({
    ...shared,
    log,
    routing,
    ledger: parts.ledger,
    client: parts.client,
    distrustPrice: parts.distrustPrice,
    onPassedOver: parts.onPassedOver,
  });
  const { ledger, bills: source, after, onLateBill } = parts;
  const reconciliation = new Reconciliation({ ledger, source, arms, clock, log, after, onLateBill });
  const keyUsage = new KeyUsageReader({ ledger, source, log, after });
  return { completion, routing, learning, policy, health, workspace, space, reconciliation, keyUsage };
}

/** Stored state of another space, dimension or version restarts from the prior, with a reported problem. */
export const learnerCodec = (spec: LearnerSpec): LearnerCodec => ({
  fresh: () => new Learner(spec),
  encode: encodeLearner,
  decode: (stored) => {
    const decoded = decodeLearner(stored, spec);
    return decoded.ok
      ? { learner: decoded.value, problem: undefined }
      : { learner: new Learner(spec), problem: JSON.stringify(decoded.error) };
  },
});
