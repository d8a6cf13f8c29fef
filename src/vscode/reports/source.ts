import type { UsageSource } from '../../app/usage/ports.ts';
import type { ArmId } from '../../core/brand.ts';
import type { UsageDeps, UsageEngine } from './deps.ts';

const formerKey = 'pilot.formerModel';

export const sourceOf = (deps: UsageDeps, { store }: UsageEngine): UsageSource => ({
  usage: store.usage,
  clock: deps.clock,
  workspaceId: deps.workspaceId,
  summary: () => store.ledger.summary(),
  arms: () => deps.models.arms,
  monthlyLimit: () => deps.settings.limits().monthly,
  decision: (id) => store.log.decision(id),
  formerModel: () => formerModel(deps),
});

/** The model that the user always used before PILOT, by the user's statement. */
export function formerModel({ globalState }: Pick<UsageDeps, 'globalState'>): ArmId | undefined {
  const stored = globalState.get<unknown>(formerKey);
  return typeof stored === 'string' ? (stored as ArmId) : undefined;
}

export const setFormerModel = ({ globalState }: Pick<UsageDeps, 'globalState'>, id: ArmId): Thenable<void> =>
  globalState.update(formerKey, id);
