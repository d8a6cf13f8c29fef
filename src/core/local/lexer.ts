/**
 * Splits source text of any language into words, operators and line ends in one pass over char codes, without
 * allocation. A single space before a token belongs to it (" foo"), so predicted tokens join exactly; indentation is
 * not a token, because the editor determines it.
 */

/** Receives each token's bounds in the text; `start === end` marks a line end (consecutive blank lines give one). */
export type OnToken = (start: number, end: number) => void;

const SPACE = 32;
const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Word characters: ASCII letters, digits, _ and $, and everything outside ASCII. */
export const isWordCode = (code: number): boolean =>
  code > 127 ||
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 36;

/** Characters that form operators together: = > < ! & | ? + - * / : . */
const OPERATOR = new Set(Array.from('=><!&|?+-*/:.', (char) => char.charCodeAt(0)));
/** A longer word (a blob of data) is cut. */
const MAX_WORD = 64;

export function lex(text: string, from: number, to: number, onToken: OnToken): void {
  let at = skipIndent(text, from, to);
  let lineHasToken = false;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) {
      if (lineHasToken) onToken(at, at);
      lineHasToken = false;
      at = skipIndent(text, at + 1, to);
      continue;
    }
    const end = tokenEnd(text, at, to);
    onToken(at, end);
    lineHasToken = true;
    at = end;
  }
}

function skipIndent(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at += 1;
  return at;
}

function tokenEnd(text: string, start: number, to: number): number {
  let at = start;
  if (text.charCodeAt(at) === SPACE) at += 1;
  const code = at < to ? text.charCodeAt(at) : LINE_FEED;
  if (code === SPACE || code === TAB || code === LINE_FEED || code === CARRIAGE_RETURN) {
    return Math.max(start + 1, skipIndent(text, at, to));
  }
  if (isWordCode(code)) {
    const limit = Math.min(to, at + MAX_WORD);
    while (at < limit && isWordCode(text.charCodeAt(at))) at += 1;
    return at;
  }
  if (!OPERATOR.has(code)) return at + 1;
  const limit = Math.min(to, at + 3);
  while (at < limit && OPERATOR.has(text.charCodeAt(at))) at += 1;
  return at;
}
