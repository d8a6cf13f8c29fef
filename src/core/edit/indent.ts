/**
 * Models use their own indentation: none, spaces where the file has tabs, four where it has two. The new lines get the
 * file's indentation. Lines come without their ends.
 */

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';
const isBlank = (line: string): boolean => line.trim() === '';

/** One step of indentation in these lines: a tab, or a number of spaces; undefined = unknown. */
function stepOf(lines: readonly string[]): string | undefined {
  let least = Infinity;
  let before: number | undefined;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const indent = indentOf(line);
    if (indent.startsWith('\t')) return '\t';
    // A single space is the star of a comment or an alignment.
    const change = Math.abs(indent.length - (before ?? indent.length));
    if (change > 1) least = Math.min(least, change);
    before = indent.length;
  }
  return least === 2 || least === 4 || least === 8 || least === 3 ? ' '.repeat(least) : undefined;
}

/**
 * @param block the model's lines
 * @param old the replaced lines; their first non-blank line determines the block's depth
 * @param file determines the step where `old` does not
 */
export function fitIndentation(
  block: readonly string[],
  old: readonly string[],
  file: readonly string[],
): readonly string[] {
  const stepped = withStep(block, stepOf(old) ?? stepOf(file));
  const wanted = indentOf(old.find((line) => !isBlank(line)) ?? '');
  const has = indentOf(stepped.find((line) => !isBlank(line)) ?? '');
  if (wanted === has || old.every(isBlank)) return stepped;
  const deeper = wanted.startsWith(has) ? wanted.slice(has.length) : undefined;
  const shallower = has.startsWith(wanted) ? has.slice(wanted.length) : undefined;
  // The lines move together or not at all.
  if (deeper !== undefined) return stepped.map((line) => (isBlank(line) ? line : deeper + line));
  const all = stepped.every((line) => isBlank(line) || line.startsWith(has));
  return shallower !== undefined && all
    ? stepped.map((line) => (isBlank(line) ? line : line.slice(shallower.length)))
    : stepped;
}

function withStep(block: readonly string[], wanted: string | undefined): readonly string[] {
  const has = stepOf(block) ?? onlyStep(block);
  if (wanted === undefined || has === undefined || has === wanted) return block;
  return block.map((line) => {
    const indent = indentOf(line);
    const steps = Math.floor(indent.length / has.length);
    if (!indent.startsWith(has.repeat(steps)) || isBlank(line)) return line;
    return wanted.repeat(steps) + indent.slice(steps * has.length) + line.trimStart();
  });
}

/** A block of one depth determines no step but that of its own beginning. */
function onlyStep(block: readonly string[]): string | undefined {
  const indent = indentOf(block.find((line) => !isBlank(line)) ?? '');
  return indent.length === 2 || indent.length === 4 ? indent : undefined;
}
