/** Removes the words of these lines (from 0) from `text`; the line ends stay, so lines do not join. */
export function leaveOut(text: string, lines: readonly number[]): string {
  let kept = '';
  let from = 0;
  let [line, start] = [0, 0];
  for (const wanted of [...lines].sort((a, b) => a - b)) {
    for (; line < wanted; line += 1) {
      const end = text.indexOf('\n', start);
      if (end < 0) return kept + text.slice(from);
      start = end + 1;
    }
    const end = text.indexOf('\n', start);
    // A line that is named twice has already been removed.
    kept += text.slice(from, Math.max(from, start));
    if (end < 0) return kept;
    from = end;
  }
  return kept + text.slice(from);
}
