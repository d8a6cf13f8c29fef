/** Decides when a suggestion made at an earlier cursor still applies at the present one. */
import type { CursorText } from './cursorText.ts';

/** The most characters typed since; after more, the user is writing something else. */
export const MAX_TYPED = 64;
/** Number of characters before the cursor that must agree. */
const TAIL = 200;
/** Number of characters after the cursor that must agree, apart from closers that the editor added. */
const HEAD = 100;

export interface Anchored {
  /** End of the text before the cursor at the time of the suggestion. */
  readonly tail: string;
  /** Beginning of the text after the cursor at the time of the suggestion. */
  readonly head: string;
}

export const anchored = ({ prefix, suffix }: CursorText): Anchored => ({
  tail: copied(prefix.slice(-TAIL)),
  head: copied(suffix.slice(0, HEAD)),
});

/** A slice in V8 keeps its whole text alive: 250 cached places would hold as many windows of 30,000 characters. */
const copied = (slice: string): string => Array.from({ length: slice.length }, (_, i) => slice[i]).join('');

/** The characters typed since; undefined where the cursor is not further on in the same place. */
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

/** Typing `(` adds `)` after the cursor: up to two closers more or fewer are still the same place. */
function sameAfter(head: string, suffix: string): boolean {
  const now = suffix.slice(0, HEAD);
  return agree(head, now) || agree(head, withoutClosers(now)) || agree(withoutClosers(head), now);
}

/** Whether one text is the beginning of the other. Typing shifts windows of equal length against each other. */
const agree = (a: string, b: string): boolean => {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length) === b.slice(0, length) && (length > 0 || a === b);
};

const withoutClosers = (text: string): string => text.replace(/^[)\]}"'`>]{1,2}/, '');

/** The part of a suggestion after `typed`; undefined where the typing differs or has used up the suggestion. */
export function remainder(suggestion: string, typed: string): string | undefined {
  if (typed.length >= suggestion.length) return undefined;
  return suggestion.startsWith(typed) ? suggestion.slice(typed.length) : undefined;
}
