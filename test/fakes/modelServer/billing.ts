import type { FakeModel, FakePrice } from './model.ts';
import { tokenize } from './tokens.ts';

/** One USD per million tokens is a thousand nano-USD per token. */
const nanoUsdPerToken = 1000;

export function costNanoUsd(
  price: FakePrice,
  served: { readonly inputTokens: number; readonly cachedTokens: number; readonly outputTokens: number },
): number {
  const cached = served.cachedTokens * (price.cachedInputUsdPerMTok ?? price.inputUsdPerMTok);
  const fresh = (served.inputTokens - served.cachedTokens) * price.inputUsdPerMTok;
  return Math.round((cached + fresh + served.outputTokens * price.outputUsdPerMTok) * nanoUsdPerToken);
}

/** Prompt caching as OpenAI does it: the common start with the last prompt, from 1024 tokens on, in steps of 128. */
export class PromptCache {
  readonly #last = new Map<string, readonly string[]>();

  read(model: FakeModel, prompt: string): number {
    const tokens = tokenize(prompt);
    const last = this.#last.get(model.id) ?? [];
    this.#last.set(model.id, tokens);
    if (model.price.cachedInputUsdPerMTok === undefined) return 0;
    const differs = tokens.findIndex((token, index) => token !== last[index]);
    const common = differs < 0 ? tokens.length : differs;
    return common < 1024 ? 0 : common - (common % 128);
  }
}
