/** The data sources of the usage view, implemented by the store and the settings. */
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
  /** The monthly limit in the settings, without this month's raise; undefined = none is set. */
  monthlyLimit(): NanoUsd | undefined;
  decision(id: DecisionId): Promise<Decision | undefined>;
  /** The model that the user used before PILOT, for comparison. */
  formerModel(): ArmId | undefined;
}
