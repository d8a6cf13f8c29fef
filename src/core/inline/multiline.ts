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
 * Decides between one line and a block. A block is requested only where one can begin: after an opener, or on an empty
 * line of a block without a body. A wrong multi-line suggestion disturbs the user most, a wrong single line least.
 */
export function wantsMultiline(input: MultilineInput): boolean {
  if (input.setting !== 'auto') return input.setting === 'always';
  const before = linePrefix(input.cursor);
  if (!/^\s*(?:[)\]}>"'`;,]+\s*)?$/.test(lineSuffix(input.cursor))) return false;
  if (isComment(before) || isProse(input.languageId)) return false;
  if (before.trim() !== '') return opensBlock(before, input.languageId) && emptyBelow(input, before);
  return input.explicit || startsBody(input, before);
}

/** Whether no deeper line follows, so the block has no body yet. */
function emptyBelow({ cursor, tabSize }: MultilineInput, line: string): boolean {
  const next = nextFullLine(cursor.suffix);
  return next === undefined || indentWidth(next, tabSize) <= indentWidth(line, tabSize);
}

/** Whether the cursor is on a blank line under an opener, and the block has no body yet. */
function startsBody(input: MultilineInput, before: string): boolean {
  const above = lastFullLine(input.cursor.prefix);
  if (above === undefined || !opensBlock(above, input.languageId)) return false;
  const next = nextFullLine(input.cursor.suffix);
  const width = Math.max(indentWidth(before, input.tabSize), indentWidth(above, input.tabSize) + 1);
  return next === undefined || indentWidth(next, input.tabSize) < width;
}

/** The nearest non-blank line above the cursor's line. */
function lastFullLine(prefix: string): string | undefined {
  const lines = prefix.slice(-2000).split('\n').slice(0, -1);
  return lines.findLast((line) => line.trim() !== '');
}

/** The nearest non-blank line below the cursor's line. */
function nextFullLine(suffix: string): string | undefined {
  const lines = suffix.slice(0, 2000).split('\n').slice(1);
  return lines.find((line) => line.trim() !== '');
}
