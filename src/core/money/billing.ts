/**
 * Settles a finished call: at the provider's reported cost, else at usage x price, else at an estimate.
 *
 * A call without usage (canceled, cut off, or from a server that sends none) is settled at an estimate, and the rest of
 * its reservation is held back. Of a call that was stopped where closing the connection ends the provider's work, no
 * more is held than it can have generated (`unseen.ts`). Usage that claims less output than was received, or less input
 * than was sent, is false: it is raised to the lowest possible count, the rest is held, and the call is flagged. A bill
 * above the reservation is recorded in full. A reported cost of zero for a model with a price means that a gateway
 * knows no price, so it does not count as a cost; it counts only for a model that costs nothing.
 */
import type { Arm } from '../arm.ts';
import { isFree } from '../arm.ts';
import type { NanoUsd } from '../brand.ts';
import { ZERO, left, nano } from '../money.ts';
import type { TokenCounts } from './pricing.ts';
import { costOf, isUsable, mostCost } from './pricing.ts';

/** The provider's report of a call by disjoint classes; src/providers reads its many forms. */
export interface ReportedUsage {
  readonly tokens: TokenCounts;
  /** The provider reported a cost but no tokens. */
  readonly uncounted?: true;
  /** The charge in USD that the provider reported; undefined = none. */
  readonly reportedUsd: number | undefined;
}

export interface FinishedCall {
  readonly arm: Arm;
  readonly worstCase: NanoUsd;
  /** The quote's expected input tokens, which an estimate counts for the input. */
  readonly inputTokens: number;
  /** Lower bound on the input tokens of the request; 0 = unknown. */
  readonly leastInput: number;
  readonly usage: ReportedUsage | undefined;
  /** False: the stream broke off or was canceled, so that its usage is at best a running count and not the bill. */
  readonly complete: boolean;
  /** The received part of the answer, including reasoning. */
  readonly visible: VisibleOutput;
  /**
   * Upper bound on the generated tokens, where the work ended with the connection; absent = the reservation is the
   * bound.
   */
  readonly mostMade?: MostMade | undefined;
}

/** Upper bounds in tokens. */
export interface MostMade {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface VisibleOutput {
  readonly text: string;
  /** Number of stream events with text: a streaming server sends at most one event for each token. */
  readonly events: number;
}

export const BELOW_VISIBLE = 'below-visible';
export const BELOW_SENT = 'below-sent';

export type BillingFlag =
  /** Usage claimed fewer tokens than were received; raised to the estimate. */
  | typeof BELOW_VISIBLE
  /** Usage claimed fewer input tokens than were sent; raised to the estimate. */
  | typeof BELOW_SENT
  /** The bill exceeds the reservation. */
  | 'overrun'
  /** A model with price zero reported a cost; it counts as unpriced from now on. */
  | 'free-but-billed';

export interface Bill {
  readonly cost: NanoUsd;
  readonly source: 'reported' | 'priced-usage' | 'estimate';
  readonly tokens: TokenCounts;
  readonly heldBack: NanoUsd;
  /** Lower bounds on the received output tokens and the sent input tokens; a later bill with fewer is false. */
  readonly seenTokens: number;
  readonly sentTokens: number;
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

/** The ways in which the usage claims less than this client sent or received. A running count may lack the input. */
function falseClaims(call: FinishedCall, { tokens, uncounted }: ReportedUsage): readonly BillingFlag[] {
  if (uncounted) return [];
  const flags: BillingFlag[] = outputOf(tokens) < leastTokens(call.visible) ? [BELOW_VISIBLE] : [];
  if (call.complete && inputOf(tokens) < leastSent(call)) flags.push(BELOW_SENT);
  return flags;
}

/** Servers cut a prompt that exceeds the context, and do not bill the part they cut. Counts of free models are not checked. */
const leastSent = ({ arm, leastInput }: FinishedCall): number =>
  arm.price !== undefined && isFree(arm.price) ? 0 : Math.min(leastInput, arm.contextTokens);

/** A call of which the ledger still holds back a part. */
export interface HeldCall {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly seenTokens: number;
  readonly sentTokens: number;
}

export interface Reconciled {
  readonly cost: NanoUsd;
  readonly heldBack: NanoUsd;
  readonly flags: readonly (typeof BELOW_VISIBLE | typeof BELOW_SENT)[];
}

/**
 * Settles a held call at a bill that arrives later: the bill counts in full, whatever was reserved, and the hold ends.
 * A bill for fewer tokens than were received or sent is false, like false usage: it can raise the cost, but releases
 * nothing.
 */
export function reconciled(
  held: HeldCall,
  told: { readonly cost: NanoUsd; readonly tokens: TokenCounts },
): Reconciled {
  const flags: Reconciled['flags'][number][] = [];
  if (outputOf(told.tokens) < held.seenTokens) flags.push(BELOW_VISIBLE);
  if (inputOf(told.tokens) < held.sentTokens) flags.push(BELOW_SENT);
  if (flags.length === 0) return { cost: told.cost, heldBack: ZERO, flags };
  const cost = Math.max(held.cost, told.cost) as NanoUsd;
  return { cost, heldBack: left(held.heldBack, (cost - held.cost) as NanoUsd), flags };
}

/** The cost of usage: as reported, else by the price; undefined where neither is known. */
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

/** A price of zero (a plan, a local server), or OpenRouter's name for a free variant. */
const costsNothing = ({ model, price }: Pick<Arm, 'model' | 'price'>): boolean =>
  model.endsWith(':free') || (price !== undefined && isFree(price));

const inputOf = ({ input, cachedInput, cacheWrite }: TokenCounts): number => input + cachedInput + cacheWrite;
const outputOf = ({ output, reasoning }: TokenCounts): number => output + reasoning;

/** A lower bound on the tokens of the received text, so that honest usage is never below it. */
export function leastTokens(visible: VisibleOutput): number {
  // Runs of spaces and line breaks are often one token, so each counts as one piece.
  const pieces = visible.text.match(PIECE)?.length ?? 0;
  // Single tokens of such scripts have up to eight characters, but a text of them never averages four characters a
  // token.
  const dense = Math.ceil(denseLetters(visible.text) / 4) - DENSE_SLACK;
  // A relay may split events finer than tokens; no token is shorter than a byte, few are shorter than two characters.
  return Math.max(pieces, dense, Math.min(visible.events, Math.ceil(visible.text.length / 2)));
}

/**
 * About four characters a token in English and code, each run of white space counted once, and three characters for two
 * tokens in scripts without spaces; never below the lower bound.
 */
export function estimatedTokens(visible: VisibleOutput): number {
  const dense = denseLetters(visible.text);
  const others = visible.text.replace(/\s+/gu, ' ').length - dense;
  return Math.max(leastTokens(visible), Math.ceil(others / 4 + (dense * 2) / 3));
}

/** Number of characters in scripts without spaces, of which vocabularies contain few long pieces. */
const denseLetters = (text: string): number => text.match(DENSE)?.length ?? 0;
const DENSE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
/** The number of tokens by which a short text of a few long pieces may be below the rule. */
const DENSE_SLACK = 8;

/**
 * The pieces into which byte-pair tokenizers cut text before merging (o200k, cl100k, Llama 3, Qwen, after the coarsest
 * of them): no token spans two. A contraction stays with its word, line breaks with the signs before them.
 */
const PIECE =
  /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]{1,24}(?:['’](?:s|t|re|ve|m|ll|d))?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,64}[\r\n]*|\s{1,64}/giu;

function billed(call: FinishedCall, usage: ReportedUsage): Bill {
  const told = costTold(call.arm, usage);
  // Only priced arms are called. If a price has disappeared meanwhile, the cost is unknown, which is not zero.
  if (!told) return estimated(call, []);
  const { cost, source } = told;
  return {
    cost,
    source,
    tokens: usage.tokens,
    heldBack: ZERO,
    ...leastOf(call),
    flags: [...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

const leastOf = (call: FinishedCall): Pick<Bill, 'seenTokens' | 'sentTokens'> => ({
  seenTokens: leastTokens(call.visible),
  sentTokens: leastSent(call),
});

const NO_TOKENS: TokenCounts = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };

/** `claimed`: false or unfinished usage; it counts where it exceeds the received text. */
function estimated(call: FinishedCall, flags: readonly BillingFlag[], claimed = NO_TOKENS): Bill {
  const tokens: TokenCounts = {
    ...claimed,
    input: claimed.input + Math.max(0, call.inputTokens - inputOf(claimed)),
    output: claimed.output + Math.max(0, estimatedTokens(call.visible) - outputOf(claimed)),
  };
  const card = call.arm.price;
  const guess = card && isUsable(card) ? costOf(card, tokens) : call.worstCase;
  const cost = Math.min(guess, call.worstCase) as NanoUsd;
  const heldBack = left(mostOwed(call), cost);
  return { cost, source: 'estimate', tokens, heldBack, ...leastOf(call), flags };
}

/** The higher of the claim and the received text; since the claim is false or unfinished, the rest stays held. */
function atLeast(call: FinishedCall, usage: ReportedUsage, flags: readonly BillingFlag[]): Bill {
  const claimed = costTold(call.arm, usage)?.cost ?? ZERO;
  const estimate = estimated(call, flags, usage.tokens);
  const cost = Math.max(claimed, estimate.cost) as NanoUsd;
  return {
    ...estimate,
    cost,
    // A provider that claims less than was received or sent may also claim less than it generated.
    heldBack: left(flags.length > 0 ? call.worstCase : mostOwed(call), cost),
    flags: [...flags, ...overrun(cost, call.worstCase), ...freeButBilled(call.arm, cost)],
  };
}

/** For an unfinished call: the reservation, or what can have been generated where that is less. */
function mostOwed({ arm, worstCase, mostMade }: FinishedCall): NanoUsd {
  const most = mostMade && mostCost(arm, mostMade);
  return most === undefined ? worstCase : (Math.min(worstCase, most) as NanoUsd);
}

const overrun = (cost: NanoUsd, worstCase: NanoUsd): BillingFlag[] => (cost > worstCase ? ['overrun'] : []);

const freeButBilled = (arm: Arm, cost: NanoUsd): BillingFlag[] =>
  cost > 0 && arm.price !== undefined && isFree(arm.price) ? ['free-but-billed'] : [];
