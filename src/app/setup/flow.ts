/**
 * PILOT: Set Up Models as a dialogue: the provider, its key, its models, their prices. A canceled dialogue leaves the
 * settings unchanged. The surface words the questions (`SetupUi`).
 */
import { isFree, type RateCard } from '../../core/arm.ts';
import { armId } from '../../core/brand.ts';
import type { Endpoint } from '../settings/endpoint.ts';
import { CAP_FIELD, capQuestion } from './capQuestion.ts';
import type { ListedModel } from './catalog.ts';
import { agreeToPlainHttp, askForKey, connect, current, endpointFor } from './connect.ts';
import type { Connected, Keyed } from './connect.ts';
import type { ModelChoice, SetupDeps, SetupUi } from './dialogue.ts';
import type { ModelDraft } from './draft.ts';
import { draftModel } from './draft.ts';
import { draftArmId, withEfforts } from './efforts.ts';
import { suggestModels } from './suggest.ts';
import { endpointEntry, withEndpoint, withModels } from './entries.ts';

/** Enough to see the benefit of routing, at a harmless amount. */
export const PROPOSED_LIMIT_USD = 5;

export async function setUpModels(deps: SetupDeps): Promise<void> {
  const start = await deps.ui.start();
  const endpoint = start && (await endpointFor(deps, start));
  const given = start?.type === 'preset' ? start.key : undefined;
  const connected = endpoint && (await connect(deps, endpoint, given));
  const choice = connected && (await choose(deps, connected));
  const drafts = choice && (await withPrices(deps.ui, choice.drafts));
  if (!connected || !drafts) return;
  const question = capQuestion(deps, connected.endpoint, drafts);
  const bounds = question && (await deps.ui.askCap(question));
  if (question && bounds === undefined) return;
  const kept = await keepKey(deps, connected);
  if (kept) await write(deps, kept, { ...choice, drafts }, bounds);
}

/** A new key for an existing endpoint. */
export async function enterKey(deps: SetupDeps, endpoint: Endpoint): Promise<void> {
  const entered = await askForKey(deps, endpoint, { refused: false, keyringFailed: false });
  if (entered) await agreeToPlainHttp(deps, entered);
  const kept = entered && (await keepKey(deps, entered));
  if (!kept) return;
  deps.ui.keyKept(kept);
  if (kept.apiKeyEnv === endpoint.apiKeyEnv && kept.needsKey === endpoint.needsKey) return;
  const { settings, presets } = deps;
  const entry = endpointEntry(kept, presets[kept.preset]);
  await settings.write(withEndpoint(settings.endpoints(), entry), settings.models());
}

async function choose(deps: SetupDeps, connected: Connected): Promise<ModelChoice | undefined> {
  const { endpoint, listed } = connected;
  const preset = deps.presets[endpoint.preset];
  const { arms } = current(deps);
  const isLoopback = deps.isLoopback(new URL(endpoint.baseUrl).hostname);
  const facts = { endpoint, preset, isLoopback, prices: deps.prices, arms };
  const draft = (model: ListedModel): ModelDraft =>
    deps.distrustsPrice(armId(endpoint.id, model.id))
      ? { model, price: undefined, origin: undefined }
      : draftModel(model, facts);
  const plain = listed.filter(({ embedding }) => !embedding).map(draft);
  const mine = arms.filter((arm) => arm.endpointId === endpoint.id);
  const proposed = mine.length > 0 ? [] : await proposal(plain, deps.rating);
  const { drafts, chosen } = withEfforts(plain, { preset, arms: mine, proposed });
  const costs = drafts.some(({ price }) => !price || !isFree(price));
  const proposedLimit = costs && !deps.settings.hasMonthlyLimit() ? PROPOSED_LIMIT_USD : undefined;
  const choice = await deps.ui.chooseModels({
    endpoint,
    drafts,
    isChosen: (each) => chosen.has(each),
    proposedLimit,
  });
  return choice && choice.drafts.length > 0 ? choice : undefined;
}

/** Proposes all models where they are free and few or simulated; otherwise one of each price class. */
async function proposal(
  drafts: readonly ModelDraft[],
  rating: SetupDeps['rating'],
): Promise<readonly ModelDraft[]> {
  const allFree = drafts.every(({ price }) => price && isFree(price));
  if (allFree && drafts.length <= 12) return drafts;
  const simulated = drafts.filter(({ model }) => model.simulated);
  return simulated.length > 0 ? simulated : suggestModels(drafts, await rating());
}

/** Asks for each unknown price. A model may stay without one; it is then not used for paid calls. */
async function withPrices(
  ui: SetupUi,
  drafts: readonly ModelDraft[],
): Promise<readonly ModelDraft[] | undefined> {
  // A model costs the same at every effort: it reasons longer, and is billed for more tokens.
  const unknown = [
    ...new Map(drafts.flatMap((each) => (each.price ? [] : [[each.model.id, each]]))).values(),
  ];
  const entered = new Map<string, RateCard>();
  for (const [index, draft] of unknown.entries()) {
    const price = await ui.askPrice(draft, index + 1, unknown.length);
    if (price === undefined) return undefined;
    if (price === 'later') break;
    entered.set(draft.model.id, price);
  }
  return drafts.map((draft) => {
    const price = draft.price ? undefined : entered.get(draft.model.id);
    return price ? { ...draft, price, origin: { kind: 'settings' } } : draft;
  });
}

/** Stores the typed key in the keyring; if that fails, only a variable can supply it. */
async function keepKey(
  deps: SetupDeps,
  { endpoint, typedKey, chosenVariable }: Keyed,
): Promise<Endpoint | undefined> {
  if (chosenVariable !== undefined) await deps.keys.confirmVariable(chosenVariable, endpoint);
  if (typedKey === undefined || (await deps.keys.store(endpoint, typedKey))) return endpoint;
  const again = await askForKey(deps, endpoint, { refused: false, keyringFailed: true });
  return again && keepKey(deps, { ...again, typedKey: undefined });
}

async function write(
  deps: SetupDeps,
  endpoint: Endpoint,
  { drafts, monthlyLimitUsd }: ModelChoice,
  bounds: 'yes' | 'no' | undefined,
): Promise<void> {
  const { settings, presets, ui } = deps;
  const entry = {
    ...endpointEntry(endpoint, presets[endpoint.preset]),
    // Written also where it equals the preset's value, so the question is asked once.
    ...(bounds !== undefined && { [CAP_FIELD]: bounds === 'yes' }),
  };
  const first = current(deps).arms.length === 0;
  await settings.write(
    withEndpoint(settings.endpoints(), entry),
    withModels(settings.models(), endpoint, drafts),
  );
  for (const draft of drafts) {
    if (draft.origin?.kind === 'settings') deps.trustPrice(draftArmId(endpoint, draft));
  }
  const prices = drafts.map(({ price }) => price);
  const paid = prices.filter((price) => price && !isFree(price)).length;
  const unpriced = prices.filter((price) => !price).length;
  if (monthlyLimitUsd !== undefined && paid + unpriced > 0) await settings.setMonthlyLimit(monthlyLimitUsd);
  const lacksLimit = paid > 0 && !settings.hasMonthlyLimit();
  ui.done({ first, endpoint, models: drafts.length, unpriced, lacksLimit });
}
