/** The questions of set-up to the user, and the services it needs. */
import type { RateCard } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Result } from '../../core/result.ts';
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint, EndpointPreset, PresetId, PresetTable, PriceLookup } from '../settings/endpoint.ts';
import type { ListedModel } from './catalog.ts';
import type { CapQuestion } from './capQuestion.ts';
import type { ModelDraft } from './draft.ts';

export type SetupStart =
  /** With a key that the user pasted, or a variable that the user accepted, in the first step. */
  | { readonly type: 'preset'; readonly preset: PresetId; readonly key?: KeyAnswer }
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint };

/** A typed key, a variable that contains it, or none. */
export type KeyAnswer =
  | { readonly type: 'typed'; readonly key: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'none' };

export interface KeyQuestion {
  readonly endpoint: Endpoint;
  readonly preset: EndpointPreset;
  /** The provider's own variable, if it is set; only its name is shown, and it is used only when chosen. */
  readonly variable: string | undefined;
  readonly refused: boolean;
  /** Whether the keyring has just failed, so that a typed key could not be kept. */
  readonly keyringFailed: boolean;
  readonly isSet: (variable: string) => boolean;
}

export interface SetupSummary {
  /** Whether no model was set up before. */
  readonly first: boolean;
  readonly endpoint: Endpoint;
  readonly models: number;
  readonly unpriced: number;
  /** Whether paid models wait for a limit. */
  readonly lacksLimit: boolean;
}

/** Undefined from any question = the user canceled. */
export interface SetupUi {
  start(): Promise<SetupStart | undefined>;
  /** `former`: the earlier input, for correction. */
  askBaseUrl(preset: EndpointPreset, former?: string): Promise<string | undefined>;
  askKey(question: KeyQuestion): Promise<KeyAnswer | undefined>;
  whileFetching<T>(endpoint: Endpoint, fetch: (signal: AbortSignal) => Promise<T>): Promise<T>;
  listFailed(endpoint: Endpoint, error: ProviderError): Promise<AfterFailure | undefined>;
  askNames(endpoint: Endpoint): Promise<readonly string[] | undefined>;
  chooseModels(offer: ModelOffer): Promise<ModelChoice | undefined>;
  /** 'later': leave this model and all following ones without a price. */
  askPrice(draft: ModelDraft, position: number, total: number): Promise<RateCard | 'later' | undefined>;
  /** Whether the cap that is sent bounds all billed output; no also where that is unknown. */
  askCap(question: CapQuestion): Promise<'yes' | 'no' | undefined>;
  /** Warns and asks, naming the host: the key can be read in transit. */
  confirmPlainHttp(host: string): Promise<boolean>;
  keyKept(endpoint: Endpoint): void;
  done(summary: SetupSummary): void;
}

/** What to do after the list failed to load; 'address': enter another address. */
export type AfterFailure = 'again' | 'key' | 'by-hand' | 'address';

export interface ModelOffer {
  readonly endpoint: Endpoint;
  readonly drafts: readonly ModelDraft[];
  readonly isChosen: (draft: ModelDraft) => boolean;
  /**
   * In USD a month, proposed with the models, since no paid request is made before a limit is set. Undefined = one is
   * set.
   */
  readonly proposedLimit: number | undefined;
}

export interface ModelChoice {
  readonly drafts: readonly ModelDraft[];
  /** The limit that the user accepted; undefined = none, and paid models wait for a limit. */
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
  /** Whether all addresses of the host belong to the local network, by the form of its name and by its resolution. */
  readonly isPrivate: (hostname: string) => Promise<boolean>;
  /** Public rating of a model, higher is better; it selects the models that are ticked initially. */
  readonly rating: () => Promise<(model: string, price: RateCard) => number>;
  /** Whether the model counted as free and sent a bill, so that its price is unknown until the user states one. */
  readonly distrustsPrice: (arm: ArmId) => boolean;
  readonly trustPrice: (arm: ArmId) => void;
}

/** The user's settings in their raw form. */
export interface SetupSettings {
  endpoints(): unknown;
  models(): unknown;
  write(endpoints: unknown, models: unknown): Promise<void>;
  /** Whether the user has set a monthly limit. */
  hasMonthlyLimit(): boolean;
  setMonthlyLimit(usd: number): Promise<void>;
}

export interface SetupKeys {
  stored(endpoint: Endpoint): Promise<string | undefined>;
  variable(name: string): string | undefined;
  /** False = the keyring refused. */
  store(endpoint: Endpoint, key: string): Promise<boolean>;
  /** Records that the user chose this variable for this endpoint's host. */
  confirmVariable(name: string, endpoint: Endpoint): Promise<void>;
  /** Whether the key may go to a host of the local network over plain http. */
  mayGoPlain(endpoint: Endpoint): boolean;
  allowPlain(endpoint: Endpoint): Promise<void>;
}
