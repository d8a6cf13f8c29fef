/** The models that PILOT offers to VS Code's Chat: Auto, and each of the user's models as a pinned one. */
import type { Arm } from '../../core/arm.ts';
import type { Choice } from '../call/routing.ts';

/** No arm can have this id, since an arm's id contains a slash. */
export const AUTO_ID = 'auto';

/** Arms that are VS Code's own language models: Chat offers them itself, so only Auto may use them. */
export const VSCODE_ENDPOINT_ID = 'vscode';

export interface OfferedModel {
  readonly id: string;
  /** Undefined = Auto. */
  readonly arm: Arm | undefined;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly tools: boolean;
  readonly images: boolean;
}

export function offeredModels(arms: readonly Arm[]): readonly OfferedModel[] {
  if (arms.length === 0) return [];
  return [auto(arms), ...arms.filter(({ endpointId }) => endpointId !== VSCODE_ENDPOINT_ID).map(pinned)];
}

/** Undefined for a model that is no longer in the settings: the user is told and gets no other model. */
export function choiceOf(modelId: string, arms: readonly Arm[]): Choice | undefined {
  if (modelId === AUTO_ID) return { type: 'auto' };
  const arm = arms.find(({ id }) => id === modelId);
  return arm && { type: 'arm', armId: arm.id };
}

/**
 * The capabilities of the most capable arm: the router excludes arms that cannot serve a request. Arms without a price
 * count only where no arm has one.
 */
function auto(arms: readonly Arm[]): OfferedModel {
  const priced = arms.filter(({ price }) => price !== undefined);
  const usable = priced.length > 0 ? priced : arms;
  const withTools = usable.filter(({ capabilities }) => capabilities.tools);
  const counted = withTools.length > 0 ? withTools : usable;
  const roomiest = counted.reduce((most, arm) => (inputRoom(arm) > inputRoom(most) ? arm : most));
  return {
    id: AUTO_ID,
    arm: undefined,
    maxInputTokens: inputRoom(roomiest),
    maxOutputTokens: roomiest.maxOutputTokens,
    tools: withTools.length > 0,
    images: counted.some(({ capabilities }) => capabilities.images),
  };
}

const pinned = (arm: Arm): OfferedModel => ({
  id: arm.id,
  arm,
  maxInputTokens: inputRoom(arm),
  maxOutputTokens: arm.maxOutputTokens,
  tools: arm.capabilities.tools,
  images: arm.capabilities.images,
});

/** Chat fills all of the input it is offered: at most a quarter of the window is kept free for the answer. */
const inputRoom = ({ contextTokens, maxOutputTokens }: Arm): number =>
  contextTokens - Math.min(maxOutputTokens, Math.floor(contextTokens / 4));
