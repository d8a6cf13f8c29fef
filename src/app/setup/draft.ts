import type { Arm, Effort, RateCard } from '../../core/arm.ts';
import type { Endpoint, EndpointPreset, PriceLookup } from '../settings/endpoint.ts';
import type { ListedModel } from './catalog.ts';

/** The source of a price, shown beside it. */
export type PriceOrigin =
  | { readonly kind: 'endpoint' }
  | { readonly kind: 'table'; readonly source: string; readonly date: string }
  /** The model runs on the user's own machine. */
  | { readonly kind: 'local' }
  /** The user's own price, from the settings. */
  | { readonly kind: 'settings' };

/** A model that could become an arm, with its known facts. */
export interface ModelDraft {
  readonly model: ListedModel;
  /** Undefined = the user is asked, since unknown is not zero. */
  readonly price: RateCard | undefined;
  readonly origin: PriceOrigin | undefined;
  /** Absent = the model's own default. */
  readonly effort?: Effort;
}

export interface DraftFacts {
  readonly endpoint: Endpoint;
  readonly preset: EndpointPreset;
  readonly isLoopback: boolean;
  readonly prices: PriceLookup;
  readonly arms: readonly Arm[];
}

/** The user's own price first, then the endpoint's, then the shipped table's; a local model costs nothing. */
export function draftModel(listed: ListedModel, facts: DraftFacts): ModelDraft {
  const known = facts.prices.lookup(facts.preset.id, listed.id);
  const model = {
    ...listed,
    contextTokens: listed.contextTokens ?? known?.contextTokens,
    maxOutputTokens: listed.maxOutputTokens ?? known?.maxOutputTokens,
  };
  const own = facts.arms.find((arm) => arm.endpointId === facts.endpoint.id && arm.model === model.id)?.price;
  if (own) return { model, price: own, origin: { kind: 'settings' } };
  if (model.price) return { model, price: model.price, origin: { kind: 'endpoint' } };
  if (facts.preset.local && facts.isLoopback) return { model, price: FREE, origin: { kind: 'local' } };
  if (!known) return { model, price: undefined, origin: undefined };
  const { price, source, date } = known;
  return { model, price, origin: { kind: 'table', source, date } };
}

export const FREE: RateCard = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };

/** A model whose name the user typed, where the endpoint lists nothing. */
export const namedModel = (id: string): ListedModel => ({
  id,
  name: undefined,
  price: undefined,
  contextTokens: undefined,
  maxOutputTokens: undefined,
  tools: undefined,
  images: undefined,
  fim: undefined,
  reasoning: undefined,
  simulated: false,
  embedding: false,
});
