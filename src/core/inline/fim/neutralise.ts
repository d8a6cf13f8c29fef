/**
 * Template tokens in the user's text (this file contains some) would end the prefix, or the file, in the middle.
 * `neutralise` breaks them with one space after their first character, the change that affects the model's reading
 * least; `restore` removes the space where a model copies the broken form.
 */
const broken = (token: string): string => `${token.slice(0, 1)} ${token.slice(1)}`;

export function neutralise(text: string, tokens: readonly string[]): string {
  let safe = text;
  for (const token of longestFirst(tokens)) {
    if (safe.includes(token)) safe = safe.replaceAll(token, broken(token));
  }
  return safe;
}

/** Undoes `neutralise` in a model's answer, for tokens that the user's own text contains. */
export function restore(answer: string, tokens: readonly string[], userText: string): string {
  let mended = answer;
  for (const token of longestFirst(tokens)) {
    if (mended.includes(broken(token)) && userText.includes(token)) {
      mended = mended.replaceAll(broken(token), token);
    }
  }
  return mended;
}

const longestFirst = (tokens: readonly string[]): readonly string[] =>
  tokens.filter((token) => token.length > 1).toSorted((a, b) => b.length - a.length);
