/** What set-up asks the user, and what it needs of the world around it. */
import type { RateCard } from '../../core/arm.ts';
import type { ArmId } from '../../core/brand.ts';
import type { Result } from '../../core/result.ts';
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint, Preset, PresetId, PresetTable, PriceLookup } from '../settings/endpoint.ts';
import type { ListedModel } from './catalog.ts';
import type { CapQuestion } from './capQuestion.ts';
import type { ModelDraft } from './draft.ts';

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
  /** `former`: what was given before, to be mended. */
  askBaseUrl(preset: Preset, former?: string): Promise<string | undefined>;
  askKey(question: KeyQuestion): Promise<KeyAnswer | undefined>;
  whileFetching<T>(endpoint: Endpoint, fetch: (signal: AbortSignal) => Promise<T>): Promise<T>;
  listFailed(endpoint: Endpoint, error: ProviderError): Promise<AfterFailure | undefined>;
  askNames(endpoint: Endpoint): Promise<readonly string[] | undefined>;
  chooseModels(offer: ModelOffer): Promise<ModelChoice | undefined>;
  /** 'later': leave this and all others without one. */
  askPrice(draft: ModelDraft, position: number, total: number): Promise<RateCard | 'later' | undefined>;
  /** Whether the cap that is sent bounds all output that is billed; no also where that is not known. */
  askCap(question: CapQuestion): Promise<'yes' | 'no' | undefined>;
  /** A warning and a question that names the host: the key can be read on the way there. */
  confirmPlainHttp(host: string): Promise<boolean>;
  keyKept(endpoint: Endpoint): void;
  done(summary: SetupSummary): void;
}

/** What to do about a list that did not come; 'address': give another one. */
export type AfterFailure = 'again' | 'key' | 'by-hand' | 'address';

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
  /** Whether all addresses of the host are of the local network, by its name's form and by what it resolves to. */
  readonly isPrivate: (hostname: string) => Promise<boolean>;
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

export interface SetupKeys {
  stored(endpoint: Endpoint): Promise<string | undefined>;
  variable(name: string): string | undefined;
  /** False: the keyring refused. */
  store(endpoint: Endpoint, key: string): Promise<boolean>;
  /** The user has chosen this variable for this endpoint's host. */
  confirmVariable(name: string, endpoint: Endpoint): Promise<void>;
  /** Whether the key may go to a host of the local network over plain http. */
  mayGoPlain(endpoint: Endpoint): boolean;
  allowPlain(endpoint: Endpoint): Promise<void>;
}
