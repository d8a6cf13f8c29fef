/**
 * What a request can cost (worst case, a bound), what it should cost (expected), and what its tokens did cost.
 *
 * Worst case = input bound x most expensive applicable input class + output bound x most expensive output class + fee.
 * It holds for every bill whose tokens stay within the input bound and the cap that was sent.
 */
import type { Arm, RateCard } from '../arm.ts';
import { isFree } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import type { Quote } from '../decision.ts';
import { ZERO, ceilNano } from '../money.ts';

/** USD per million tokens is 1000 nano-USD per token. */
const NANO_PER_TOKEN = 1000;
const NANO_PER_USD = 1e9;
/** An answer below this cap is useless, so money for less counts as money for none. */
const LEAST_OUTPUT_TOKENS = 16;
/** Margin for the estimate of the input when the context window is divided; a refusal by the provider costs nothing. */
const CONTEXT_MARGIN = 1.1;

export interface QuoteRequest {
  /** Upper bound on the input tokens (`inputBound.ts`), or an exact tokenizer's count. */
  readonly maxInputTokens: number;
  readonly expectedInputTokens: number;
  /** Expected share of the input that the provider's prompt cache serves, in [0, 1]. */
  readonly expectedCachedShare?: number;
  /** Expected billed output, including reasoning (`outputLength.ts`). */
  readonly expectedOutputTokens: number;
  /** The most output that this surface uses; undefined = the model's own limit. */
  readonly outputCap?: number;
  /** The part of that cap that reasoning may use. */
  readonly reasoningCap?: number | undefined;
  /** Available money; undefined = no clamp. */
  readonly moneyLeft?: NanoUsd;
  /** The smallest output cap worth sending. */
  readonly leastOutputTokens?: number;
}

/** Tokens by disjoint classes, so none counts twice. */
export interface TokenClasses {
  /** Neither read from nor written to the cache. */
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that was written for an hour; absent = none. */
  readonly hourCacheWrite?: number;
  /** Without reasoning. */
  readonly output: number;
  readonly reasoning: number;
}

/**
 * Clamps the output cap to the model, the context window and the available money. Where the money does not suffice even
 * for the smallest useful cap, the quote's worst case exceeds it, and the caller excludes the arm as over the limit.
 */
export function quote(arm: Arm, request: QuoteRequest): Quote | 'unpriced' | 'too-long' {
  const card = arm.price;
  if (card === undefined || !isUsable(card)) return 'unpriced';
  // A bound that is not a number bounds nothing.
  if (!Number.isFinite(request.maxInputTokens) || request.maxInputTokens < 0) return 'too-long';
  const maxInputTokens = Math.ceil(request.maxInputTokens);
  const inputTokens = Math.min(tokens(request.expectedInputTokens), maxInputTokens);
  const least = Math.min(request.leastOutputTokens ?? LEAST_OUTPUT_TOKENS, arm.maxOutputTokens);
  const room = Math.floor(arm.contextTokens - inputTokens * CONTEXT_MARGIN);
  if (room < least) return 'too-long';

  const wanted = Math.min(tokens(request.outputCap ?? Infinity) || Infinity, arm.maxOutputTokens, room);
  const rates = dearestRates(card, maxInputTokens, arm.cacheLife === 'hour');
  const affordable = affordableOutput(arm, rates, maxInputTokens, request.moneyLeft);
  const outputCap = Math.max(least, Math.min(wanted, affordable));
  const uncapped = Math.max(arm.maxOutputTokens, arm.maxBilledOutputTokens ?? 0);
  const billable = arm.outputCapCoversReasoning ? outputCap : Math.max(outputCap, uncapped);
  const worstCase = atRates(rates, maxInputTokens, billable);
  const outputTokens = Math.min(tokens(request.expectedOutputTokens), billable);
  const expected = expectedCost(card, inputTokens, request.expectedCachedShare ?? 0, outputTokens);
  return {
    armId: arm.id,
    expected: Math.min(expected, worstCase) as NanoUsd,
    worstCase,
    inputTokens,
    outputTokens,
    outputCap,
    ...reasoningWithin(request, outputCap),
  };
}

/** A clamped cap leaves the reasoning its share, and the visible answer its own. */
function reasoningWithin(
  { outputCap, reasoningCap }: QuoteRequest,
  sent: number,
): Pick<Quote, 'reasoningCap'> {
  if (reasoningCap === undefined || outputCap === undefined || outputCap <= 0) return {};
  return { reasoningCap: Math.floor(sent * Math.min(1, reasoningCap / outputCap)) };
}

/**
 * The output tokens that a call may have for this amount beside its input; Infinity where no cap bounds the billed
 * output.
 */
export function outputFor(arm: Arm, maxInputTokens: number, money: NanoUsd): number {
  const { price, cacheLife } = arm;
  if (price === undefined || !isUsable(price)) return Infinity;
  return affordableOutput(
    arm,
    dearestRates(price, maxInputTokens, cacheLife === 'hour'),
    maxInputTokens,
    money,
  );
}

/** The most that this many tokens can cost, whatever their classes; undefined where there is no usable price. */
export function mostCost(
  { price: card, cacheLife }: Pick<Arm, 'price' | 'cacheLife'>,
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
): NanoUsd | undefined {
  if (card === undefined || !isUsable(card)) return undefined;
  return atRates(dearestRates(card, inputTokens, cacheLife === 'hour'), inputTokens, outputTokens);
}

/**
 * The cost of these tokens at list price. For absent rates, cached and written input counts as input, reasoning as
 * output.
 */
export function costOf(card: RateCard, counts: TokenClasses): NanoUsd {
  const c = {
    input: tokens(counts.input),
    cached: tokens(counts.cachedInput),
    write: tokens(counts.cacheWrite),
    hourWrite: Math.min(tokens(counts.hourCacheWrite ?? 0), tokens(counts.cacheWrite)),
    output: tokens(counts.output),
    reasoning: tokens(counts.reasoning),
  };
  const tier = tierOf(card, c.input + c.cached + c.write);
  const perToken =
    c.input * tier.input +
    c.cached * tier.cachedInput +
    (c.write - c.hourWrite) * tier.cacheWrite +
    c.hourWrite * tier.hourCacheWrite +
    c.output * tier.output +
    c.reasoning * tier.reasoning;
  return ceilNano(perToken * NANO_PER_TOKEN + (card.requestUsd ?? 0) * NANO_PER_USD);
}

/** A rate card with a negative or non-finite rate is not a price. */
export function isUsable(card: RateCard): boolean {
  const { longContext, ...flat } = card;
  const rates = [...Object.values(flat), ...(longContext ? Object.values(longContext) : [])];
  return rates.every((rate: unknown) => rate === undefined || (Number.isFinite(rate) && Number(rate) >= 0));
}

interface Tier {
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly hourCacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The long-context rates apply to the whole request once its input, cached or not, exceeds the step. */
function tierOf(card: RateCard, inputTokens: number): Tier {
  const base: Tier = {
    input: card.inputUsdPerMTok,
    cachedInput: card.cachedInputUsdPerMTok ?? card.inputUsdPerMTok,
    cacheWrite: card.cacheWriteUsdPerMTok ?? card.inputUsdPerMTok,
    hourCacheWrite: hourWriteRate(card),
    output: card.outputUsdPerMTok,
    reasoning: card.reasoningUsdPerMTok ?? card.outputUsdPerMTok,
  };
  const long = card.longContext;
  if (!long || inputTokens <= long.aboveTokens) return base;
  // The card has no long-context rate for writes and reasoning: they rise in proportion to their class.
  return {
    input: long.inputUsdPerMTok,
    cachedInput: long.cachedInputUsdPerMTok ?? scaled(base.cachedInput, base.input, long.inputUsdPerMTok),
    cacheWrite: scaled(base.cacheWrite, base.input, long.inputUsdPerMTok),
    hourCacheWrite: scaled(base.hourCacheWrite, base.input, long.inputUsdPerMTok),
    output: long.outputUsdPerMTok,
    reasoning: scaled(base.reasoning, base.output, long.outputUsdPerMTok),
  };
}

/**
 * Anthropic bills an hour's write at twice the input rate; where a card has no rate, the most expensive reading counts.
 */
const hourWriteRate = ({
  hourCacheWriteUsdPerMTok,
  cacheWriteUsdPerMTok,
  inputUsdPerMTok,
}: RateCard): number => hourCacheWriteUsdPerMTok ?? Math.max(cacheWriteUsdPerMTok ?? 0, 2 * inputUsdPerMTok);

const scaled = (rate: number, from: number, to: number): number =>
  from > 0 ? (rate * to) / from : Math.max(rate, to);

interface DearestRates {
  /** Nano-USD per token, and per request. */
  readonly input: number;
  readonly output: number;
  readonly fee: number;
}

/** A number of tokens too large for an amount gives the largest amount. */
const atRates = (rates: DearestRates, inputTokens: number, outputTokens: number): NanoUsd =>
  ceilNano(rates.fee + times(inputTokens, rates.input) + times(outputTokens, rates.output));

/** With a price of zero, infinitely many tokens cost zero. */
const times = (count: number, rate: number): number => (rate === 0 ? 0 : count * rate);

/** The most expensive class on each side, over both tiers where the input bound reaches the step. */
function dearestRates(card: RateCard, maxInputTokens: number, cachesForAnHour: boolean): DearestRates {
  const tiers = [tierOf(card, 0), tierOf(card, maxInputTokens)];
  const inputs = tiers.flatMap((t) => [
    t.input,
    t.cachedInput,
    cachesForAnHour ? t.hourCacheWrite : t.cacheWrite,
  ]);
  return {
    input: NANO_PER_TOKEN * Math.max(...inputs),
    output: NANO_PER_TOKEN * Math.max(...tiers.flatMap((t) => [t.output, t.reasoning])),
    fee: NANO_PER_USD * (card.requestUsd ?? 0),
  };
}

/** The output tokens that the money pays for; not clamped where the cap does not bound the billed tokens. */
function affordableOutput(arm: Arm, rates: DearestRates, inputs: number, money: NanoUsd | undefined): number {
  const clampable = money !== undefined && arm.outputCapCoversReasoning && rates.output > 0;
  return clampable ? Math.floor((money - rates.fee - inputs * rates.input) / rates.output) : Infinity;
}

function expectedCost(card: RateCard, inputs: number, cachedShare: number, output: number): NanoUsd {
  if (isFree(card)) return ZERO;
  const cachedInput = Math.round(inputs * Math.min(1, Math.max(0, cachedShare)));
  return costOf(card, { input: inputs - cachedInput, cachedInput, cacheWrite: 0, output, reasoning: 0 });
}

/** A token count with garbage as zero; the bound on the other side still applies. */
const tokens = (count: number): number => (Number.isFinite(count) && count > 0 ? Math.ceil(count) : 0);
