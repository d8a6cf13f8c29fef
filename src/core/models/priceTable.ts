/**
 * The shipped price table's look-up, and what a refresh from an endpoint's own list would change.
 *
 * A price is taken only under the model's own name at the provider that sells it: the same weights cost ten times as
 * much elsewhere. A dated or "latest" name stands for its base name, as providers price it.
 */
import { isFree, type RateCard } from '../arm.ts';
import type { ArmId } from '../brand.ts';
import { isUsable } from '../money/pricing.ts';
import priceFile from './prices.json' with { type: 'json' };

/** As `columns` of prices.json says; test/unit/core/models/priceTable.test.ts holds each row of it to this. */
type PriceRow = readonly [
  input: number,
  output: number,
  cachedInput?: number | null,
  contextTokens?: number | null,
  longContext?: readonly [aboveTokens: number, input: number, output: number, cachedInput?: number],
];

interface PriceList {
  readonly source: string;
  /** `YYYY-MM-DD`: no later than the list's own state. */
  readonly date: string;
  /** By provider, then by model. */
  readonly models: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>;
}

/** Newest first: the first list that knows a model decides. */
const priceLists = priceFile.lists as unknown as readonly PriceList[];

export interface ListedPrice {
  readonly price: RateCard;
  readonly source: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly contextTokens: number | undefined;
}

/** Undefined = not in the table; such a model has no price until somebody states one. */
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
  /** As the endpoint lists it; undefined = not listed. */
  readonly listed: RateCard | undefined;
}

export type PriceChange = {
  readonly armId: ArmId;
  readonly before: RateCard | undefined;
  readonly after: RateCard;
  /** By how much a typical request (three input tokens to one of output) gets dearer; undefined = no price before. */
  readonly factor: number | undefined;
} & (
  | { readonly verdict: 'plausible' }
  /** Shown, and taken only when the user ticks it. */
  | { readonly verdict: 'suspicious'; readonly why: SuspiciousBecause }
);

export type SuspiciousBecause = 'ten-times-dearer' | 'ten-times-cheaper' | 'now-free' | 'beyond-known-prices';

/**
 * What would change, for a preview; nothing is changed here. Lists have been wrong by 10 and by 8,000 times
 * (BerriAI/litellm #8757, #18981), so a jump is not taken without a look, and garbage is not offered at all.
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

/** The dearest model ever listed was 150 / 600 USD (o1-pro); far beyond it is a slip of the unit. */
const MAX_USD_PER_MTOK = 2_000;
const JUMP = 10;

function suspicion(
  current: RateCard | undefined,
  listed: RateCard,
  factor: number | undefined,
): SuspiciousBecause | undefined {
  if (Math.max(listed.inputUsdPerMTok, listed.outputUsdPerMTok) > MAX_USD_PER_MTOK)
    return 'beyond-known-prices';
  // A paid model that is suddenly free would be called without any limit.
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

/** Without date and "latest", versions with dashes: claude-sonnet-4.5 is claude-sonnet-4-5-20250929. */
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

/** Key order and absent against undefined fields do not make a price another one. */
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
