/** What is known of Anthropic's models, whichever protocol reaches them; its documentation, read in November 2026. */

/** The shortest prefix a model caches, tokens; a mark on a shorter one is ignored, and counts against the four. */
export function leastCachedTokens(model: string): number {
  if (/opus-4-[5-9]|haiku-4-5|mythos|fable/.test(model)) return 4096;
  if (/haiku-3|3-5-haiku|sonnet-4-6/.test(model)) return 2048;
  return 1024;
}
