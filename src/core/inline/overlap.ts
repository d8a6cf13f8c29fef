/** Finds where the end of one text is the beginning of another, in linear time. */

/**
 * The length of the longest end of `text` that `next` begins with and whose start `may` accepts; 0 = none. `may`
 * receives growing offsets of `text`.
 */
export function overlapLength(text: string, next: string, may: (at: number) => boolean): number {
  for (const length of borders(text, next)) if (may(text.length - length)) return length;
  return 0;
}

/**
 * The lengths of all ends of `text` that `next` begins with, longest first (Knuth, Morris and Pratt's failure
 * function).
 */
function borders(text: string, next: string): readonly number[] {
  const head = next.slice(0, text.length);
  const tail = text.slice(text.length - head.length);
  const joined = `${head}\u0000${tail}`;
  const failure = new Int32Array(joined.length);
  for (let i = 1; i < joined.length; i += 1) {
    let length = failure[i - 1] ?? 0;
    while (length > 0 && joined.charCodeAt(i) !== joined.charCodeAt(length))
      length = failure[length - 1] ?? 0;
    failure[i] = joined.charCodeAt(i) === joined.charCodeAt(length) ? length + 1 : 0;
  }
  const found: number[] = [];
  for (let length = failure.at(-1) ?? 0; length > 0; length = failure[length - 1] ?? 0) found.push(length);
  return found;
}
