/**
 * PILOT: Set Up Models, as a conversation: which provider, its key, its models, their prices. Whatever the user
 * breaks off leaves the settings as they were. The words are the surface's (`SetupUi`).
 */
import type { RateCard } from '../../core/arm.ts';
import { isFree } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import { armId } from '../../core/brand.ts';
import type { Result } from '../../core/result.ts';
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint, Preset, PresetId, PresetTable, PriceLookup } from '../settings/endpoint.ts';
import { parseSettings } from '../settings/index.ts';
import type { ListedModel } from './catalog.ts';
import type { ModelDraft } from './draft.ts';
import { draftModel, namedModel } from './draft.ts';
import { suggestModels } from './suggest.ts';
import { endpointEntry, freshId, withEndpoint, withModels } from './entries.ts';

export type SetupStart =
  /** With a key that was pasted, or a variable whose use was agreed to, where the conversation began. */
  | { readonly type: 'preset'; readonly preset: PresetId; readonly key?: KeyAnswer }
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint };

/** A key typed in, a variable to read it from, or none. */
export type KeyAnswer =
  | { readonly type: 'typed'; readonly key: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'none' };

export interface KeyQuestion {
  readonly endpoint: Endpoint;
  readonly preset: Preset;
  /** The provider's own variable, if it is set; only its name is shown, and it is used only when chosen. */
  readonly variable: string | undefined;
  readonly refused: boolean;
  /** The keyring has just failed, so a typed key could not be kept. */
  readonly keyringFailed: boolean;
  readonly isSet: (variable: string) => boolean;
}

export interface SetupSummary {
  /** No model was set up before. */
  readonly first: boolean;
  readonly endpoint: Endpoint;
  readonly models: number;
  readonly unpriced: number;
  /** Paid models wait for it. */
  readonly lacksLimit: boolean;
}

/** Undefined from any question = the user broke off. */
export interface SetupUi {
  start(): Promise<SetupStart | undefined>;
  askBaseUrl(preset: Preset): Promise<string | undefined>;
  askKey(question: KeyQuestion): Promise<KeyAnswer | undefined>;
  whileFetching<T>(endpoint: Endpoint, fetch: (signal: AbortSignal) => Promise<T>): Promise<T>;
  listFailed(endpoint: Endpoint, error: ProviderError): Promise<'again' | 'key' | 'by-hand' | undefined>;
  askNames(endpoint: Endpoint): Promise<readonly string[] | undefined>;
  chooseModels(offer: ModelOffer): Promise<ModelChoice | undefined>;
  /** 'later': leave this and all others without one. */
  askPrice(draft: ModelDraft, position: number, total: number): Promise<RateCard | 'later' | undefined>;
  keyKept(endpoint: Endpoint): void;
  done(summary: SetupSummary): void;
}

export interface ModelOffer {
  readonly endpoint: Endpoint;
  readonly drafts: readonly ModelDraft[];
  readonly isChosen: (draft: ModelDraft) => boolean;
  /** In USD a month, proposed with the models: nothing is paid for before a limit stands. Undefined: one stands. */
  readonly proposedLimit: number | undefined;
}

export interface ModelChoice {
  readonly drafts: readonly ModelDraft[];
  /** What the user agreed to; undefined: nothing, and paid models wait for a limit. */
  readonly monthlyLimitUsd: number | undefined;
}

export interface SetupDeps {
  readonly ui: SetupUi;
  readonly presets: PresetTable;
  readonly prices: PriceLookup;
  readonly settings: SetupSettings;
  readonly list: (
    endpoint: Endpoint,
    key: string | undefined,
    signal: AbortSignal,
  ) => Promise<Result<readonly ListedModel[], ProviderError>>;
  readonly keys: SetupKeys;
  readonly isLoopback: (hostname: string) => boolean;
  /** Public rating of a model, higher is better; for what is ticked before anybody has looked. */
  readonly rating: () => Promise<(model: string, price: RateCard) => number>;
  /** The model was called free and sent a bill: what the settings say counts no more until the user states a price. */
  readonly distrustsPrice: (arm: ArmId) => boolean;
  readonly trustPrice: (arm: ArmId) => void;
}

/** The user's settings as they are written, not as they were understood. */
export interface SetupSettings {
  endpoints(): unknown;
  models(): unknown;
  write(endpoints: unknown, models: unknown): Promise<void>;
  /** Whether the user has said what a month may cost. */
  hasMonthlyLimit(): boolean;
  setMonthlyLimit(usd: number): Promise<void>;
}

/** Enough to see what routing is worth, and nobody's ruin. */
export const PROPOSED_LIMIT_USD = 5;

export interface SetupKeys {
  stored(endpoint: Endpoint): Promise<string | undefined>;
  variable(name: string): string | undefined;
  /** False: the keyring refused. */
  store(endpoint: Endpoint, key: string): Promise<boolean>;
}

export async function setUpModels(deps: SetupDeps): Promise<void> {
  const start = await deps.ui.start();
  const endpoint = start && (await endpointFor(deps, start));
  const given = start?.type === 'preset' ? start.key : undefined;
  const connected = endpoint && (await connect(deps, endpoint, given));
  const choice = connected && (await choose(deps, connected));
  const drafts = choice && (await withPrices(deps.ui, choice.drafts));
  if (!connected || !drafts) return;
  const kept = await keepKey(deps, connected);
  if (kept) await write(deps, kept, { ...choice, drafts });
}

/** A new key for an endpoint that is set up already. */
export async function enterKey(deps: SetupDeps, endpoint: Endpoint): Promise<void> {
  const entered = await askForKey(deps, endpoint, { refused: false, keyringFailed: false });
  const kept = entered && (await keepKey(deps, entered));
  if (!kept) return;
  deps.ui.keyKept(kept);
  if (kept.apiKeyEnv === endpoint.apiKeyEnv && kept.needsKey === endpoint.needsKey) return;
  const { settings, presets } = deps;
  const entry = endpointEntry(kept, presets[kept.preset]);
  await settings.write(withEndpoint(settings.endpoints(), entry), settings.models());
}

interface Keyed {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** To be put into the keyring once the set-up is complete. */
  readonly typedKey: string | undefined;
}

interface Connected extends Keyed {
  readonly listed: readonly ListedModel[];
}

async function endpointFor(deps: SetupDeps, start: SetupStart): Promise<Endpoint | undefined> {
  if (start.type === 'endpoint') return start.endpoint;
  const preset = deps.presets[start.preset];
  const baseUrl = fixedAddress(preset) ?? (await deps.ui.askBaseUrl(preset));
  if (baseUrl === undefined) return undefined;
  const taken = current(deps).endpoints;
  const same = taken.find((endpoint) => endpoint.preset === preset.id && endpoint.baseUrl === baseUrl);
  if (same) return same;
  const id = freshId(
    preset.id,
    taken.map((endpoint) => endpoint.id),
  );
  // "OpenAI-compatible" would name them all alike.
  const label = preset.id === 'custom' ? new URL(baseUrl).host : preset.label;
  // Through the parser, so that what is written now is understood the same way later.
  const entry = { id, preset: preset.id, baseUrl, label };
  return parseSettings({ endpoints: [entry], models: [] }, deps.presets).endpoints[0];
}

/** Providers and the local servers with a port of their own; the others run wherever the user put them. */
const fixedAddress = (preset: Preset): string | undefined =>
  preset.id === 'vllm' || preset.id === 'litellm' || preset.id === 'custom' ? undefined : preset.baseUrl;

const current = ({ settings, presets }: SetupDeps) =>
  parseSettings({ endpoints: settings.endpoints(), models: settings.models() }, presets);

/** Asks for a key and for the model list until there is a list, or the user gives up. */
async function connect(
  deps: SetupDeps,
  endpoint: Endpoint,
  given: KeyAnswer | undefined,
): Promise<Connected | undefined> {
  let keyed = await firstKey(deps, endpoint, given);
  while (keyed) {
    const { endpoint: now, key } = keyed;
    const listed = await deps.ui.whileFetching(now, (signal) => deps.list(now, key, signal));
    if (listed.ok) return { ...keyed, listed: listed.value };
    const versioned = withVersionPath(now, listed.error);
    if (versioned) {
      keyed = { ...keyed, endpoint: versioned };
      continue;
    }
    const way = await deps.ui.listFailed(now, listed.error);
    if (way === undefined) return undefined;
    if (way === 'by-hand') {
      const names = await deps.ui.askNames(now);
      return names && { ...keyed, listed: names.map(namedModel) };
    }
    if (way === 'key') {
      const refused = listed.error.kind === 'wrong-key';
      keyed = await askForKey(deps, now, { refused, keyringFailed: false });
    }
  }
  return undefined;
}

/** The most common slip with an own server: its address without the `/v1` that OpenAI clients are given. */
function withVersionPath(endpoint: Endpoint, error: ProviderError): Endpoint | undefined {
  const notThere = error.status === 404 || error.kind === 'not-json';
  if (endpoint.preset !== 'custom' || !notThere || /\/v\d\w*(\/|$)/.test(endpoint.baseUrl)) return undefined;
  return { ...endpoint, baseUrl: `${endpoint.baseUrl}/v1` };
}

async function firstKey(
  deps: SetupDeps,
  endpoint: Endpoint,
  given: KeyAnswer | undefined,
): Promise<Keyed | undefined> {
  // A variable goes to its own host only, whatever address was given since.
  if (given && (given.type !== 'variable' || ownVariable(deps, endpoint) === given.name))
    return keyedBy(deps, endpoint, given);
  const stored = await deps.keys.stored(endpoint);
  if (stored !== undefined) return { endpoint, key: stored, typedKey: undefined };
  const mayNeedOne = endpoint.needsKey || endpoint.preset === 'custom';
  if (!mayNeedOne) return { endpoint, key: undefined, typedKey: undefined };
  return askForKey(deps, endpoint, { refused: false, keyringFailed: false });
}

async function askForKey(
  deps: SetupDeps,
  endpoint: Endpoint,
  circumstances: Pick<KeyQuestion, 'refused' | 'keyringFailed'>,
): Promise<Keyed | undefined> {
  const preset = deps.presets[endpoint.preset];
  const variable = ownVariable(deps, endpoint);
  const isSet = (name: string) => deps.keys.variable(name) !== undefined;
  const answer = await deps.ui.askKey({ endpoint, preset, variable, isSet, ...circumstances });
  return answer && keyedBy(deps, endpoint, answer);
}

/** The provider's own variable, where it is set and the endpoint is the host that it belongs to. */
function ownVariable({ presets, keys }: SetupDeps, { preset, baseUrl }: Endpoint): string | undefined {
  const { apiKeyEnv, baseUrl: home } = presets[preset];
  if (apiKeyEnv === undefined || home === undefined) return undefined;
  const fits = new URL(home).origin === new URL(baseUrl).origin;
  return fits && keys.variable(apiKeyEnv) !== undefined ? apiKeyEnv : undefined;
}

function keyedBy(deps: SetupDeps, endpoint: Endpoint, answer: KeyAnswer): Keyed {
  switch (answer.type) {
    case 'none':
      return { endpoint: { ...endpoint, needsKey: false }, key: undefined, typedKey: undefined };
    case 'typed':
      return { endpoint: { ...endpoint, needsKey: true }, key: answer.key, typedKey: answer.key };
    case 'variable': {
      const key = deps.keys.variable(answer.name);
      return { endpoint: { ...endpoint, needsKey: true, apiKeyEnv: answer.name }, key, typedKey: undefined };
    }
  }
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
  const drafts = listed.filter(({ embedding }) => !embedding).map(draft);
  const mine = new Set(arms.flatMap((arm) => (arm.endpointId === endpoint.id ? [arm.model] : [])));
  const proposed = mine.size > 0 ? [] : await proposal(drafts, deps.rating);
  const isChosen = (draft: ModelDraft) => mine.has(draft.model.id) || proposed.includes(draft);
  const costs = drafts.some(({ price }) => !price || !isFree(price));
  const proposedLimit = costs && !deps.settings.hasMonthlyLimit() ? PROPOSED_LIMIT_USD : undefined;
  const choice = await deps.ui.chooseModels({ endpoint, drafts, isChosen, proposedLimit });
  return choice && choice.drafts.length > 0 ? choice : undefined;
}

/** What is free and few is taken unless the user says otherwise, and so is all that is simulated; else one of each price. */
async function proposal(
  drafts: readonly ModelDraft[],
  rating: SetupDeps['rating'],
): Promise<readonly ModelDraft[]> {
  const allFree = drafts.every(({ price }) => price && isFree(price));
  if (allFree && drafts.length <= 12) return drafts;
  const simulated = drafts.filter(({ model }) => model.simulated);
  return simulated.length > 0 ? simulated : suggestModels(drafts, await rating());
}

/** Asks for each price that nobody knows. A model may stay without one; it is then not used for paid calls. */
async function withPrices(
  ui: SetupUi,
  drafts: readonly ModelDraft[],
): Promise<readonly ModelDraft[] | undefined> {
  const unknown = drafts.filter(({ price }) => !price);
  const entered = new Map<ModelDraft, ModelDraft>();
  for (const [index, draft] of unknown.entries()) {
    const price = await ui.askPrice(draft, index + 1, unknown.length);
    if (price === undefined) return undefined;
    if (price === 'later') break;
    entered.set(draft, { ...draft, price, origin: { kind: 'settings' } });
  }
  return drafts.map((draft) => entered.get(draft) ?? draft);
}

/** The typed key goes into the keyring; where that fails, only a variable can hold it. */
async function keepKey(deps: SetupDeps, { endpoint, typedKey }: Keyed): Promise<Endpoint | undefined> {
  if (typedKey === undefined || (await deps.keys.store(endpoint, typedKey))) return endpoint;
  const again = await askForKey(deps, endpoint, { refused: false, keyringFailed: true });
  return again?.endpoint;
}

async function write(
  deps: SetupDeps,
  endpoint: Endpoint,
  { drafts, monthlyLimitUsd }: ModelChoice,
): Promise<void> {
  const { settings, presets, ui } = deps;
  const entry = endpointEntry(endpoint, presets[endpoint.preset]);
  const first = current(deps).arms.length === 0;
  await settings.write(
    withEndpoint(settings.endpoints(), entry),
    withModels(settings.models(), endpoint, drafts),
  );
  for (const { model, origin } of drafts) {
    if (origin?.kind === 'settings') deps.trustPrice(armId(endpoint.id, model.id));
  }
  const prices = drafts.map(({ price }) => price);
  const paid = prices.filter((price) => price && !isFree(price)).length;
  const unpriced = prices.filter((price) => !price).length;
  if (monthlyLimitUsd !== undefined && paid + unpriced > 0) await settings.setMonthlyLimit(monthlyLimitUsd);
  const lacksLimit = paid > 0 && !settings.hasMonthlyLimit();
  ui.done({ first, endpoint, models: drafts.length, unpriced, lacksLimit });
}
