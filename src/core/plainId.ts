/**
 * Decides whether a provider's id for a call may be stored. An endpoint can put any text there, a prompt or a key
 * included, so only text in the form of an id is accepted: short, without white space, and without the prefixes of
 * keys.
 */

const PLAIN = /^[A-Za-z0-9][\w.:-]{0,79}$/;
/** OpenAI, Anthropic, OpenRouter, Groq, xAI, Google, Hugging Face, GitHub, AWS; at the start or after a separator. */
const KEY =
  /(?:^|[-_.:])(?:sk|pk|rk|gsk|xai|hf|ghp|key|bearer)[-_.:]\w|AIza|AKIA|(?:^|[-_.:])(?:gsk|hf|ghp)_/i;
/** Ids rarely contain longer runs without a separator; keys do. */
const LONG_RUN = /[A-Za-z0-9]{49}/;

export const isPlainId = (id: string): boolean => PLAIN.test(id) && !KEY.test(id) && !LONG_RUN.test(id);
