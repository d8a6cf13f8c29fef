/**
 * The question that determines the reservation of an answer at an unknown endpoint: whether the output cap that is sent
 * bounds all billed output. If not, hidden reasoning may fill the model's whole output limit (its whole context where
 * no limit is stated), and each answer reserves that much.
 */
import { isFree, type Arm } from '../../core/arm.ts';
import type { NanoUsd } from '../../core/brand.ts';
import { LONGEST_ANSWER, fittedCap, noStatistics } from '../../core/money/outputLength.ts';
import { quote } from '../../core/money/pricing.ts';
import type { Endpoint, PresetTable } from '../settings/endpoint.ts';
import { parseSettings } from '../settings/index.ts';
import type { ModelDraft } from './draft.ts';
import { endpointEntry, statesField, withEndpoint, withModels } from './entries.ts';

export const CAP_FIELD = 'outputCapCoversReasoning';

export interface CapQuestion {
  readonly endpoint: Endpoint;
  /** Label of the chosen model whose two amounts differ most. */
  readonly model: string;
  /** Reserved for one of its answers to a question of usual length, where the cap bounds the bill. */
  readonly bounded: NanoUsd;
  /** The same where it does not. */
  readonly unbounded: NanoUsd;
}

interface CapFacts {
  /** In the form in which they are written. */
  readonly settings: { endpoints(): unknown; models(): unknown };
  readonly presets: PresetTable;
}

/** Undefined: there is nothing to ask, or the user has answered already. */
export function capQuestion(
  { settings, presets }: CapFacts,
  endpoint: Endpoint,
  drafts: readonly ModelDraft[],
): CapQuestion | undefined {
  const before = settings.endpoints();
  if (endpoint.outputCapCoversReasoning || statesField(before, endpoint.id, CAP_FIELD)) return undefined;
  const entry = endpointEntry(endpoint, presets[endpoint.preset]);
  const written = {
    endpoints: withEndpoint(before, entry),
    models: withModels(settings.models(), endpoint, drafts),
  };
  const asked = parseSettings(written, presets).arms.flatMap((arm) => {
    if (arm.endpointId !== endpoint.id || arm.outputCapCoversReasoning) return [];
    const [bounded, unbounded] = [reservedFor({ ...arm, outputCapCoversReasoning: true }), reservedFor(arm)];
    if (bounded === undefined || unbounded === undefined || unbounded <= bounded) return [];
    return [{ endpoint, model: arm.label, bounded, unbounded }];
  });
  return asked.toSorted((a, b) => b.unbounded - b.bounded - (a.unbounded - a.bounded))[0];
}

/** Upper bound on the tokens of a question with some context. */
const USUAL_INPUT = 2_000;

function reservedFor(arm: Arm): NanoUsd | undefined {
  if (arm.price === undefined || isFree(arm.price)) return undefined;
  const kind = { armId: arm.id, surface: 'ask', task: 'question' } as const;
  const { reasoning: thinks } = arm.capabilities;
  const { outputCap } = fittedCap(noStatistics, kind, 'answer', { longest: LONGEST_ANSWER, thinks });
  const quoted = quote(arm, {
    maxInputTokens: USUAL_INPUT,
    expectedInputTokens: USUAL_INPUT,
    expectedOutputTokens: outputCap,
    outputCap,
  });
  return typeof quoted === 'string' ? undefined : quoted.worstCase;
}
