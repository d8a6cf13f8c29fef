/**
 * What a finished call is settled at: the provider's reported cost, else usage x price, else an estimate.
 *
 * A call without usage (cancelled, cut off, a server that sends none) is settled at an estimate and the rest of its
 * reservation is held back. Usage that claims less output than was visibly received is false, so it is treated as no
 * usage at all, and flagged. What is billed above the reservation is recorded in full.
 */
import type { Arm, RateCard } from '../arm.ts';
import { isFree } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { ZERO, left, nano } from '../money.ts';
import type { TokenClasses } from './pricing.ts';
import { costOf, isUsable } from './pricing.ts';

/** What the provider said of a call, by disjoint classes (src/providers reads the many ways it is said). */
export interface ReportedUsage {
  readonly tokens: TokenClasses;
  /** USD the provider says it charged, if it says so. */
  readonly reportedUsd: number | undefined;
}

export interface FinishedCall {
  readonly arm: Arm;
  readonly worstCase: NanoUsd;
  /** Expected input tokens of the quote: what an estimate counts for the input. */
  readonly inputTokens: number;
  readonly usage: ReportedUsage | undefined;
  /** False: the stream broke off or was cancelled, so the usage is a running count at best, and not the bill. */
  readonly complete: boolean;
  /** What was seen of the answer, reasoning included. */
  readonly visible: VisibleOutput;
}

export interface VisibleOutput {
  readonly text: string;
  /** Stream events with text: a server that streams sends at most one event a token. */
  readonly events: number;
}

export const BELOW_VISIBLE = 'below-visible';

export type BillingFlag =
  /** Usage claimed fewer tokens than were received; raised to the estimate. */
  | typeof BELOW_VISIBLE
  /** Billed above the reservation. */
  | 'overrun'
  /** A model with price zero reported a cost: from now on it is unpriced. */
  | 'free-but-billed';

export interface Bill {
  readonly cost: NanoUsd;
  readonly source: 'reported' | 'priced-usage' | 'estimate';
  readonly tokens: TokenClasses;
  readonly heldBack: NanoUsd;
  /** Lower bound on the output tokens that were received: what a later bill must at least speak of. */
  readonly seenTokens: number;
  readonly flags: readonly BillingFlag[];
}

export function billFor(call: FinishedCall): Bill {
  const usage = call.usage;
  if (usage === undefined) return estimated(call, []);
  if (outputOf(usage.tokens) < leastTokens(call.visible)) return atLeast(call, usage, [BELOW_VISIBLE]);
  return call.complete ? billed(call, usage) : atLeast(call, usage, []);
}

/** A call whose rest is held back, as the ledger has it. */
export interface HeldCall {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly seenTokens: number;
}

export interface Reconciled {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly flags: readonly (typeof BELOW_VISIBLE)[];
}

/**
 * The provider tells a held call's bill after all: it is counted in full, whatever was reserved, and the hold ends. A
 * bill for less than was received is false, as false usage is: it may raise the cost, but lowers and frees nothing.
 */
export function reconciled(
  held: HeldCall,
  told: { readonly cost: NanoUsd; readonly tokens: TokenClasses },
): Reconciled {
  if (outputOf(told.tokens) >= held.seenTokens) return { cost: told.cost, heldBack: ZERO, flags: [] };
  const cost = Math.max(held.cost, told.cost) as NanoUsd;
  return { cost, heldBack: left(held.heldBack, (cost - held.cost) as NanoUsd), flags: [BELOW_VISIBLE] };
}

/** What usage costs: as reported, else by the price; undefined where neither is known. */
export function costTold(
  card: RateCard | undefined,
  usage: ReportedUsage,
): { readonly cost: NanoUsd; readonly source: 'reported' | 'priced-usage' } | undefined {
  if (usage.reportedUsd !== undefined) return { cost: nano(usage.reportedUsd), source: 'reported' };
  if (!card || !isUsable(card)) return undefined;
  return { cost: costOf(card, usage.tokens), source: 'priced-usage' };
}

const outputOf = ({ output, reasoning }: TokenClasses): number => output + reasoning;

/** A lower bound on the tokens of what was received, so that honest usage is never below it. */
export function leastTokens(visible: VisibleOutput): number {
  // Runs of spaces and line breaks are often one token, so they count as one piece.
  const pieces = visible.text.match(PIECE)?.length ?? 0;
  // A relay may cut events finer than tokens; no token is shorter than a byte, few are shorter than two characters.
  return Math.max(pieces, Math.min(visible.events, Math.ceil(visible.text.length / 2)));
}

/** About four characters a token in English and code, runs of white space counted once; never below the lower bound. */
export const estimatedTokens = (visible: VisibleOutput): number =>
  Math.max(leastTokens(visible), Math.ceil(visible.text.replace(/\s+/gu, ' ').length / 4));

/**
 * The pieces byte-pair tokenizers cut text into before merging (o200k, cl100k, Llama 3, Qwen, after the coarsest of
 * them): no token spans two. A contraction stays with its word, line breaks with the signs before them.
 */
const PIECE =
  /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]{1,24}(?:['’](?:s|t|re|ve|m|ll|d))?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,64}[\r\n]*|\s{1,64}/giu;

function billed(call: FinishedCall, usage: ReportedUsage): Bill {
  const { cost, source } = priceOf(call.arm, usage);
  return {
    cost,
    source,
    tokens: usage.tokens,
    heldBack: ZERO,
    seenTokens: leastTokens(call.visible),
    flags: [...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

/** Only priced arms are called; should a price have vanished meanwhile, nothing is known of the cost. */
const priceOf = (arm: Arm, usage: ReportedUsage): NonNullable<ReturnType<typeof costTold>> =>
  costTold(arm.price, usage) ?? { cost: ZERO, source: 'priced-usage' };

function estimated(call: FinishedCall, flags: readonly BillingFlag[]): Bill {
  const counts: TokenClasses = {
    input: call.inputTokens,
    cachedInput: 0,
    cacheWrite: 0,
    output: estimatedTokens(call.visible),
    reasoning: 0,
  };
  const card = call.arm.price;
  const guess = card && isUsable(card) ? costOf(card, counts) : call.worstCase;
  const cost = Math.min(guess, call.worstCase) as NanoUsd;
  const heldBack = left(call.worstCase, cost);
  return { cost, source: 'estimate', tokens: counts, heldBack, seenTokens: leastTokens(call.visible), flags };
}

/** The higher of what was claimed and what was seen; the claim being false or unfinished, the rest stays held. */
function atLeast(call: FinishedCall, usage: ReportedUsage, flags: readonly BillingFlag[]): Bill {
  const claimed = priceOf(call.arm, usage).cost;
  const estimate = estimated(call, flags);
  const cost = Math.max(claimed, estimate.cost) as NanoUsd;
  return {
    ...estimate,
    cost,
    tokens: { ...estimate.tokens, input: Math.max(call.inputTokens, usage.tokens.input) },
    heldBack: left(call.worstCase, cost),
    flags: [...flags, ...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

const overrun = (cost: NanoUsd, worstCase: NanoUsd): BillingFlag[] => (cost > worstCase ? ['overrun'] : []);

const freeButBilled = (arm: Arm, cost: NanoUsd): BillingFlag[] =>
  cost > 0 && arm.price !== undefined && isFree(arm.price) ? ['free-but-billed'] : [];
