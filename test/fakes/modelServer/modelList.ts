import type { FakeModel } from './model.ts';

/**
 * One entry of `/v1/models`: OpenAI's fields and, unless `namesOnly`, OpenRouter's with prices (USD per token, as
 * text).
 */
export function describeModel(model: FakeModel, namesOnly = false): object {
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok } = model.price;
  const perToken = (usdPerMTok: number): string => (usdPerMTok / 1e6).toFixed(12).replace(/\.?0+$/, '');
  const entry = {
    id: model.id,
    object: 'model',
    created: 1_760_000_000,
    owned_by: model.simulated === true ? 'simulated' : 'fake',
  };
  if (namesOnly) return entry;
  return {
    ...entry,
    context_length: model.contextTokens,
    top_provider: { max_completion_tokens: model.maxOutputTokens },
    pricing: {
      prompt: perToken(inputUsdPerMTok),
      completion: perToken(outputUsdPerMTok),
      ...(cachedInputUsdPerMTok === undefined ? {} : { input_cache_read: perToken(cachedInputUsdPerMTok) }),
    },
    ...(model.simulated === true ? { simulated: true } : {}),
  };
}
