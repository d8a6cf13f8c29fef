/** Facts about Anthropic's models in every protocol, from its documentation, read in November 2026. */

/**
 * The shortest prefix that a model caches, in tokens; the API ignores a mark on a shorter one, but counts it among the
 * four.
 */
export function leastCachedTokens(model: string): number {
  if (/opus-4-[5-9]|haiku-4-5|mythos|fable/.test(model)) return 4096;
  if (/haiku-3|3-5-haiku|sonnet-4-6/.test(model)) return 2048;
  return 1024;
}
