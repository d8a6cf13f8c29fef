/** `text` without the words of these lines (from 0); their line ends stay, so that no two lines become one. */
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
    // A line named twice is gone already.
    kept += text.slice(from, Math.max(from, start));
    if (end < 0) return kept;
    from = end;
  }
  return kept + text.slice(from);
}
