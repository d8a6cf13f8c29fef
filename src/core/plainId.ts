/**
 * The id a provider gives a call, as it may be stored. An endpoint writes what it likes there, a prompt or a key
 * included, so only what looks like an id is kept: short, without white space, and without what keys begin with.
 */

const PLAIN = /^[A-Za-z0-9][\w.:-]{0,79}$/;
/** OpenAI, Anthropic, OpenRouter, Groq, xAI, Google, Hugging Face, GitHub, AWS; at the start or after a separator. */
const KEY =
  /(?:^|[-_.:])(?:sk|pk|rk|gsk|xai|hf|ghp|key|bearer)[-_.:]\w|AIza|AKIA|(?:^|[-_.:])(?:gsk|hf|ghp)_/i;
/** Longer runs without a separator are hardly an id's; keys are made of them. */
const LONG_RUN = /[A-Za-z0-9]{49}/;

export const isPlainId = (id: string): boolean => PLAIN.test(id) && !KEY.test(id) && !LONG_RUN.test(id);
