/**
 * A provider's usage object, read into disjoint token classes. The field names agree across OpenAI-compatible servers;
 * what they include does not:
 * - OpenAI's `prompt_tokens` include the cached ones, Anthropic's `input_tokens` exclude them;
 * - OpenAI's `completion_tokens` include reasoning, xAI's exclude it.
 * Where `total_tokens` is there, it decides; where the part exceeds the whole, the whole cannot include it.
 */
import type { TokenClasses } from './pricing.ts';

export interface ReportedUsage {
  readonly tokens: TokenClasses;
  /** USD the provider says it charged, if it says so. */
  readonly reportedUsd: number | undefined;
}

/** Undefined when there is no usage in it, or none that can be right: a missing count is not zero. */
export function parseUsage(raw: unknown): ReportedUsage | undefined {
  if (!isObject(raw)) return undefined;
  const prompt = count(raw['prompt_tokens']) ?? count(raw['input_tokens']);
  const completion = count(raw['completion_tokens']) ?? count(raw['output_tokens']);
  const reportedUsd = reportedCost(raw);
  if (prompt === undefined || completion === undefined) return undefined;
  const input = splitInput(raw, prompt, completion);
  const output = splitOutput(raw, completion, input.input + input.cachedInput + input.cacheWrite);
  return { tokens: { ...input, ...output }, reportedUsd };
}

type Raw = Readonly<Record<string, unknown>>;

function splitInput(
  raw: Raw,
  prompt: number,
  completion: number,
): Pick<TokenClasses, 'input' | 'cachedInput' | 'cacheWrite'> {
  const details = child(raw, 'prompt_tokens_details') ?? child(raw, 'input_tokens_details');
  const listed = count(details?.['cached_tokens']) ?? count(raw['prompt_cache_hit_tokens']);
  const anthropicRead = count(raw['cache_read_input_tokens']);
  const cachedInput = listed ?? anthropicRead ?? 0;
  const cacheWrite = count(details?.['cache_write_tokens']) ?? count(raw['cache_creation_input_tokens']) ?? 0;
  const total = count(raw['total_tokens']);
  const parts = cachedInput + cacheWrite;
  // Anthropic's own field names, without OpenAI's, come with Anthropic's meaning.
  const anthropicStyle = listed === undefined && raw['prompt_tokens'] === undefined;
  const excluded =
    parts > prompt ||
    (parts > 0 && total !== prompt + completion && (anthropicStyle || total === prompt + parts + completion));
  return { input: excluded ? prompt : prompt - parts, cachedInput, cacheWrite };
}

function splitOutput(
  raw: Raw,
  completion: number,
  inputs: number,
): Pick<TokenClasses, 'output' | 'reasoning'> {
  const details = child(raw, 'completion_tokens_details') ?? child(raw, 'output_tokens_details');
  const reasoning = count(details?.['reasoning_tokens']) ?? count(raw['reasoning_tokens']) ?? 0;
  const total = count(raw['total_tokens']);
  const excluded =
    reasoning > completion ||
    (reasoning > 0 && total !== undefined && total >= inputs + completion + reasoning);
  return { output: excluded ? completion : completion - reasoning, reasoning };
}

/** OpenRouter's `cost` in USD; with the user's own key upstream it is OpenRouter's fee, and the upstream bill comes on top. */
function reportedCost(raw: Raw): number | undefined {
  const cost = amount(raw['cost']);
  if (cost === undefined) return undefined;
  const upstream = amount(child(raw, 'cost_details')?.['upstream_inference_cost']) ?? 0;
  return raw['is_byok'] === true ? cost + upstream : cost;
}

const isObject = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const child = (raw: Raw, key: string): Raw | undefined => {
  const value = raw[key];
  return isObject(value) ? value : undefined;
};
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
