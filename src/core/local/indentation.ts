/** Predicts the indentation of a new line from the line above and the predicted text of the line. */

const OPENS = /[{[(:]\s*$|=>\s*$/;
const CLOSES = /^\s*(?:[)\]}]|end\b)/;
const BLOCK_COMMENT = /^\s*\/\*\*?/;
const COMMENT_BODY = /^\s*\*/;

/**
 * The white space missing between the cursor and the predicted text, '' = none; undefined where the cursor is deeper
 * than the text belongs, so the prediction cannot be right here.
 */
export function missingIndent(prefix: string, predicted: string): string | undefined {
  const lineStart = prefix.lastIndexOf('\n') + 1;
  const present = prefix.slice(lineStart);
  if (present.trim() !== '' || lineStart === 0) return '';
  const expected = expectedIndent(linesAbove(prefix, lineStart), predicted);
  return expected.startsWith(present) ? expected.slice(present.length) : undefined;
}

/** Non-blank lines above, nearest first. */
function linesAbove(prefix: string, lineStart: number): readonly string[] {
  const near = prefix.slice(Math.max(0, lineStart - 4000), lineStart);
  return near
    .split('\n')
    .filter((line) => line.trim() !== '')
    .reverse();
}

function expectedIndent(above: readonly string[], predicted: string): string {
  const last = above[0] ?? '';
  const base = indent(last);
  if (predicted.startsWith('*')) return BLOCK_COMMENT.test(last) ? `${base} ` : base;
  // The end of a comment is one column deeper than the code it describes.
  if (COMMENT_BODY.test(last) && last.trimEnd().endsWith('*/')) return base.slice(0, -1);
  const unit = indentUnit(above);
  const opens = OPENS.test(last);
  const closes = CLOSES.test(predicted);
  if (opens && !closes) return base + unit;
  if (closes && !opens) return base.endsWith(unit) ? base.slice(0, -unit.length) : base;
  return base;
}

const indent = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** One level of indentation: the smallest step between neighboring lines, two spaces where there is none. */
function indentUnit(lines: readonly string[]): string {
  let unit: string | undefined;
  for (let i = 1; i < Math.min(lines.length, 60); i += 1) {
    const [a, b] = [indent(lines[i - 1] ?? ''), indent(lines[i] ?? '')];
    const [short, long] = a.length < b.length ? [a, b] : [b, a];
    const step = long.slice(short.length);
    if (step === '' || !long.startsWith(short) || (step.length === 1 && step !== '\t')) continue;
    if (unit === undefined || step.length < unit.length) unit = step;
  }
  return unit ?? '  ';
}
