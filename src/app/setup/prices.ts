/**
 * Refreshes prices from the endpoints' own lists: shows the changes, writes those that the user ticks, and leaves other
 * fields of an entry alone.
 */
import { isFree, type Arm, type RateCard } from '../../core/arm.ts';
import { armId } from '../../core/brand.ts';
import type { ArmId } from '../../core/brand.ts';
import { priceChanges, type PriceChange, type PriceOffer } from '../../core/models/priceTable.ts';
import type { Result } from '../../core/result.ts';
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint } from '../settings/endpoint.ts';
import type { ListedModel } from './catalog.ts';
import { isRecord } from '../../core/shape.ts';

export interface RefreshDeps {
  readonly endpoints: readonly Endpoint[];
  readonly arms: readonly Arm[];
  list(endpoint: Endpoint): Promise<Result<readonly ListedModel[], ProviderError>>;
  /** The preview. Undefined = canceled. */
  pick(changes: readonly PriceChange[]): Promise<readonly PriceChange[] | undefined>;
  /** The raw value of `pilot.models` at the time of writing, and the function that writes it. */
  readonly settings: { models(): unknown; write(models: unknown): Promise<void> };
  /** The user accepted this price, so that an earlier distrust of it ends. */
  trustPrice(id: ArmId): void;
}

export interface PricesRefreshed {
  readonly outcome: 'no-models' | 'nothing-listed' | 'up-to-date' | 'cancelled' | 'written';
  readonly nWritten: number;
  /** Endpoints that did not return a list; the prices of the others are refreshed. */
  readonly failed: readonly { readonly endpoint: Endpoint; readonly error: ProviderError }[];
}

export async function refreshPrices(deps: RefreshDeps): Promise<PricesRefreshed> {
  const endpoints = deps.endpoints.filter(({ id }) => deps.arms.some((arm) => arm.endpointId === id));
  const answers = await Promise.all(
    endpoints.map(async (endpoint) => ({ endpoint, listed: await deps.list(endpoint) })),
  );
  const failed = answers.flatMap(({ endpoint, listed }) =>
    listed.ok ? [] : [{ endpoint, error: listed.error }],
  );
  const end = (outcome: PricesRefreshed['outcome'], nWritten = 0): PricesRefreshed => ({
    outcome,
    nWritten,
    failed,
  });
  if (endpoints.length === 0) return end('no-models');
  const offers = answers.flatMap(({ endpoint, listed }) =>
    listed.ok ? priceOffers(endpoint.id, deps.arms, listed.value) : [],
  );
  if (offers.length === 0) return end('nothing-listed');
  const changes = priceChanges(offers);
  if (changes.length === 0) return end('up-to-date');
  const chosen = await deps.pick(changes);
  if (!chosen || chosen.length === 0) return end('cancelled');
  await deps.settings.write(withPrices(deps.settings.models(), chosen));
  for (const { armId: id } of chosen) deps.trustPrice(id);
  return end('written', chosen.length);
}

/**
 * Arms that counted as free and reported a cost have no known price while the settings still call them free; a price
 * that the user writes is believed.
 */
export const withoutDisproved = (arms: readonly Arm[], disproved: readonly unknown[]): readonly Arm[] =>
  arms.map((arm) =>
    disproved.includes(arm.id) && arm.price && isFree(arm.price) ? { ...arm, price: undefined } : arm,
  );

/** One offer for each arm of the endpoint whose price is in its list. */
export function priceOffers(
  endpointId: string,
  arms: readonly Arm[],
  listed: readonly ListedModel[],
): readonly PriceOffer[] {
  const prices = new Map(listed.map(({ id, price }) => [id, price]));
  return arms.flatMap((arm) => {
    const price = arm.endpointId === endpointId ? prices.get(arm.model) : undefined;
    // A class of tokens without a listed price keeps the user's price.
    return price ? [{ armId: arm.id, current: arm.price, listed: { ...arm.price, ...price } }] : [];
  });
}

/** `pilot.models` with the new prices; other fields and other entries stay. */
export function withPrices(raw: unknown, changes: readonly PriceChange[]): unknown[] {
  const prices = new Map<string, RateCard>(changes.map(({ armId: id, after }) => [id, after]));
  return (Array.isArray(raw) ? (raw as unknown[]) : []).map((entry) => {
    if (!isRecord(entry)) return entry;
    const { endpoint, model, effort, price: former } = entry;
    if (typeof endpoint !== 'string' || typeof model !== 'string') return entry;
    const named = typeof effort === 'string' || typeof effort === 'number' ? String(effort) : undefined;
    // An unusable effort is not part of the arm's id.
    const price = prices.get(armId(endpoint, model, named)) ?? prices.get(armId(endpoint, model));
    return price ? { ...entry, price: { ...(isRecord(former) && former), ...price } } : entry;
  });
}

export const rateNames = [
  'inputUsdPerMTok',
  'outputUsdPerMTok',
  'cachedInputUsdPerMTok',
  'cacheWriteUsdPerMTok',
  'reasoningUsdPerMTok',
  'requestUsd',
] as const satisfies readonly (keyof RateCard)[];

export interface RateChange {
  readonly rate: (typeof rateNames)[number];
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** The changed rates, input and output first. */
export const rateChanges = ({ before, after }: PriceChange): readonly RateChange[] =>
  rateNames.flatMap((rate) =>
    before?.[rate] === after[rate] ? [] : [{ rate, before: before?.[rate], after: after[rate] }],
  );
