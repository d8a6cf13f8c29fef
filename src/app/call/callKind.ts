import type { Arm } from '../../core/arm.ts';
import type { Surface, TaskType } from '../../core/decision.ts';
import { outputFactor } from '../../core/models/efforts.ts';
import type { CallKind } from '../../core/money/outputLength.ts';

/** Under what the length of a call is learnt and forecast. */
export const kindOfCall = ({ id, effort }: Arm, surface: Surface, task: TaskType): CallKind => ({
  armId: id,
  surface,
  task,
  ...(effort !== undefined && { outputFactor: outputFactor(effort) }),
});
