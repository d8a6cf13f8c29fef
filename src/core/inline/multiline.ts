import { indentWidth, linePrefix, lineSuffix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import { isComment, isProse, opensBlock } from './languages.ts';

export type MultilineSetting = 'auto' | 'always' | 'never';

export interface MultilineInput {
  readonly cursor: CursorText;
  readonly languageId: string;
  readonly setting: MultilineSetting;
  readonly explicit: boolean;
  readonly tabSize: number;
}

/**
 * One line or a block? A block is asked for only where one can begin: after an opener, or on an empty line whose
 * block has no body yet. Wrong multi-line suggestions cost the most attention, wrong single lines the least.
 */
export function wantsMultiline(input: MultilineInput): boolean {
  if (input.setting !== 'auto') return input.setting === 'always';
  const before = linePrefix(input.cursor);
  if (!/^\s*(?:[)\]}>"'`;,]+\s*)?$/.test(lineSuffix(input.cursor))) return false;
  if (isComment(before) || isProse(input.languageId)) return false;
  if (before.trim() !== '') return opensBlock(before, input.languageId) && emptyBelow(input, before);
  return input.explicit || startsBody(input, before);
}

/** No deeper line follows: the block that is being opened has no body yet. */
function emptyBelow({ cursor, tabSize }: MultilineInput, line: string): boolean {
  const next = nextFullLine(cursor.suffix);
  return next === undefined || indentWidth(next, tabSize) <= indentWidth(line, tabSize);
}

/** A blank line under an opener, with nothing of the body below it. */
function startsBody(input: MultilineInput, before: string): boolean {
  const above = lastFullLine(input.cursor.prefix);
  if (above === undefined || !opensBlock(above, input.languageId)) return false;
  const next = nextFullLine(input.cursor.suffix);
  const width = Math.max(indentWidth(before, input.tabSize), indentWidth(above, input.tabSize) + 1);
  return next === undefined || indentWidth(next, input.tabSize) < width;
}

/** Nearest non-blank line above the cursor's. */
function lastFullLine(prefix: string): string | undefined {
  const lines = prefix.slice(-2000).split('\n').slice(0, -1);
  return lines.findLast((line) => line.trim() !== '');
}

/** Nearest non-blank line below the cursor's. */
function nextFullLine(suffix: string): string | undefined {
  const lines = suffix.slice(0, 2000).split('\n').slice(1);
  return lines.find((line) => line.trim() !== '');
}
