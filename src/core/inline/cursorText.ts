/**
 * The text around the cursor is all the pipeline sees of a document, so a file of 1 MB takes no longer than a small
 * one.
 */
export interface CursorText {
  /** Text before the cursor, line ends as \n; may begin anywhere in the file. */
  readonly prefix: string;
  /** Text after the cursor, line ends as \n; may end anywhere in the file. */
  readonly suffix: string;
}

/** VS Code breaks lines at \r\n, \n and a lone \r; models and comparisons need a single form. */
export const normaliseEol = (text: string): string =>
  text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;

const isLow = (code: number): boolean => 0xdc00 <= code && code <= 0xdfff;
const isHigh = (code: number): boolean => 0xd800 <= code && code <= 0xdbff;

/** Windows are cut by UTF-16 units; half a surrogate pair at a cut would be sent as U+FFFD, so it is dropped. */
export function cursorText(before: string, after: string): CursorText {
  const prefix = normaliseEol(isLow(before.charCodeAt(0)) ? before.slice(1) : before);
  const suffix = normaliseEol(isHigh(after.charCodeAt(after.length - 1)) ? after.slice(0, -1) : after);
  return { prefix, suffix };
}

/** The current line, left of the cursor. */
export const linePrefix = ({ prefix }: CursorText): string => prefix.slice(prefix.lastIndexOf('\n') + 1);

/** The current line, right of the cursor, without its line end. */
export const lineSuffix = ({ suffix }: CursorText): string => firstLine(suffix);

export const firstLine = (text: string): string => {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
};

/** The first `count` non-blank lines below the cursor's line, trimmed. */
export function linesBelow({ suffix }: CursorText, count: number): readonly string[] {
  const found: string[] = [];
  let start = suffix.indexOf('\n') + 1;
  while (start > 0 && found.length < count) {
    const end = suffix.indexOf('\n', start);
    const line = (end < 0 ? suffix.slice(start) : suffix.slice(start, end)).trim();
    if (line !== '') found.push(line);
    start = end + 1;
  }
  return found;
}

/** Columns of indentation of the first non-blank line below the cursor's line; Infinity = no such line. */
export function widthBelow({ suffix }: CursorText, tabSize: number): number {
  let start = suffix.indexOf('\n') + 1;
  while (start > 0) {
    const end = suffix.indexOf('\n', start);
    const line = end < 0 ? suffix.slice(start) : suffix.slice(start, end);
    if (line.trim() !== '') return indentWidth(line, tabSize);
    start = end + 1;
  }
  return Number.POSITIVE_INFINITY;
}

/** The last `count` non-blank lines above the cursor's line, trimmed, nearest first. */
export function linesAbove({ prefix }: CursorText, count: number): readonly string[] {
  const found: string[] = [];
  let end = prefix.lastIndexOf('\n');
  while (end >= 0 && found.length < count) {
    const start = prefix.lastIndexOf('\n', end - 1);
    const line = end === 0 ? '' : prefix.slice(start + 1, end).trim();
    if (line !== '') found.push(line);
    if (end === 0) break;
    end = start;
  }
  return found;
}

export const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** Number of columns of a line's indentation; a tab extends to the next multiple of `tabSize`. */
export function indentWidth(line: string, tabSize: number): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += tabSize - (width % tabSize);
    else break;
  }
  return width;
}
