/**
 * Converts reported usage into disjoint token classes. One reader covers every protocol and place: OpenAI's chat and
 * Responses, Anthropic's Messages, Gemini, Bedrock, Ollama, llama.cpp, and the gateways between.
 *
 * Providers differ in two points under the same names: whether the prompt's count includes cached input, and whether
 * the completion's count includes reasoning. The total decides both where it is reported; a remainder of the total is
 * reasoning that no other field names (Gemini). A missing number is unknown, never zero.
 */
import type { Usage } from '../../app/ports/models.ts';
import type { TokenCounts } from '../../app/ports/money.ts';
import { at, numberAt, stringAt } from './json.ts';
import { isObject } from '../../core/shape.ts';

/** Keeps the last plausible usage: some servers repeat a running count, others report in two parts. */
export class UsageParser {
  readonly #cachedInside: boolean;
  #record: Readonly<Record<string, unknown>> = {};
  #usage: Usage | undefined;

  /** `cachedInside`: whether this endpoint's prompt count includes cached input, where the record does not tell. */
  constructor(cachedInside: boolean) {
    this.#cachedInside = cachedInside;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** Reads one chunk, event or whole reply. */
  read(chunk: unknown): void {
    for (const place of PLACES) {
      const raw = at(chunk, ...place);
      if (isObject(raw)) this.#take(raw);
    }
  }

  #take(raw: object): void {
    const alone = parseUsage(raw, this.#cachedInside);
    const isWhole = alone !== undefined && alone.uncounted === undefined;
    this.#record = isWhole ? withoutNulls(raw) : { ...this.#record, ...withoutNulls(raw) };
    const usage = isWhole ? alone : parseUsage(this.#record, this.#cachedInside);
    // A later record without a cost keeps the cost of an earlier one.
    if (usage) this.#usage = { ...usage, reportedUsd: usage.reportedUsd ?? this.#usage?.reportedUsd };
  }
}

/** In a chunk, in a choice (Moonshot), in a message (Anthropic), in a response (OpenAI's Responses). */
const PLACES: readonly (readonly (string | number)[])[] = [
  ['message', 'usage'],
  ['response', 'usage'],
  ['choices', 0, 'usage'],
  ['choices', 0, 'delta', 'usage'],
  ['choices', 0, 'message', 'usage'],
  ['x_groq', 'usage'],
  ['usageMetadata'],
  ['usage_metadata'],
  ['usage'],
];

const withoutNulls = (raw: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(raw).filter(([, value]: [string, unknown]) => value !== null));

/** Undefined where the usage is not plausible. */
export function parseUsage(raw: unknown, cachedInside: boolean): Usage | undefined {
  const reportedUsd = parseCost(raw);
  const tokens = parseTokens(raw, cachedInside);
  if (tokens) return { tokens, reportedUsd };
  return reportedUsd === undefined ? undefined : { tokens: NO_TOKENS, uncounted: true, reportedUsd };
}

const NO_TOKENS: TokenCounts = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
/** Above any context window; a larger number is a defect of the server. */
const MAX_TOKENS = 100_000_000;
/** USD, above the cost of any single call. */
const MAX_USD = 10_000;

type Paths = readonly (readonly string[])[];

const PROMPT: Paths = [
  ['prompt_tokens'],
  ['input_tokens'],
  ['inputTokens'],
  ['promptTokens'],
  ['promptTokenCount'],
  ['prompt_token_count'],
  ['tokens', 'input_tokens'],
  ['billed_units', 'input_tokens'],
  ['prompt_eval_count'],
  ['tokens_evaluated'],
];
const COMPLETION: Paths = [
  ['completion_tokens'],
  ['output_tokens'],
  ['outputTokens'],
  ['completionTokens'],
  ['candidatesTokenCount'],
  ['candidates_token_count'],
  ['tokens', 'output_tokens'],
  ['billed_units', 'output_tokens'],
  ['eval_count'],
  ['tokens_predicted'],
];
const TOTAL: Paths = [['total_tokens'], ['totalTokens'], ['totalTokenCount'], ['total_token_count']];
const REASONING: Paths = [
  ['completion_tokens_details', 'reasoning_tokens'],
  ['output_tokens_details', 'reasoning_tokens'],
  ['output_tokens_details', 'thinking_tokens'],
  ['reasoning_tokens'],
  ['thoughtsTokenCount'],
  ['thoughts_token_count'],
];
/** Parts of the prompt's count, by their documentation. */
const CACHED_PART: Paths = [
  ['prompt_tokens_details', 'cached_tokens'],
  ['input_tokens_details', 'cached_tokens'],
  ['prompt_cache_hit_tokens'],
  ['cached_tokens'],
  ['cachedContentTokenCount'],
  ['cached_content_token_count'],
  ['num_cached_tokens'],
];
/**
 * Counted beside the input in Anthropic's and Bedrock's documentation; gateways copy the names into either kind of
 * record.
 */
const CACHED_BESIDE: Paths = [
  ['cache_read_input_tokens'],
  ['cacheReadInputTokens'],
  ['cacheReadInputTokenCount'],
];
const CACHE_WRITE: Paths = [
  ['prompt_tokens_details', 'cache_write_tokens'],
  ['prompt_tokens_details', 'cache_creation_tokens'],
  ['input_tokens_details', 'cache_write_tokens'],
  ['cache_creation_input_tokens'],
  ['cacheWriteInputTokens'],
  ['cacheWriteInputTokenCount'],
];

interface Told {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  readonly total: number | undefined;
}

function parseTokens(raw: unknown, cachedInside: boolean): TokenCounts | undefined {
  const prompt = largestCount(raw, PROMPT);
  const completion = largestCount(raw, COMPLETION);
  // Every call has a prompt, but the cache may have served all of it.
  const part = largestCount(raw, CACHED_PART);
  const cached = Math.max(part ?? 0, largestCount(raw, CACHED_BESIDE) ?? 0);
  const cacheWrite = largestCount(raw, CACHE_WRITE) ?? 0;
  if (prompt === undefined || prompt + cached + cacheWrite === 0 || completion === undefined)
    return undefined;
  const reasoning = largestCount(raw, REASONING) ?? 0;
  const told = { prompt, completion, cached, cacheWrite, reasoning, total: largestCount(raw, TOTAL) };
  // The native record of Anthropic or Bedrock: it has neither OpenAI's name for the prompt nor its parts.
  const isBeside = part === undefined && at(raw, 'prompt_tokens') === undefined && cached + cacheWrite > 0;
  const hour = Math.min(cacheWrite, count(raw, 'cache_creation', 'ephemeral_1h_input_tokens') ?? 0);
  return { ...classes(told, cachedInside && !isBeside), ...(hour > 0 && { hourCacheWrite: hour }) };
}

function classes(told: Told, cachedInside: boolean): TokenCounts {
  const { prompt, completion, cached, cacheWrite, reasoning } = told;
  const { inside, reasoningBeside, rest } = layoutOf(told, cachedInside);
  const input = inside ? prompt - cached - cacheWrite : prompt;
  const common = { input, cachedInput: cached, cacheWrite };
  if (rest > 0) return { ...common, output: completion, reasoning: Math.max(rest, reasoning) };
  if (reasoningBeside) return { ...common, output: completion, reasoning };
  return { ...common, output: completion - reasoning, reasoning };
}

interface Layout {
  /** Whether the prompt's count includes cached input. */
  readonly inside: boolean;
  /** Whether reasoning is counted beside the completion. */
  readonly reasoningBeside: boolean;
  /** Tokens of the total that no other field names. */
  readonly rest: number;
}

/**
 * The total decides where it fits exactly one reading; otherwise the documented reading applies, and the excess is
 * reasoning.
 */
function layoutOf(
  { prompt, completion, cached, cacheWrite, reasoning, total }: Told,
  preset: boolean,
): Layout {
  const besideInput = cached + cacheWrite;
  const canBeInside = besideInput <= prompt;
  // More reasoning than completion: the reasoning must be counted beside it.
  const canBePart = reasoning <= completion;
  const sumOf = (inside: boolean, reasoningBeside: boolean): number =>
    prompt + completion + (inside ? 0 : besideInput) + (reasoningBeside ? reasoning : 0);
  const usual = preset && canBeInside;
  for (const reasoningBeside of [!canBePart, true]) {
    for (const inside of [usual, !usual]) {
      if (inside && !canBeInside) continue;
      if (total === sumOf(inside, reasoningBeside)) return { inside, reasoningBeside, rest: 0 };
    }
  }
  const rest = (total ?? 0) - sumOf(usual, false);
  return { inside: usual, reasoningBeside: !canBePart, rest: Math.max(0, rest) };
}

/**
 * The provider's charge in US dollars. With the user's own key at the provider (`is_byok`), OpenRouter's `cost` is only
 * its fee, and the provider's bill is added; where that bill is unknown, so is the cost.
 */
function parseCost(raw: unknown): number | undefined {
  const cost = numberAt(raw, 'cost') ?? numberAt(raw, 'cost', 'total_cost') ?? numberAt(raw, 'cost', 'total');
  if (cost === undefined || isForeign(raw)) return undefined;
  return chargedUsd(cost, at(raw, 'is_byok') === true, at(raw, 'cost_details', 'upstream_inference_cost'));
}

/** `upstream`: the provider's own bill; zero or absent means unknown, since providers charge for every call. */
export function chargedUsd(charged: unknown, ownKey: boolean, upstream: unknown): number | undefined {
  const cost = dollars(charged);
  const theirs = dollars(upstream) ?? 0;
  if (cost === undefined || (ownKey && theirs === 0)) return undefined;
  // Without the user's own key the charge includes the provider's bill, so that it is at least that bill.
  return ownKey ? cost + theirs : Math.max(cost, theirs);
}

/** A cost in another currency, or in a gateway's own credits, is not in dollars. */
export function isForeign(raw: unknown): boolean {
  const named = CURRENCIES.map((path) => stringAt(raw, ...path)).find((name) => name !== undefined);
  return named !== undefined && !/^\s*(?:us\$|\$|usd|us dollars?)\s*$/i.test(named.slice(0, 40));
}

const CURRENCIES: Paths = [
  ['currency'],
  ['cost_currency'],
  ['cost_unit'],
  ['cost', 'currency'],
  ['cost', 'unit'],
  ['cost_details', 'currency'],
];

/** An amount that one call can cost; undefined for any other value. */
export const dollars = (value: unknown): number | undefined =>
  typeof value === 'number' && 0 <= value && value <= MAX_USD ? value : undefined;

/** A token count that one call can have; undefined for any other value. */
export function count(raw: unknown, ...path: readonly string[]): number | undefined {
  const value = numberAt(raw, ...path);
  return value !== undefined && Number.isInteger(value) && 0 <= value && value <= MAX_TOKENS
    ? value
    : undefined;
}

/** Gateways report zeros under the names that they do not use. */
function largestCount(raw: unknown, paths: Paths): number | undefined {
  const counts = paths.flatMap((path) => count(raw, ...path) ?? []);
  return counts.length === 0 ? undefined : Math.max(...counts);
}
