import type { Usage } from '../../app/ports/models.ts';
import type { TokenCounts } from '../../app/ports/money.ts';
import { at, numberAt } from './json.ts';

/**
 * Usage as providers write it, into disjoint token classes; undefined where it cannot be believed.
 * Seen in the field: counts that include cached tokens and counts that exclude them; reasoning inside
 * `completion_tokens` (OpenAI) or outside it (xAI), or only visible in `total_tokens` (Gemini); zeros for "unknown".
 */
export function parseUsage(raw: unknown, promptTokensIncludeCached: boolean): Usage | undefined {
  const reportedUsd = parseCost(raw);
  const tokens = parseTokens(raw, promptTokensIncludeCached);
  if (tokens) return { tokens, reportedUsd };
  return reportedUsd === undefined ? undefined : { tokens: NO_TOKENS, reportedUsd };
}

const NO_TOKENS: TokenCounts = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
/** Above any context window; a larger number is a defect of the server. */
const MAX_TOKENS = 100_000_000;
/** No single call costs this much. */
const MAX_USD = 10_000;

function parseTokens(raw: unknown, promptTokensIncludeCached: boolean): TokenCounts | undefined {
  const prompt = count(raw, 'prompt_tokens');
  const completion = count(raw, 'completion_tokens');
  // Every call has a prompt: zero is a server's way to say that it does not count.
  if (!prompt || completion === undefined) return undefined;
  const cached =
    count(raw, 'prompt_tokens_details', 'cached_tokens') ??
    count(raw, 'prompt_cache_hit_tokens') ??
    count(raw, 'cache_read_input_tokens') ??
    0;
  const cacheWrite =
    count(raw, 'prompt_tokens_details', 'cache_write_tokens') ??
    count(raw, 'cache_creation_input_tokens') ??
    0;
  // More cached than there is in all: this server counts them beside the prompt, whatever its preset says.
  const inside = promptTokensIncludeCached && cached + cacheWrite <= prompt;
  const input = inside ? prompt - cached - cacheWrite : prompt;
  const allInput = input + cached + cacheWrite;
  return { input, cachedInput: cached, cacheWrite, ...outputs(raw, allInput, completion) };
}

function outputs(
  raw: unknown,
  allInput: number,
  completion: number,
): Pick<TokenCounts, 'output' | 'reasoning'> {
  const reasoning = count(raw, 'completion_tokens_details', 'reasoning_tokens') ?? 0;
  const outside = (count(raw, 'total_tokens') ?? 0) - allInput - completion;
  if (outside > 0) return { output: completion, reasoning: Math.max(outside, reasoning) };
  if (reasoning > completion) return { output: completion, reasoning };
  return { output: completion - reasoning, reasoning };
}

/** OpenRouter's `cost`; with the user's own upstream key that is only its fee, and the provider's bill comes on top. */
function parseCost(raw: unknown): number | undefined {
  const cost = dollars(numberAt(raw, 'cost') ?? numberAt(raw, 'cost', 'total_cost'));
  if (cost === undefined || at(raw, 'is_byok') !== true) return cost;
  return cost + (dollars(numberAt(raw, 'cost_details', 'upstream_inference_cost')) ?? 0);
}

/** An amount that one call can cost. */
export const dollars = (value: unknown): number | undefined =>
  typeof value === 'number' && 0 <= value && value <= MAX_USD ? value : undefined;

/** A number of tokens that one call can have. */
export function count(raw: unknown, ...path: string[]): number | undefined {
  const value = numberAt(raw, ...path);
  return value !== undefined && Number.isInteger(value) && 0 <= value && value <= MAX_TOKENS
    ? value
    : undefined;
}
