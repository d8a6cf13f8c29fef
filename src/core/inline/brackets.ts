/** A bracket scan that knows strings only roughly: enough to tell a block's end from a stray closer. */
import type { CursorText } from './cursorText.ts';

const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSERS = new Set([')', ']', '}']);
/** Characters looked at on each side of the cursor: a bound on the work for each keystroke. */
const REACH = 3000;

interface Scan {
  /** Closers still owed, innermost last. */
  readonly open: readonly string[];
  /** Closers that nothing in the text opened, in order. */
  readonly unmatched: readonly { readonly closer: string; readonly at: number }[];
}

export function scanBrackets(text: string): Scan {
  const open: string[] = [];
  const unmatched: { closer: string; at: number }[] = [];
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '\\') i += 1;
    else if (char === '\n' && quote !== '`') quote = '';
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (isQuote(char, text, i)) quote = char;
    else if (CLOSER_OF[char] !== undefined) open.push(CLOSER_OF[char]);
    else if (!CLOSERS.has(char)) continue;
    else if (open.at(-1) === char) open.pop();
    else if (open.length === 0) unmatched.push({ closer: char, at: i });
  }
  return { open, unmatched };
}

/** An apostrophe inside a word ("don't") or without a partner on its line (Rust's 'a) opens no string. */
function isQuote(char: string, text: string, at: number): boolean {
  if (char !== "'") return char === '"' || char === '`';
  const partner = text.indexOf("'", at + 1);
  const lineEnd = text.indexOf('\n', at);
  return !/\w/.test(text.charAt(at - 1)) && partner > 0 && (lineEnd < 0 || partner < lineEnd);
}

/**
 * Closers that text at the cursor may use for brackets opened before it, innermost first: those the prefix owes
 * and the suffix does not pay. With both windows whole that is a matter of counting. Where the prefix was cut off
 * (the suffix pays more than it owes), the two are aligned so that the fewest are allowed.
 */
export function allowedClosers({ prefix, suffix }: CursorText): readonly string[] {
  const owed = [...scanBrackets(prefix.slice(-REACH)).open].reverse();
  const paid = scanBrackets(suffix.slice(0, REACH)).unmatched.map(({ closer }) => closer);
  if (paid.length <= owed.length) return owed.slice(0, owed.length - paid.length);
  const aligned = owed.findIndex((_, j) => owed.slice(j).every((closer, i) => closer === paid[i]));
  return aligned < 0 ? owed : owed.slice(0, aligned);
}

/** Where `text` closes a bracket that it neither opened nor may close; -1 = nowhere. */
export function strayCloser(text: string, allowed: readonly string[]): number {
  const { unmatched } = scanBrackets(text);
  return unmatched.find(({ closer }, i) => closer !== allowed[i])?.at ?? -1;
}
