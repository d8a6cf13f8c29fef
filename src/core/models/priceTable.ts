/**
 * Looks up prices in the shipped table, and computes what a refresh from an endpoint's own list would change.
 *
 * A price applies only to the model's own name at the provider that sells it: the same weights cost ten times as much
 * elsewhere. A dated or "latest" name gets the price of its base name, as at the providers.
 */
import { isFree, type RateCard } from '../arm.ts';
import type { ArmId } from '../brand.ts';
import { isUsable } from '../money/pricing.ts';
import priceFile from './prices.json' with { type: 'json' };

/** The order of `columns` in prices.json; test/unit/core/models/priceTable.test.ts checks each row. */
type PriceRow = readonly [
  input: number,
  output: number,
  cachedInput?: number | null,
  contextTokens?: number | null,
  longContext?: readonly [aboveTokens: number, input: number, output: number, cachedInput?: number],
];

interface PriceList {
  readonly source: string;
  /** `YYYY-MM-DD`, not later than the date of the list. */
  readonly date: string;
  /** By provider, then by model. */
  readonly models: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>;
}

/** Newest first: the first list that contains a model decides. */
const priceLists = priceFile.lists as unknown as readonly PriceList[];

export interface ListedPrice {
  readonly price: RateCard;
  readonly source: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly contextTokens: number | undefined;
}

/** Undefined = not in the table; such a model has no price until the user or an endpoint states one. */
export function listPrice(provider: string, model: string): ListedPrice | undefined {
  for (const { source, date, models } of priceLists) {
    const row = findRow(models[provider] ?? {}, model);
    if (row) return { price: cardOf(row), source, date, contextTokens: row[3] ?? undefined };
  }
  return undefined;
}

export interface PriceOffer {
  readonly armId: ArmId;
  readonly current: RateCard | undefined;
  /** The endpoint's price; undefined = not listed. */
  readonly listed: RateCard | undefined;
}

export type PriceChange = {
  readonly armId: ArmId;
  readonly before: RateCard | undefined;
  readonly after: RateCard;
  /**
   * The factor by which the cost of a typical request (three input tokens to one output token) rises; undefined = no
   * earlier price.
   */
  readonly factor: number | undefined;
} & (
  | { readonly verdict: 'plausible' }
  /** The preview shows it; it is adopted only when the user ticks it. */
  | { readonly verdict: 'suspicious'; readonly why: SuspiciousBecause }
);

export type SuspiciousBecause = 'ten-times-dearer' | 'ten-times-cheaper' | 'now-free' | 'beyond-known-prices';

/**
 * The changes for a preview; this function changes nothing. Lists have been wrong by factors of 10 and 8,000
 * (BerriAI/litellm #8757, #18981), so a jump needs the user's confirmation, and garbage is not offered at all.
 */
export function priceChanges(offers: readonly PriceOffer[]): readonly PriceChange[] {
  return offers.flatMap(({ armId, current, listed }) => {
    if (!listed || !isUsable(listed) || isSame(current, listed)) return [];
    const factor = current && blended(current) > 0 ? blended(listed) / blended(current) : undefined;
    const why = suspicion(current, listed, factor);
    const change = { armId, before: current, after: listed, factor };
    return [
      why ? { ...change, verdict: 'suspicious' as const, why } : { ...change, verdict: 'plausible' as const },
    ];
  });
}

/** The most expensive model ever listed cost 150 / 600 USD (o1-pro); far higher prices are errors of the unit. */
const MAX_USD_PER_MTOK = 2_000;
const JUMP = 10;

function suspicion(
  current: RateCard | undefined,
  listed: RateCard,
  factor: number | undefined,
): SuspiciousBecause | undefined {
  if (Math.max(listed.inputUsdPerMTok, listed.outputUsdPerMTok) > MAX_USD_PER_MTOK)
    return 'beyond-known-prices';
  // A paid model that suddenly became free would be called without any limit.
  if (isFree(listed)) return current && isFree(current) ? undefined : 'now-free';
  if (factor === undefined) return undefined;
  if (factor >= JUMP) return 'ten-times-dearer';
  return factor <= 1 / JUMP ? 'ten-times-cheaper' : undefined;
}

const blended = (card: RateCard): number => (3 * card.inputUsdPerMTok + card.outputUsdPerMTok) / 4;

function findRow(models: Readonly<Record<string, PriceRow>>, model: string): PriceRow | undefined {
  const name = model.toLowerCase();
  const exact = Object.hasOwn(models, name) ? models[name] : undefined;
  if (exact) return exact;
  const base = baseName(name);
  return Object.entries(models).find(([known]) => baseName(known) === base)?.[1];
}

/** The name without date and "latest", versions with dashes: claude-sonnet-4.5 equals claude-sonnet-4-5-20250929. */
const baseName = (name: string): string =>
  name.replace(/-(?:latest|\d{4}-\d{2}-\d{2}|20\d{6})$/u, '').replaceAll('.', '-');

function cardOf([inputUsdPerMTok, outputUsdPerMTok, cached, , long]: PriceRow): RateCard {
  return {
    inputUsdPerMTok,
    outputUsdPerMTok,
    ...(cached !== undefined && cached !== null && { cachedInputUsdPerMTok: cached }),
    ...(long && { longContext: longOf(long) }),
  };
}

function longOf([aboveTokens, inputUsdPerMTok, outputUsdPerMTok, cached]: NonNullable<PriceRow[4]>) {
  return {
    aboveTokens,
    inputUsdPerMTok,
    outputUsdPerMTok,
    ...(cached !== undefined && { cachedInputUsdPerMTok: cached }),
  };
}

/** The order of keys does not matter, and an absent field equals an undefined one. */
function isSame(a: RateCard | undefined, b: RateCard): boolean {
  if (!a) return false;
  const flat = ({ longContext, ...card }: RateCard): string =>
    JSON.stringify(
      [...Object.entries(card), ...Object.entries(longContext ?? {}).map(([k, v]) => [`long.${k}`, v])]
        .filter(([, value]) => value !== undefined)
        .sort(),
    );
  return flat(a) === flat(b);
}
