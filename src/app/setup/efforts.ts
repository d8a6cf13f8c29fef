/**
 * Proposes models with reasoning efforts at two efforts, as two entries, so that PILOT can choose between them: they
 * differ in price and quality like two models.
 */
import { effortName, type Arm, type Effort } from '../../core/arm.ts';
import { armId, type ArmId } from '../../core/brand.ts';
import { effortInName } from '../../core/models/effortInName.ts';
import { reasonsByName } from '../../core/models/reasonsByName.ts';
import type { Endpoint, EndpointPreset } from '../settings/endpoint.ts';
import type { ModelDraft } from './draft.ts';

/**
 * Two of the three efforts that every provider has. At a quarter of the cost of the best model at high effort, low and
 * medium reach .935 of its quality, low and high .903, low alone .907, all three .939 (npm run bench, LiveCodeBench):
 * high effort costs 2.5 times medium and adds little.
 */
export const PROPOSED_EFFORTS = ['low', 'medium'] as const;

/** Only an unknown server's own list can say that its models accept efforts. */
const UNKNOWN: ReadonlySet<EndpointPreset['id']> = new Set(['custom', 'litellm']);

export function takesEffort({ model }: ModelDraft, { id, effortField }: EndpointPreset): boolean {
  if ((effortField === undefined && id !== 'anthropic') || effortInName(model.id) !== undefined) return false;
  return model.reasoning ?? (!UNKNOWN.has(id) && reasonsByName(model.id));
}

export const draftArmId = (endpoint: Endpoint, { model, effort }: ModelDraft): ArmId =>
  armId(endpoint.id, model.id, effort === undefined ? undefined : effortName(effort));

export interface EffortFacts {
  readonly preset: EndpointPreset;
  /** The endpoint's models as they are set up. */
  readonly arms: readonly Arm[];
  readonly proposed: readonly ModelDraft[];
}

export interface ChosenDrafts {
  readonly drafts: readonly ModelDraft[];
  readonly chosen: ReadonlySet<ModelDraft>;
}

/** Each model as listed, then at the efforts that are set up or proposed for it. */
export function withEfforts(
  drafts: readonly ModelDraft[],
  { preset, arms, proposed }: EffortFacts,
): ChosenDrafts {
  const chosen = new Set<ModelDraft>();
  const all = drafts.flatMap((draft) => {
    const own = arms.filter(({ model }) => model === draft.model.id);
    const isProposed = proposed.includes(draft);
    const efforts: readonly Effort[] =
      isProposed && takesEffort(draft, preset)
        ? PROPOSED_EFFORTS
        : own.flatMap(({ effort }) => (effort === undefined ? [] : [effort]));
    const rows = efforts.map((effort) => ({ ...draft, effort }));
    const isPlainChosen = isProposed ? rows.length === 0 : own.some(({ effort }) => effort === undefined);
    for (const row of isPlainChosen ? [draft, ...rows] : rows) chosen.add(row);
    return [draft, ...rows];
  });
  return { drafts: all, chosen };
}
