import type { FakeModel, FakePrice } from './model.ts';
import { tokenize } from './tokens.ts';

/** One USD per million tokens is a thousand nano-USD per token. */
const nanoUsdPerToken = 1000;

export function costNanoUsd(
  price: FakePrice,
  served: {
    readonly inputTokens: number;
    readonly cachedTokens: number;
    readonly cacheWriteTokens?: number;
    /** Written text stays for an hour. */
    readonly hourCache?: boolean | undefined;
    readonly outputTokens: number;
  },
): number {
  const cached = served.cachedTokens * (price.cachedInputUsdPerMTok ?? price.inputUsdPerMTok);
  const written = served.cacheWriteTokens ?? 0;
  const hourRate = price.hourCacheWriteUsdPerMTok ?? 2 * price.inputUsdPerMTok;
  const write =
    written * (served.hourCache === true ? hourRate : (price.cacheWriteUsdPerMTok ?? price.inputUsdPerMTok));
  const fresh = (served.inputTokens - served.cachedTokens - written) * price.inputUsdPerMTok;
  return Math.round(
    (cached + write + fresh + served.outputTokens * price.outputUsdPerMTok) * nanoUsdPerToken,
  );
}

/** OpenAI's prompt caching: the common beginning with the last prompt, from 1024 tokens on, in steps of 128. */
export class PromptCache {
  readonly #last = new Map<string, readonly string[]>();
  readonly #marked = new Map<string, readonly string[]>();

  read(model: FakeModel, prompt: string): number {
    const tokens = tokenize(prompt);
    const last = this.#last.get(model.id) ?? [];
    this.#last.set(model.id, tokens);
    if (model.price.cachedInputUsdPerMTok === undefined) return 0;
    const differs = tokens.findIndex((token, index) => token !== last[index]);
    const common = differs < 0 ? tokens.length : differs;
    return common < 1024 ? 0 : common - (common % 128);
  }

  /**
   * Anthropic's prompt caching: the prompt up to each mark is written, and a later prompt that begins with one of these
   * reads it. `input`: all tokens of the request, including those read and written.
   */
  marked(
    model: FakeModel,
    prompts: readonly string[],
    input: number,
  ): { readonly read: number; readonly written: number } {
    const sizeOf = (prompt: string): number => Math.min(input, tokenize(prompt).length);
    const long = prompts.filter((prompt) => sizeOf(prompt) >= 1024);
    const last = long.at(-1);
    if (last === undefined) return { read: 0, written: 0 };
    const known = this.#marked.get(model.id) ?? [];
    const read = Math.max(0, ...known.filter((prompt) => last.startsWith(prompt)).map(sizeOf));
    this.#marked.set(model.id, [...known, ...long].slice(-40));
    return { read, written: Math.max(0, sizeOf(last) - read) };
  }
}
