/**
 * The effect of a provider's prompt cache on the next call of a conversation and on the following ones.
 *
 * Each call of a conversation repeats the earlier text and adds to it. The text of the arm's last call is read from the
 * cache while the cache lives; everything else is input at full price, or a write where the provider bills writes.
 * Therefore the arm that answered last stays cheap, and every other arm pays once for the whole prefix:
 *
 *   cached_a  = P(alive | age of the last call to a) x its tokens, in whole granules, if long enough
 *   meanCost  = (cost of this call + n x cost of a further call) / (1 + n)     all calls going to arm a
 *
 * n, the number of calls still to come, is about the number so far: the expected remaining life of something of unknown
 * scale equals its past (Gott, Nature 363, 1993). A Lomax distribution of shape 2 has exactly the mean remainder `calls
 * + scale`; the scale is one call. A further call is priced in the middle of the remaining ones, since its cost grows
 * by the same amount each time.
 *
 * The life of a cache is learned from usage reports, for each model at its endpoint (gateways pass models to different
 * providers). Ages fall into classes, each with hits h and misses m in addition to those that its terms give as a
 * start:
 *
 *   P(alive | class i) = (start hits + h_i) / (start hits + start misses + h_i + m_i)
 *
 * A prefix that is found at one age would have been found at every smaller one, so a hit counts in all classes up to
 * its own; an expired prefix stays expired, so a miss counts in its own class and all later ones. Therefore P never
 * rises with age, a report without cached tokens shortens the estimated life, and a hit at an age beyond it lengthens
 * it. Older reports fade (half of their weight after 70).
 */
import type { Arm, PromptCacheTerms } from '../arm.ts';
import type { ArmId, EpochMs, NanoUsd } from '../brand.ts';
import type { Quote } from '../decision.ts';
import { isFree } from '../arm.ts';
import { costOf } from './pricing.ts';

/** The last call to one arm. */
export interface Sent {
  readonly at: EpochMs;
  /** Billed input tokens, including cached ones. */
  readonly tokens: number;
  /** Bytes of the request, which show whether the next one can contain it as a prefix. */
  readonly bytes: number;
}

/** A conversation from the provider's side. */
export interface SentConversation {
  /** Number of answered calls. */
  readonly calls: number;
  readonly firstBytes: number;
  readonly lastAt: EpochMs;
  /** Milliseconds between successive calls, the newest last. */
  readonly gaps: readonly number[];
  readonly byArm: ReadonlyMap<ArmId, Sent>;
}

export const nothingSent: SentConversation = {
  calls: 0,
  firstBytes: 0,
  lastAt: 0,
  gaps: [],
  byArm: new Map(),
};

const MAX_GAPS = 16;

export function withSent(conversation: SentConversation, armId: ArmId, sent: Sent): SentConversation {
  if (![sent.at, sent.tokens, sent.bytes].every((value) => Number.isFinite(value) && value >= 0))
    return conversation;
  const { calls, firstBytes, lastAt, gaps, byArm } = conversation;
  const gap = Math.max(0, sent.at - lastAt);
  return {
    calls: calls + 1,
    firstBytes: calls === 0 ? sent.bytes : Math.min(firstBytes, sent.bytes),
    lastAt: calls === 0 ? sent.at : Math.max(lastAt, sent.at),
    gaps: calls === 0 ? [] : [...gaps, gap].slice(-MAX_GAPS),
    byArm: new Map(byArm).set(armId, sent),
  };
}

/** Upper ends of the classes of age, in milliseconds; an older prefix has expired. */
const AGES = [1, 2, 5, 10, 20, 30, 60, 120, 360, 1440].map((minutes) => minutes * 60_000);

/** Reports of a model at its endpoint, by class of age. */
export interface CacheReports {
  readonly hits: readonly number[];
  readonly misses: readonly number[];
}

/** Keyed by `cacheOf`; the most recently reported one comes last. */
export type CacheBeliefs = ReadonlyMap<string, CacheReports>;

export const noBeliefs: CacheBeliefs = new Map();

/** Efforts of one model share its cache's life. */
export const cacheOf = ({ endpointId, model }: Pick<Arm, 'endpointId' | 'model'>): string =>
  `${endpointId}/${model}`;

type Cached = Pick<Arm, 'endpointId' | 'model' | 'promptCache' | 'cacheLife'>;

const HOUR_MS = 3_600_000;
/**
 * The start before any report, as a number of reports: hits for ages within the stated life, for ages beyond it, and
 * for unknown caches.
 */
const START_WEIGHT = 4;
const [WITHIN_LIFE, BEYOND_LIFE, UNKNOWN] = [0.9, 0.1, 0.1];
const KEEP = 0.99;
const MAX_BELIEFS = 40;
/** Terms for an undocumented cache, as most providers have them. */
const UNSTATED: PromptCacheTerms = { lifeMs: 0, leastTokens: 1024, granule: 1 };

const termsOf = ({ promptCache, cacheLife }: Cached): PromptCacheTerms => {
  const terms = promptCache ?? UNSTATED;
  return cacheLife === 'hour' ? { ...terms, lifeMs: Math.max(HOUR_MS, terms.lifeMs) } : terms;
};

/** Probability that a prefix of this age is still in the cache; never rises with age. */
export function aliveShare(beliefs: CacheBeliefs, arm: Cached, ageMs: number): number {
  const age = classOf(ageMs);
  const end = AGES[age];
  if (end === undefined) return 0;
  const isStated = arm.promptCache !== undefined || arm.cacheLife === 'hour';
  const start = isStated ? (end <= termsOf(arm).lifeMs ? WITHIN_LIFE : BEYOND_LIFE) : UNKNOWN;
  const reports = beliefs.get(cacheOf(arm));
  const [hits, misses] = [reports?.hits[age] ?? 0, reports?.misses[age] ?? 0];
  return (START_WEIGHT * start + hits) / (START_WEIGHT + hits + misses);
}

const classOf = (ageMs: number): number => {
  const age = Number.isNaN(ageMs) ? Infinity : Math.max(0, ageMs);
  const index = AGES.findIndex((end) => age <= end);
  return index < 0 ? AGES.length : index;
};

/** The effect of a call's cache, from its usage. */
export interface CacheReport {
  readonly at: EpochMs;
  readonly bytes: number;
  readonly cachedTokens: number;
}

/** @param conversation before this call */
export function noteReport(
  beliefs: CacheBeliefs,
  conversation: SentConversation,
  arm: Cached & Pick<Arm, 'id'>,
  { at, bytes, cachedTokens }: CacheReport,
): CacheBeliefs {
  const prefix = conversation.byArm.get(arm.id);
  const usable = prefix === undefined ? 0 : usablePrefix(prefix, bytes, arm);
  const age = classOf(at - (prefix?.at ?? -Infinity));
  if (usable === 0 || age === AGES.length || !(cachedTokens >= 0)) return beliefs;
  const found = Math.min(1, cachedTokens / usable);
  const before = beliefs.get(cacheOf(arm));
  const next = new Map(beliefs);
  next.delete(cacheOf(arm));
  next.set(cacheOf(arm), {
    hits: AGES.map((_, i) => KEEP * (before?.hits[i] ?? 0) + (i <= age ? found : 0)),
    misses: AGES.map((_, i) => KEEP * (before?.misses[i] ?? 0) + (i >= age ? 1 - found : 0)),
  });
  return new Map([...next].slice(-MAX_BELIEFS));
}

/** Tokens of the prefix that a cache can serve; a request that shrank has another prefix. */
function usablePrefix({ tokens, bytes }: Sent, bytesNow: number, arm: Cached): number {
  const { leastTokens, granule } = termsOf(arm);
  return bytesNow < bytes || tokens < leastTokens ? 0 : Math.floor(tokens / granule) * granule;
}

/** The expected number of calls of a conversation after the next one. */
export const furtherCalls = (calls: number): number => Math.min(MOST_CALLS, calls + FIRST_SCALE);
const FIRST_SCALE = 1;
const MOST_CALLS = 500;
/** The gap before the second call, of which there is no observation yet. */
const FIRST_GAP_MS = 60_000;

/**
 * A quote with the effect of the cache: its expected cost, the cost without the cache, and the mean over the rest of
 * the conversation. The worst case does not change, since a cache may have expired.
 */
export function quoteInConversation(
  arm: Arm,
  quoted: Quote,
  conversation: SentConversation,
  { now, bytes, beliefs }: { readonly now: EpochMs; readonly bytes: number; readonly beliefs: CacheBeliefs },
): Quote {
  const { price } = arm;
  if (price === undefined || isFree(price)) return quoted;
  const { inputTokens, outputTokens, worstCase } = quoted;
  const { leastTokens, granule } = termsOf(arm);
  const cost = (input: number, cachedTokens: number): NanoUsd => {
    const cachedInput = Math.min(input, cachedTokens);
    const rest = input - cachedInput;
    // A provider that bills writes writes everything it did not read, if it caches at all; for others a write is input.
    const isWritten = input >= leastTokens;
    const classes = { input: isWritten ? 0 : rest, cachedInput, cacheWrite: isWritten ? rest : 0 };
    const hourCacheWrite = arm.cacheLife === 'hour' ? classes.cacheWrite : 0;
    return costOf(price, { ...classes, hourCacheWrite, output: outputTokens, reasoning: 0 });
  };
  const prefix = conversation.byArm.get(arm.id);
  const usable = prefix === undefined ? 0 : Math.min(inputTokens, usablePrefix(prefix, bytes, arm));
  const cachedTokens = Math.round(usable * aliveShare(beliefs, arm, now - (prefix?.at ?? -Infinity)));
  const [expected, coldCost] = [cost(inputTokens, cachedTokens), cost(inputTokens, 0)];
  const calls = furtherCalls(conversation.calls);
  const growth = growthOf(conversation, quoted, bytes);
  const before = inputTokens + growth * ((calls - 1) / 2);
  const living = before < leastTokens ? 0 : Math.floor(before / granule) * granule;
  const later = cost(
    Math.round(before + growth),
    Math.round(living * aliveBetween(conversation, arm, beliefs)),
  );
  return {
    ...quoted,
    expected: Math.min(expected, worstCase) as NanoUsd,
    cache: {
      cachedTokens,
      coldCost,
      meanCost: Math.round((expected + calls * later) / (1 + calls)) as NanoUsd,
    },
  };
}

/** Tokens that each further call adds: as many as each one so far; at first, the answer. */
function growthOf(
  { calls, firstBytes }: SentConversation,
  { inputTokens, outputTokens }: Quote,
  bytes: number,
): number {
  if (calls === 0 || bytes <= 0) return outputTokens;
  return (inputTokens * Math.max(0, bytes - firstBytes)) / (bytes * calls);
}

/** Share of the prefix that a further call still finds if the gaps continue as before. */
function aliveBetween({ gaps }: SentConversation, arm: Cached, beliefs: CacheBeliefs): number {
  const all = [FIRST_GAP_MS, ...gaps];
  return all.reduce((sum, gap) => sum + aliveShare(beliefs, arm, gap), 0) / all.length;
}

export const encodeBeliefs = (beliefs: CacheBeliefs): unknown =>
  [...beliefs].map(([key, { hits, misses }]) => [key, hits.map(short), misses.map(short)]);

/** Total: a value not in the form of `encodeBeliefs` gives no beliefs. */
export function decodeBeliefs(stored: unknown): CacheBeliefs {
  if (!Array.isArray(stored) || stored.length > MAX_BELIEFS) return noBeliefs;
  const beliefs = new Map<string, CacheReports>();
  for (const entry of stored as readonly unknown[]) {
    if (!Array.isArray(entry)) return noBeliefs;
    const [key, hits, misses] = entry as readonly unknown[];
    if (typeof key !== 'string' || !isCounts(hits) || !isCounts(misses)) return noBeliefs;
    beliefs.set(key, { hits, misses });
  }
  return beliefs;
}

/** Weights fade, so their sum stays below 1 / (1 - KEEP). */
const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.length === AGES.length &&
  value.every((count) => typeof count === 'number' && 0 <= count && count <= 1 / (1 - KEEP));

const short = (value: number): number => Number(value.toPrecision(4));
