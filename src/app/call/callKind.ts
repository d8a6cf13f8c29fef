import type { Arm } from '../../core/arm.ts';
import type { Surface, TaskType } from '../../core/decision.ts';
import { outputFactor } from '../../core/models/efforts.ts';
import type { CallKind } from '../../core/money/outputLength.ts';

/** The kind of a call for learning and forecasting its length. */
export const kindOfCall = ({ id, effort }: Arm, surface: Surface, task: TaskType): CallKind => ({
  armId: id,
  surface,
  task,
  ...(effort !== undefined && { outputFactor: outputFactor(effort) }),
});
