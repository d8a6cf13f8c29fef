/**
 * What a finished call is settled at: the provider's reported cost, else usage x price, else an estimate.
 *
 * A call without usage (cancelled, cut off, a server that sends none) is settled at an estimate and the rest of its
 * reservation is held back; of one that was stopped where closing the connection ends the work, no more than what can have
 * been made (`unseen.ts`). Usage that claims less output than was visibly received, or less input than was sent, is
 * false: it is raised to the least that can be true, the rest is held, and it is flagged. What is billed above the
 * reservation is recorded in full. A reported cost of zero for a model with a price says that a gateway knows no price,
 * so it is no cost at all; only a model that costs nothing is believed to have cost nothing.
 */
import type { Arm } from '../arm.ts';
import { isFree } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { ZERO, left, nano } from '../money.ts';
import type { TokenClasses } from './pricing.ts';
import { costOf, isUsable, mostCost } from './pricing.ts';

/** What the provider said of a call, by disjoint classes (src/providers reads the many ways it is said). */
export interface ReportedUsage {
  readonly tokens: TokenClasses;
  /** The provider told a cost and no tokens. */
  readonly uncounted?: true;
  /** USD the provider says it charged, if it says so. */
  readonly reportedUsd: number | undefined;
}

export interface FinishedCall {
  readonly arm: Arm;
  readonly worstCase: NanoUsd;
  /** Expected input tokens of the quote: what an estimate counts for the input. */
  readonly inputTokens: number;
  /** Lower bound on the input tokens of what was sent; 0 where that is not known. */
  readonly leastInput: number;
  readonly usage: ReportedUsage | undefined;
  /** False: the stream broke off or was cancelled, so the usage is a running count at best, and not the bill. */
  readonly complete: boolean;
  /** What was seen of the answer, reasoning included. */
  readonly visible: VisibleOutput;
  /** What can have been made at most, where the work has ended with the connection; absent = whatever was reserved. */
  readonly mostMade?: MostMade | undefined;
}

/** Tokens. */
export interface MostMade {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface VisibleOutput {
  readonly text: string;
  /** Stream events with text: a server that streams sends at most one event a token. */
  readonly events: number;
}

export const BELOW_VISIBLE = 'below-visible';
export const BELOW_SENT = 'below-sent';

export type BillingFlag =
  /** Usage claimed fewer tokens than were received; raised to the estimate. */
  | typeof BELOW_VISIBLE
  /** Usage claimed fewer input tokens than were sent; raised to the estimate. */
  | typeof BELOW_SENT
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
  const flags = falseClaims(call, usage);
  return call.complete && flags.length === 0 && !usage.uncounted
    ? billed(call, usage)
    : atLeast(call, usage, flags);
}

/** In what the usage claims less than this client received or sent. A running count need not know the input yet. */
function falseClaims(call: FinishedCall, { tokens, uncounted }: ReportedUsage): readonly BillingFlag[] {
  if (uncounted) return [];
  const isPaid = call.arm.price === undefined || !isFree(call.arm.price);
  // Servers cut a prompt that is longer than the context; what was cut is not billed.
  const leastInput = Math.min(call.leastInput, call.arm.contextTokens);
  const flags: BillingFlag[] = outputOf(tokens) < leastTokens(call.visible) ? [BELOW_VISIBLE] : [];
  if (isPaid && call.complete && inputOf(tokens) < leastInput) flags.push(BELOW_SENT);
  return flags;
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
  arm: Pick<Arm, 'model' | 'price'> | undefined,
  usage: ReportedUsage,
): { readonly cost: NanoUsd; readonly source: 'reported' | 'priced-usage' } | undefined {
  const { reportedUsd } = usage;
  const isMeant = reportedUsd !== undefined && (reportedUsd > 0 || (arm !== undefined && costsNothing(arm)));
  if (isMeant) return { cost: nano(reportedUsd), source: 'reported' };
  if (!arm?.price || !isUsable(arm.price) || usage.uncounted) return undefined;
  return { cost: costOf(arm.price, usage.tokens), source: 'priced-usage' };
}

/** A price of zero (a plan, a local server), or OpenRouter's name for a variant that is given away. */
const costsNothing = ({ model, price }: Pick<Arm, 'model' | 'price'>): boolean =>
  model.endsWith(':free') || (price !== undefined && isFree(price));

const inputOf = ({ input, cachedInput, cacheWrite }: TokenClasses): number =>
  input + cachedInput + cacheWrite;
const outputOf = ({ output, reasoning }: TokenClasses): number => output + reasoning;

/** A lower bound on the tokens of what was received, so that honest usage is never below it. */
export function leastTokens(visible: VisibleOutput): number {
  // Runs of spaces and line breaks are often one token, so they count as one piece.
  const pieces = visible.text.match(PIECE)?.length ?? 0;
  // Single tokens of such scripts have up to eight characters; a text of them has under two a token, never four.
  const dense = Math.ceil(denseLetters(visible.text) / 4) - DENSE_SLACK;
  // A relay may cut events finer than tokens; no token is shorter than a byte, few are shorter than two characters.
  return Math.max(pieces, dense, Math.min(visible.events, Math.ceil(visible.text.length / 2)));
}

/**
 * About four characters a token in English and code, runs of white space counted once, and three characters for two
 * tokens in scripts without spaces; never below the lower bound.
 */
export function estimatedTokens(visible: VisibleOutput): number {
  const dense = denseLetters(visible.text);
  const others = visible.text.replace(/\s+/gu, ' ').length - dense;
  return Math.max(leastTokens(visible), Math.ceil(others / 4 + (dense * 2) / 3));
}

/** Characters of scripts that are written without spaces, which vocabularies hold few long pieces of. */
const denseLetters = (text: string): number => text.match(DENSE)?.length ?? 0;
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
/** Tokens by which a short text of a few long pieces may be below the rule. */
const DENSE_SLACK = 8;

/**
 * The pieces byte-pair tokenizers cut text into before merging (o200k, cl100k, Llama 3, Qwen, after the coarsest of
 * them): no token spans two. A contraction stays with its word, line breaks with the signs before them.
 */
const PIECE =
  /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]{1,24}(?:['’](?:s|t|re|ve|m|ll|d))?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,64}[\r\n]*|\s{1,64}/giu;

function billed(call: FinishedCall, usage: ReportedUsage): Bill {
  const told = costTold(call.arm, usage);
  // Only priced arms are called; should a price have vanished meanwhile, the cost is not known, which is not zero.
  if (!told) return estimated(call, []);
  const { cost, source } = told;
  return {
    cost,
    source,
    tokens: usage.tokens,
    heldBack: ZERO,
    seenTokens: leastTokens(call.visible),
    flags: [...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

const NO_TOKENS: TokenClasses = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/** `claimed`: usage that is false or unfinished; where it says more than what was seen, it counts. */
function estimated(call: FinishedCall, flags: readonly BillingFlag[], claimed = NO_TOKENS): Bill {
  const tokens: TokenClasses = {
    ...claimed,
    input: claimed.input + Math.max(0, call.inputTokens - inputOf(claimed)),
    output: claimed.output + Math.max(0, estimatedTokens(call.visible) - outputOf(claimed)),
  };
  const card = call.arm.price;
  const guess = card && isUsable(card) ? costOf(card, tokens) : call.worstCase;
  const cost = Math.min(guess, call.worstCase) as NanoUsd;
  const heldBack = left(mostOwed(call), cost);
  return { cost, source: 'estimate', tokens, heldBack, seenTokens: leastTokens(call.visible), flags };
}

/** The higher of what was claimed and what was seen; the claim being false or unfinished, the rest stays held. */
function atLeast(call: FinishedCall, usage: ReportedUsage, flags: readonly BillingFlag[]): Bill {
  const claimed = costTold(call.arm, usage)?.cost ?? ZERO;
  const estimate = estimated(call, flags, usage.tokens);
  const cost = Math.max(claimed, estimate.cost) as NanoUsd;
  return {
    ...estimate,
    cost,
    // Who claims less than was received or sent may claim less than was made.
    heldBack: left(flags.length > 0 ? call.worstCase : mostOwed(call), cost),
    flags: [...flags, ...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

/** Of an unfinished call: the reservation, or what can have been made where that is less. */
function mostOwed({ arm, worstCase, mostMade }: FinishedCall): NanoUsd {
  const most = mostMade && mostCost(arm, mostMade);
  return most === undefined ? worstCase : (Math.min(worstCase, most) as NanoUsd);
}

const overrun = (cost: NanoUsd, worstCase: NanoUsd): BillingFlag[] => (cost > worstCase ? ['overrun'] : []);

const freeButBilled = (arm: Arm, cost: NanoUsd): BillingFlag[] =>
  cost > 0 && arm.price !== undefined && isFree(arm.price) ? ['free-but-billed'] : [];
