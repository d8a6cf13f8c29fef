/**
 * Determines what is open at the cursor, what the text behind the cursor closes, and so which closers an answer may
 * write: those that the rest of the cursor's line also has (the answer then covers them), and those that nothing behind
 * the cursor closes.
 */
import { linePrefix, lineSuffix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import { lexicon } from './lexicon.ts';
import type { Lexicon } from './lexicon.ts';
import { Scanner } from './scanner.ts';
import type { Close, Frame } from './scanner.ts';

/** Number of characters read on each side of the cursor, which bounds the work for each keystroke. */
const REACH = 8000;

export interface Surroundings {
  readonly lexicon: Lexicon;
  /** Text before the cursor; a cut text begins at the start of a line. */
  readonly before: string;
  readonly after: string;
  /** The rest of the cursor's line. */
  readonly rest: string;
  /** Frames that are open at the cursor, innermost last. */
  readonly stack: readonly Frame[];
  /** Whether `<` and `>` count as brackets, since the rest of the line begins with a `>`. */
  readonly angles: boolean;
  /** The frames of `stack` that the rest of the line closes, in order; offsets are relative to `rest`. */
  readonly restCloses: readonly Close[];
  /** Number of brackets in `stack` that nothing behind the cursor closes. */
  readonly unpaid: number;
  /** The part of `unpaid` that the cursor's own line opened. */
  readonly unpaidOnLine: number;
  /** Whether the text behind the cursor ends this string, template or comment of `stack`. */
  readonly ends: (frame: Frame) => boolean;
}

/** Callers ask about one cursor repeatedly: while its answer streams, when it is judged and when it is placed. */
const known = new WeakMap<CursorText, { readonly languageId: string; readonly around: Surroundings }>();

export function surroundings(cursor: CursorText, languageId: string): Surroundings {
  const hit = known.get(cursor);
  if (hit?.languageId === languageId) return hit.around;
  const around = readAround(cursor, languageId);
  known.set(cursor, { languageId, around });
  return around;
}

function readAround(cursor: CursorText, languageId: string): Surroundings {
  const lexed = lexicon(languageId);
  const before = lastLines(cursor.prefix);
  const after = cursor.suffix.slice(0, REACH);
  const rest = lineSuffix({ prefix: '', suffix: after });
  const text = before + after;
  const opened = new Scanner(text, 0, [], { lexicon: lexed }).advanceTo(before.length).stack;
  const angles = anglesBehind(rest, opened);
  const stack = [...opened, ...angles];
  const options = { lexicon: lexed, angles: angles.length > 0 };
  const scanner = new Scanner(text, before.length, stack, options).advanceTo(before.length + rest.length);
  const restCloses = scanner.closes.filter(({ frame }) => frame !== undefined).map(shiftedBy(before.length));
  scanner.advanceTo(text.length);
  const whole = after.length === cursor.suffix.length;
  const unpaid = countUnpaid(stack, scanner, whole);
  const lineStart = before.length - linePrefix({ prefix: before, suffix: '' }).length;
  const onLine = stack.filter((frame) => isBracket(frame) && frame.at >= lineStart).length;
  const closedOnLine = restCloses.filter(({ frame }) => frame !== undefined && isBracket(frame)).length;
  const unpaidOnLine = Math.min(unpaid, Math.max(0, onLine - closedOnLine));
  const ended = new Set(stack.slice(scanner.floor));
  const facts = { lexicon: lexed, before, after, rest, stack, angles: options.angles };
  return { ...facts, restCloses, unpaid, unpaidOnLine, ends: (frame) => ended.has(frame) };
}

export const isBracket = ({ reading, soft }: Frame): boolean => reading === 'code' && !soft;

const shiftedBy =
  (offset: number) =>
  (close: Close): Close => ({ ...close, at: close.at - offset, end: close.end - offset });

/**
 * The last `REACH` characters from the start of a line: a scan that starts inside a string would swap code and string.
 */
function lastLines(prefix: string): string {
  if (prefix.length <= REACH) return prefix;
  const cut = prefix.slice(-REACH);
  const end = cut.indexOf('\n');
  return end < 0 ? cut : cut.slice(end + 1);
}

/** A rest that begins with `>` closes one angle bracket for each `>`. */
function anglesBehind(rest: string, opened: readonly Frame[]): readonly Frame[] {
  const top = opened.at(-1);
  if (top !== undefined && top.reading !== 'code') return [];
  const count = /^\s{0,8}(>{1,8})(?!=)/.exec(rest)?.[1]?.length ?? 0;
  const base = opened.length - 1;
  const frame = {
    closer: '>',
    reading: 'code',
    soft: true,
    base,
    line: false,
    escapes: true,
    at: 0,
  } as const;
  return Array.from({ length: count }, () => ({ ...frame }));
}

/**
 * Counts the brackets that were passed over without a closer of their own and, where the scan reached the end of the
 * text behind the cursor, those that it left open.
 */
function countUnpaid(stack: readonly Frame[], { floor, closes }: Scanner, whole: boolean): number {
  const reached = stack.slice(floor).filter(isBracket).length;
  const closed = closes.filter(({ frame }) => frame !== undefined && isBracket(frame)).length;
  const beyond = whole ? stack.slice(0, floor).filter(isBracket).length : 0;
  return Math.max(0, reached - closed) + beyond;
}

export interface Fit {
  /** The answer may stand up to this offset; from here on it closes something that it must not close. */
  readonly end: number;
  /** Number of characters of the rest of the line that the answer closes again. */
  readonly covers: number;
  /** Offset in the answer after the last closer that covers one of the rest. */
  readonly coversFrom: number;
  readonly coversTo: number;
  /** Whether the whole answer was read, and it leaves exactly the frames open that were open at the cursor. */
  readonly level: boolean;
}

/** Matches each unmatched closer of the answer with its counterpart. */
export function fit(answer: string, around: Surroundings): Fit {
  const scanner = scanAnswer(answer, around).advanceTo(around.before.length + answer.length);
  const level = scanner.closes.length === 0 && scanner.depth === around.stack.length;
  const found = { covers: 0, coversFrom: answer.length, coversTo: 0, level };
  if (leavesSame(scanner, around)) return { ...found, end: answer.length };
  let { unpaid, unpaidOnLine } = around;
  let left = scanner.closes.length - reopened(scanner, around);
  let next = 0;
  for (const close of scanner.closes.map(shiftedBy(around.before.length))) {
    if (left-- <= 0) break;
    const { frame } = close;
    const bracket = frame !== undefined && isBracket(frame);
    const counterpart = around.restCloses[next];
    const between = {
      said: answer.slice(found.coversTo, close.at),
      has: around.rest.slice(found.covers, counterpart?.at),
    };
    const meets = frame !== undefined && counterpart?.closer === close.closer;
    if (bracket && unpaidOnLine > 0) {
      unpaidOnLine -= 1;
      unpaid -= 1;
    } else if (meets && passes(between, next === 0)) {
      [next, found.covers, found.coversTo] = [next + 1, counterpart.end, close.end];
      found.coversFrom = Math.min(found.coversFrom, close.at);
    } else if (bracket && counterpart === undefined && unpaid > 0) unpaid -= 1;
    else if (frame === undefined || bracket || around.ends(frame)) return { ...found, end: close.at };
  }
  return { ...found, end: answer.length };
}

/**
 * Whether the answer reopened everything it closed: `f(|)` with `x), g(y`, a string with `" + name + "`. The rest of
 * the line then closes the reopened frames.
 */
function leavesSame({ stack, closes }: Scanner, around: Surroundings): boolean {
  if (closes.length === 0 || closes.some(({ frame }) => frame === undefined)) return false;
  const closers = (frames: readonly Frame[]): string => frames.map(({ closer }) => closer).join('\u0000');
  if (closers(stack) === closers(around.stack)) return true;
  const hard = (frames: readonly Frame[]): string => closers(frames.filter(({ soft }) => !soft));
  return closes.some(({ frame }) => frame?.soft === false) && hard(stack) === hard(around.stack);
}

/**
 * Number of closers of the rest that close what the answer opened last, after its own closers: they are not covered.
 */
function reopened({ stack, floor, closes }: Scanner, { restCloses }: Surroundings): number {
  const open = stack.slice(closes.length === 0 ? stack.length : floor).reverse();
  const count = open.findIndex(({ closer }, i) => restCloses[i]?.closer !== closer);
  return count < 0 ? open.length : count;
}

/** Whether the text between two closers of the rest is the same in the answer, or empty. */
const passes = ({ said, has }: { readonly said: string; readonly has: string }, first: boolean): boolean => {
  const lead = has.trim();
  return lead === '' || (!first && said.trim() === lead);
};

/** Scans the answer in its place between the text before and after it. */
export function scanAnswer(answer: string, { before, after, stack, ...options }: Surroundings): Scanner {
  return new Scanner(before + answer + after, before.length, stack, options);
}
