export const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** Moves all lines by the amount that gives the line at `head` the wanted indentation. */
export function reindentLines(lines: readonly string[], wanted: string, head = 0): readonly string[] {
  const has = indentOf(lines[head] ?? '');
  if (has === wanted) return lines;
  return lines.map((line) => {
    if (line.trim() === '') return line;
    if (line.startsWith(has)) return wanted + line.slice(has.length);
    return line;
  });
}
