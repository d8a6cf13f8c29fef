/** Tracks an accepted text through later edits and measures the share that remains. */
import { similarity } from './editDistance.ts';

/** A stretch of a document, as UTF-16 offsets; `end` exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface TextChange {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

/** The position of the stretch after the change. Edits inside grow or shrink it; edits at its ends stay outside. */
export function shift(stretch: Stretch, { offset, removed, inserted }: TextChange): Stretch {
  const changeEnd = offset + removed;
  const delta = inserted - removed;
  if (changeEnd <= stretch.start) return { start: stretch.start + delta, end: stretch.end + delta };
  if (offset >= stretch.end) return stretch;
  // Removed parts of the stretch are gone; new text counts as inside only if the whole change was inside.
  const inside = stretch.start <= offset && changeEnd <= stretch.end;
  if (inside) return { start: stretch.start, end: stretch.end + delta };
  const start = offset < stretch.start ? offset + inserted : stretch.start;
  const end = changeEnd > stretch.end ? Math.min(offset, stretch.end) : stretch.end + delta;
  return { start, end: Math.max(start, end) };
}

/** Share of `accepted` that remains in `present`; differences in white space alone (a formatter) do not count. */
export const kept = (accepted: string, present: string): number =>
  similarity(collapsed(accepted), collapsed(present));

const collapsed = (text: string): string => text.replace(/\s+/g, ' ').trim();
