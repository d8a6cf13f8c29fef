import type { FakeModel } from './model.ts';

/** One entry of `/v1/models`: OpenAI's fields, and OpenRouter's, which has prices (USD per token, as text). */
export function describeModel(model: FakeModel): object {
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok } = model.price;
  const perToken = (usdPerMTok: number): string => (usdPerMTok / 1e6).toFixed(12).replace(/\.?0+$/, '');
  return {
    id: model.id,
    object: 'model',
    created: 1_760_000_000,
    owned_by: model.simulated === true ? 'simulated' : 'fake',
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
