/**
 * What an accepted suggestion replaces on the cursor's line. VS Code shows an item only when the replaced text is
 * a subsequence of the inserted one, and its range must stay on one line. Three cases: the suggestion repeats the
 * rest of the line (auto-closed brackets): cover it; it ends where the rest begins: shorten it; else only insert.
 */
import { lineSuffix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';

export interface Replacement {
  readonly text: string;
  /** Characters after the cursor, on its line, that the text replaces. */
  readonly covers: number;
}

export function replacement(text: string, cursor: CursorText): Replacement {
  const rest = lineSuffix(cursor);
  const after = rest.trimEnd();
  if (after.trim() === '') return { text, covers: /\n/.test(text) ? 0 : rest.length };
  const [first = '', ...more] = text.split('\n');
  if (more.length > 0) {
    // The rest of the line would end up behind the last line: cover it if the text has it, else leave it there.
    return isSubsequence(after, text) ? { text, covers: after.length } : { text, covers: 0 };
  }
  if (closersOnly(after) && isSubsequence(after, first)) return { text, covers: after.length };
  const overlap = overlapLength(first, after);
  return { text: first.slice(0, first.length - overlap), covers: 0 };
}

const closersOnly = (text: string): boolean => /^[\s)\]}>"'`;:,]*$/.test(text);

export function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i += 1) {
    if (whole.charCodeAt(i) === part.charCodeAt(at)) at += 1;
  }
  return at >= part.length;
}

/** The longest end of `text` with which `after` begins. */
function overlapLength(text: string, after: string): number {
  for (let length = Math.min(text.length, after.length); length > 0; length -= 1) {
    if (text.endsWith(after.slice(0, length))) return length;
  }
  return 0;
}
