import { linesAbove, linesBelow } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import { editDistance, similarity } from './editDistance.ts';

/** Two lines count as equal from this similarity on (Continue: under 10 % edit distance). */
const SAME_LINE = 0.9;

/** Index of the first line that repeats its two predecessors, or a short cycle twice; -1 = none. */
export function loopStart(lines: readonly string[]): number {
  for (let i = 2; i < lines.length; i += 1) {
    const line = lines[i]?.trim() ?? '';
    if (line.length > 1 && line === lines[i - 1]?.trim() && line === lines[i - 2]?.trim()) return i - 1;
  }
  for (const period of [2, 3]) {
    for (let i = 2 * period; i + period <= lines.length; i += 1) {
      const cycle = lines
        .slice(i, i + period)
        .join('\n')
        .trim();
      const same = (from: number): boolean =>
        lines
          .slice(from, from + period)
          .join('\n')
          .trim() === cycle;
      if (cycle.length > 2 * period && same(i - period) && same(i - 2 * period)) return i - period;
    }
  }
  return -1;
}

/** Whether the line repeats one short text ("0, 0, 0, 0, 0, ..."); a ruler of dashes does not count. */
export const repeatsItself = (line: string): boolean =>
  /((?=.{0,19}\w).{2,20}?)\1{6,}.{0,20}$/.test(line.slice(-240));

/** The stricter test while the answer streams: a line that it cuts still passes `repeatsItself` after trimming. */
export const keepsRepeating = (line: string): boolean =>
  /((?=.{0,19}\w).{2,20}?)\1{8,}$/.test(line.slice(-240));

/** Whether the line equals the next line below, or nearly. */
export function repeatsLineBelow(line: string, cursor: CursorText): boolean {
  const below = linesBelow(cursor, 1)[0];
  const said = line.trim();
  return below !== undefined && said.length > 4 && below.length > 4 && similarity(said, below) > SAME_LINE;
}

/** Whether the whole suggestion repeats the next lines (Tabby: within 5 % of the following lines). */
export function repeatsBelow(text: string, cursor: CursorText): boolean {
  const said = text.trim();
  const count = said.split('\n').filter((line) => line.trim() !== '').length;
  if (said.length < 3 || count > 3) return false;
  const below = linesBelow(cursor, count).join('\n');
  const flat = said.replace(/\n\s*/g, '\n');
  return below !== '' && editDistance(flat, below) <= Math.max(flat.length > 8 ? 1 : 0, flat.length * 0.05);
}

/** Whether the suggestion is a whole new line that repeats the one above. */
export function repeatsAbove(text: string, cursor: CursorText, wholeLine: boolean): boolean {
  if (!wholeLine) return false;
  const said = text.trim();
  const above = linesAbove(cursor, 1)[0];
  return above !== undefined && said.length > 4 && said === above;
}
