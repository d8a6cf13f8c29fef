/**
 * Determines what an accepted suggestion replaces on the cursor's line. Closers and quotes of the rest of the line are
 * covered only by unmatched ones of the suggestion: `f(|)` with `g(x)` keeps its bracket, with `x)` the suggestion's
 * bracket replaces it. Other text at the end of the suggestion with which the rest begins is kept once. VS Code shows
 * an item only if the replaced text is a subsequence of the inserted one and lies on one line.
 */
import { fit, isBracket, scanAnswer, surroundings } from './brackets.ts';
import type { Fit, Surroundings } from './brackets.ts';
import { lineSuffix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import { overlapLength } from './overlap.ts';

export interface Replacement {
  readonly text: string;
  /** Number of characters after the cursor, on its line, that the text replaces. */
  readonly covers: number;
}

export function replacement(text: string, cursor: CursorText, languageId: string): Replacement {
  const rest = lineSuffix(cursor);
  if (rest.trim() === '') return { text, covers: text.includes('\n') ? 0 : rest.length };
  const around = surroundings(cursor, languageId);
  const fitted = fit(text, around);
  const said = withoutTerminator(text.slice(0, fitted.end), fitted, around);
  const has = rest.slice(fitted.covers);
  const overlap = repeated(said, fitted.coversTo, has, around);
  if (fitted.covers > 0) return covering(said, fitted, overlap, rest);
  if (overlap === 0) return { text: said, covers: 0 };
  const whole = said.trimEnd();
  // A terminator is covered, so the cursor ends behind it; other repeated text is left out of the suggestion.
  return /^[\s;,:]*$/.test(rest.slice(0, overlap))
    ? { text: whole, covers: overlap }
    : { text: whole.slice(0, whole.length - overlap), covers: 0 };
}

/** Number of characters of `has`, the continuation of the line, that the suggestion repeats from `from` on. */
function repeated(said: string, from: number, has: string, around: Surroundings): number {
  const tail = said.slice(from).trimEnd();
  const goesOn = has.trimEnd();
  if (from > 0 && goesOn !== '' && tail.startsWith(goesOn)) return goesOn.length;
  const isLevel = levelAfter(said, from, around);
  const overlap = overlapLength(tail, goesOn, (at) => isLevel(from + at) && !closesOwnTag(tail, at));
  // Closers already have their counterparts, or have none.
  return isLevel(from + tail.length) ? overlap : 0;
}

/** Where the line has blanks before its closers that the suggestion lacks, the blanks are added to the suggestion. */
function covering(
  said: string,
  { covers, coversFrom, coversTo }: Fit,
  overlap: number,
  rest: string,
): Replacement {
  const all = { text: said, covers: covers + overlap };
  const head = said.slice(0, coversFrom);
  const padded = /^\s/.test(rest) && !/\s$/.test(head);
  if (!padded && isSubsequence(rest.slice(0, all.covers), said)) return all;
  const own = head.trimEnd() + rest.slice(0, covers) + said.slice(coversTo);
  return isSubsequence(rest.slice(0, all.covers), own)
    ? { text: own, covers: all.covers }
    : { text: head.trimEnd(), covers: 0 };
}

/** Models write a terminator that the line already has behind its brackets: `f(|);` with `g(x);`. */
function withoutTerminator(
  said: string,
  { level }: Fit,
  { stack, before, restCloses }: Surroundings,
): string {
  const top = stack.at(-1);
  if (!level || top === undefined || !isBracket(top) || top.closer === '}') return said;
  const whole = said.trimEnd();
  if (restCloses[0]?.frame !== top || !whole.endsWith(';')) return said;
  return /\bfor\s?$/.test(before.slice(Math.max(0, top.at - 8), top.at)) ? said : whole.slice(0, -1);
}

/**
 * Returns a test of whether the same frames are open at an offset as at `from`, with none closed between; its offsets
 * grow.
 */
function levelAfter(said: string, from: number, around: Surroundings): (at: number) => boolean {
  const start = around.before.length;
  const scanner = scanAnswer(said, around).advanceTo(start + from);
  const { depth } = scanner;
  return (at) => {
    scanner.advanceTo(start + at);
    return scanner.at === start + at && scanner.depth === depth && scanner.floor === depth;
  };
}

/** Whether `</b>` at `at` ends a `<b>` of the suggestion itself. */
function closesOwnTag(said: string, at: number): boolean {
  const name = /^<\/([\w.:-]{1,60})/.exec(said.slice(at, at + 64))?.[1];
  if (name === undefined) return false;
  const before = said.slice(0, at);
  const opened = before
    .split(`<${name}`)
    .slice(1)
    .filter((next) => !/^[\w.:-]/.test(next)).length;
  return opened > before.split(`</${name}`).length - 1;
}

export function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i += 1) {
    if (whole.charCodeAt(i) === part.charCodeAt(at)) at += 1;
  }
  return at >= part.length;
}
