/** What the usage view reads; the store and the settings stand behind it. */
import type { Arm } from '../../core/arm.ts';
import type { ArmId, DecisionId, NanoUsd } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import type { Clock } from '../ports/environment.ts';
import type { SpendSummary } from '../ports/money.ts';
import type { UsageReader } from '../ports/usage.ts';

export interface UsageSource {
  readonly usage: UsageReader;
  readonly clock: Clock;
  readonly workspaceId: string;
  summary(): SpendSummary;
  arms(): readonly Arm[];
  /** The monthly limit as the settings say, without this month's raise; undefined = none set. */
  monthlyLimit(): NanoUsd | undefined;
  decision(id: DecisionId): Promise<Decision | undefined>;
  /** The model the user says he used before, to compare with. */
  formerModel(): ArmId | undefined;
}
