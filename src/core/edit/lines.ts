/** A text as lines with their line ends: joined, they are the text again, byte for byte. */
export const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Offsets: the common beginning and end of two texts' lines need not be written. */
export interface LineReplacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The smallest change with which `present`, which begins at `start`, becomes `wanted`; undefined = none. */
export function replacementFor(
  start: number,
  present: readonly string[],
  wanted: readonly string[],
): LineReplacement | undefined {
  const { head, tail } = commonEnds(present, wanted);
  if (present.length === wanted.length && head === present.length) return undefined;
  const from = start + lengthOf(present.slice(0, head));
  const replaced = present.slice(head, present.length - tail);
  return {
    start: from,
    end: from + lengthOf(replaced),
    text: wanted.slice(head, wanted.length - tail).join(''),
  };
}

/** The numbers of common lines of two texts at their beginning and, beyond that, at their end. */
export function commonEnds(a: readonly string[], b: readonly string[]): { head: number; tail: number } {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return { head, tail };
}

export const lengthOf = (lines: readonly string[]): number =>
  lines.reduce((sum, { length }) => sum + length, 0);
