/**
 * A model's changes in a document that wait for the user's decision: the position of each while the user types, and
 * what its rejection would write. Text between them is never written, so that other edits survive.
 */
import { shift, type Stretch, type TextChange } from '../inline/survival.ts';
import { hunksBetween } from './hunks.ts';
import { lengthOf, type LineReplacement } from './lines.ts';

export interface ReviewHunk {
  readonly id: number;
  /** Position of the new text. */
  readonly at: Stretch;
  readonly before: string;
  readonly after: string;
  readonly state: 'pending' | 'accepted' | 'rejected';
}

/** Reads the document between two offsets. */
export type ReadText = (start: number, end: number) => string;

/** The hunks from `before` to `after`, which is in the document from `start` on. */
export function reviewOf(
  start: number,
  before: readonly string[],
  after: readonly string[],
): readonly ReviewHunk[] {
  let grown = 0;
  return hunksBetween(before, after).map(({ from, to, lines }, id) => {
    const at = start + lengthOf(before.slice(0, from)) + grown;
    const [old, fresh] = [before.slice(from, to).join(''), lines.join('')];
    grown += fresh.length - old.length;
    return { id, at: { start: at, end: at + fresh.length }, before: old, after: fresh, state: 'pending' };
  });
}

export const moved = (hunks: readonly ReviewHunk[], change: TextChange): readonly ReviewHunk[] =>
  hunks.map((hunk) => ({ ...hunk, at: shift(hunk.at, change) }));

/** Whether the model's text is unchanged and at the beginning of a line, so that it can be rejected without loss. */
export function isUntouched({ at, after }: ReviewHunk, read: ReadText): boolean {
  if (read(at.start, at.end) !== after) return false;
  return at.start === 0 || read(at.start - 1, at.start) === '\n';
}

export interface TakenBack {
  /** From the last to the first, so that one does not move the next. */
  readonly replacements: readonly LineReplacement[];
  /** The hunks after this is written. */
  readonly hunks: readonly ReviewHunk[];
  /** Hunks that the user has changed since; they stay. */
  readonly touched: number;
}

/** Rejects the pending hunks that `which` selects. */
export function takeBack(
  hunks: readonly ReviewHunk[],
  which: (hunk: ReviewHunk) => boolean,
  read: ReadText,
): TakenBack {
  const wanted = hunks.filter((hunk) => hunk.state === 'pending' && which(hunk));
  const going = wanted.filter((hunk) => isUntouched(hunk, read));
  const replacements = going
    .map(({ at, before }) => ({ ...at, text: before }))
    .sort((a, b) => b.start - a.start);
  let left = hunks;
  for (const hunk of going) left = left.map((each) => (each.id === hunk.id ? rejected(each) : each));
  for (const { start, end, text } of replacements) {
    const change = { offset: start, removed: end - start, inserted: text.length };
    left = left.map((each) =>
      each.at.start === start && each.state === 'rejected'
        ? { ...each, at: { start, end: start + text.length } }
        : { ...each, at: shift(each.at, change) },
    );
  }
  return { replacements, hunks: left, touched: wanted.length - going.length };
}

const rejected = (hunk: ReviewHunk): ReviewHunk => ({ ...hunk, state: 'rejected' });

/** The text between two offsets before those of its hunks that were not rejected. */
export function textBefore(hunks: readonly ReviewHunk[], { start, end }: Stretch, read: ReadText): string {
  let [text, at] = ['', start];
  const standing = hunks.filter(({ state }) => state !== 'rejected');
  for (const hunk of [...standing].sort((a, b) => a.at.start - b.at.start)) {
    if (hunk.at.start < at || hunk.at.end > end) continue;
    text += read(at, hunk.at.start) + hunk.before;
    at = hunk.at.end;
  }
  return text + read(at, end);
}
