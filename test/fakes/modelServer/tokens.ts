/**
 * The fake's tokenizer: short runs of letters, single signs, runs of spaces. It has the granularity of a real one and
 * the two important properties: the pieces join to the text, and no token is shorter than a byte.
 */
const pattern = /\s?[\p{L}\p{N}_]{1,5}|\s?[^\s\p{L}\p{N}_]|\s+/gu;

export const tokenize = (text: string): readonly string[] => text.match(pattern) ?? [];

export const countTokens = (text: string): number => tokenize(text).length;

/** The tokens that chat templates add around a message, and once for the reply. */
export const messageOverheadTokens = 4;
export const replyOverheadTokens = 3;
