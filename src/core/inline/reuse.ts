/** When text that was suggested at an earlier cursor still holds at this one. */
import type { CursorText } from './cursorText.ts';

/** Characters typed since, at most: beyond this it is another thought. */
export const MAX_TYPED = 64;
/** Text before the cursor that must agree. */
const TAIL = 200;
/** Text after the cursor that must agree, apart from closers the editor has added since. */
const HEAD = 100;

export interface Anchored {
  /** End of the text before the cursor, when the suggestion was made. */
  readonly tail: string;
  /** Beginning of the text after the cursor, when the suggestion was made. */
  readonly head: string;
}

export const anchored = ({ prefix, suffix }: CursorText): Anchored => ({
  tail: copied(prefix.slice(-TAIL)),
  head: copied(suffix.slice(0, HEAD)),
});

/** V8 keeps the whole text alive behind a slice of it: 250 cached places would hold as many windows of 30,000 characters. */
const copied = (slice: string): string => Array.from({ length: slice.length }, (_, i) => slice[i]).join('');

/** The characters typed between then and now, or undefined where the cursor is not further on in the same place. */
export function typedSince(then: Anchored, now: CursorText): string | undefined {
  if (!sameAfter(then.head, now.suffix)) return undefined;
  const { prefix } = now;
  const most = Math.min(MAX_TYPED, prefix.length);
  for (let typed = 0; typed <= most; typed += 1) {
    const end = prefix.length - typed;
    const tail = prefix.slice(Math.max(0, end - TAIL), end);
    if (tail.length === then.tail.length && tail === then.tail) return prefix.slice(end);
  }
  return undefined;
}

/** Typing `(` adds `)` after the cursor by itself: at most two closers more or fewer are the same place. */
function sameAfter(head: string, suffix: string): boolean {
  const now = suffix.slice(0, HEAD);
  return agree(head, now) || agree(head, withoutClosers(now)) || agree(withoutClosers(head), now);
}

/** One is the beginning of the other: windows cut at the same length shift against each other by what was typed. */
const agree = (a: string, b: string): boolean => {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) === b.slice(0, length) && (length > 0 || a === b);
};

const withoutClosers = (text: string): string => text.replace(/^[)\]}"'`>]{1,2}/, '');

/** What is left of a suggestion after `typed`; undefined where the typing disagrees or has used it up. */
export function remainder(suggestion: string, typed: string): string | undefined {
  if (typed.length >= suggestion.length) return undefined;
  return suggestion.startsWith(typed) ? suggestion.slice(typed.length) : undefined;
}
