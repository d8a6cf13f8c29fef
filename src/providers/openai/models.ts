import type { ProviderError } from '../../app/ports/models.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import type { ListedModel } from '../../app/setup/catalog.ts';
import type { RateCard } from '../../core/arm.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { buildClient } from './client.ts';
import { openCall } from '../http/call.ts';
import type { CallContext } from '../http/call.ts';
import { at, listAt, numberAt, stringAt } from '../http/json.ts';
import { isForeign } from '../http/usage.ts';
import { PRESETS } from '../presets.ts';

/** More than the largest gateway lists; further models are of no use in a picker. */
const MAX_LISTED = 5000;

/** The endpoint's own list in its order, with its facts about each model. */
export async function listModels(
  context: CallContext,
  signal: AbortSignal,
): Promise<Result<readonly ListedModel[], ProviderError>> {
  const opened = await openCall(buildClient, context, signal, 'json', '');
  if (!opened.ok) return opened;
  const call = opened.value;
  try {
    // Anthropic's list has pages of twenty by default; other endpoints do not know the field.
    const query = context.endpoint.preset === 'anthropic' && { query: { limit: 1000 } };
    const response = await call.client.models.list({ signal: call.guard.signal, ...query }).asResponse();
    const reply = JSON.parse(await response.text()) as unknown;
    const entries = Array.isArray(reply) ? (reply as unknown[]) : listAt(reply, 'data');
    const listed = entries.slice(0, MAX_LISTED).flatMap((entry) => readModel(entry, context.endpoint));
    const models = [...new Map(listed.map((model) => [model.id, model])).values()];
    return models.length > 0 ? ok(models) : fail(call.failure('no models in the list', 'empty'));
  } catch (error) {
    return fail(call.failure(error));
  } finally {
    call.guard.end();
  }
}

/** One entry in OpenAI's shape, with the additions of OpenRouter, Mistral, vLLM, Groq, llama.cpp and LM Studio. */
function readModel(entry: unknown, endpoint: Endpoint): ListedModel[] {
  // Gemini lists resource names, but accepts the bare name too.
  const id = stringAt(entry, 'id')?.replace(/^models\//, '');
  if (!id || id.length > 300) return [];
  return [
    {
      id,
      name: stringAt(entry, 'name') ?? stringAt(entry, 'display_name'),
      price: readPrice(at(entry, 'pricing'), knowsFree(entry, id, endpoint)),
      contextTokens: firstCount(entry, CONTEXT_PATHS),
      maxOutputTokens: firstCount(entry, OUTPUT_PATHS),
      tools: readTools(entry),
      images: readImages(entry),
      fim: at(entry, 'capabilities', 'completion_fim') === true || undefined,
      reasoning: readReasoning(entry),
      simulated: at(entry, 'simulated') === true,
      embedding: isEmbedding(entry, id),
    },
  ];
}

const CONTEXT_PATHS = [
  ['context_length'],
  ['top_provider', 'context_length'],
  ['max_context_length'],
  ['max_model_len'],
  ['context_window'],
  ['max_input_tokens'],
  ['meta', 'n_ctx'],
  ['meta', 'n_ctx_train'],
];
const OUTPUT_PATHS = [
  ['top_provider', 'max_completion_tokens'],
  ['max_completion_tokens'],
  ['max_output_tokens'],
  ['max_tokens'],
];

function firstCount(entry: unknown, paths: readonly string[][]): number | undefined {
  for (const path of paths) {
    const value = numberAt(entry, ...path);
    if (value !== undefined && Number.isInteger(value) && 0 < value && value <= 100_000_000) return value;
  }
  return undefined;
}

/** Whether a listed price of zero means "free". Gateways list zeros for models whose price they do not know. */
const knowsFree = (entry: unknown, id: string, { preset }: Endpoint): boolean =>
  preset === 'openrouter' || PRESETS[preset].local || id.endsWith(':free') || at(entry, 'simulated') === true;

/**
 * OpenRouter's form: USD for each token, as text; -1 means that the price depends on the provider. A price is accepted
 * whole or not at all. Classes that PILOT never uses (images per piece, web search) are left out.
 */
function readPrice(pricing: unknown, zeroMeansFree: boolean): RateCard | undefined {
  const input = perMillion(at(pricing, 'prompt'));
  const output = perMillion(at(pricing, 'completion'));
  if (input === undefined || output === undefined || isForeign(pricing)) return undefined;
  const isZero = input === 0 && output === 0;
  if (isZero && !zeroMeansFree) return undefined;
  const optional = {
    cachedInputUsdPerMTok: perMillion(at(pricing, 'input_cache_read')),
    cacheWriteUsdPerMTok: perMillion(at(pricing, 'input_cache_write')),
    reasoningUsdPerMTok: perMillion(at(pricing, 'internal_reasoning')),
    requestUsd: dollars(at(pricing, 'request')),
  };
  // A zero beside an actual price means that the class has no price of its own, and for the request that there is no
  // fee.
  const kept = Object.entries(optional).filter(([, usd]) => (isZero ? usd !== undefined : usd));
  return { inputUsdPerMTok: input, outputUsdPerMTok: output, ...Object.fromEntries(kept) };
}

/** To nine digits: 0.00000125 * 1e6 is not quite 1.25 in a double. */
function perMillion(value: unknown): number | undefined {
  const usd = dollars(value);
  return usd === undefined ? undefined : Number((usd * 1e6).toPrecision(9));
}

function dollars(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const usd = Number(value);
  return 0 <= usd && usd <= 1000 ? usd : undefined;
}

function readTools(entry: unknown): boolean | undefined {
  const declared = at(entry, 'capabilities', 'function_calling');
  if (typeof declared === 'boolean') return declared;
  const parameters = at(entry, 'supported_parameters');
  return Array.isArray(parameters) ? parameters.includes('tools') : undefined;
}

function readImages(entry: unknown): boolean | undefined {
  const declared = at(entry, 'capabilities', 'vision');
  if (typeof declared === 'boolean') return declared;
  const modalities = at(entry, 'architecture', 'input_modalities');
  return Array.isArray(modalities) ? modalities.includes('image') : undefined;
}

/** OpenRouter lists the parameters that each model accepts; Mistral lists it as a capability. */
function readReasoning(entry: unknown): boolean | undefined {
  const declared = at(entry, 'capabilities', 'reasoning');
  if (typeof declared === 'boolean') return declared;
  const parameters = at(entry, 'supported_parameters');
  return Array.isArray(parameters) ? parameters.includes('reasoning') : undefined;
}

/** By declaration, else by name: such a model can be listed but not used. */
function isEmbedding(entry: unknown, id: string): boolean {
  const chat = at(entry, 'capabilities', 'completion_chat');
  const fim = at(entry, 'capabilities', 'completion_fim');
  if (typeof chat === 'boolean') return !chat && fim !== true;
  if (stringAt(entry, 'type') === 'embeddings') return true;
  return /embed|\b(bge|gte|e5|whisper|tts|dall-e|moderation|rerank|transcribe|image|imagen|veo|sora|realtime)\b/i.test(
    id,
  );
}
