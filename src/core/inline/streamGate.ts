/**
 * Decides during a stream where to cut it: text after the cut would be discarded, but is billed until the request is
 * aborted. Each call passes the whole text so far; the result gives the part that stands and whether to continue.
 */
import { stripArtefacts } from './artefacts.ts';
import { fit, scanAnswer, surroundings } from './brackets.ts';
import type { Surroundings } from './brackets.ts';
import { indentWidth, linePrefix, linesBelow, widthBelow } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { blocksByIndentation } from './languages.ts';
import { loopStart, keepsRepeating, repeatsLineBelow } from './repetition.ts';

export type StopReason =
  | 'line-end'
  | 'blank-line'
  | 'marker'
  | 'suffix-reached'
  | 'line-below'
  | 'repetition'
  | 'stray-closer'
  | 'block-end'
  | 'too-long';

/** Wrapped answers (chat) are judged from their opening tag on; before it nothing but their size is. */
export function streamVerdict(raw: string, format: FimFormat, gate: Gate): StopReason | undefined {
  if (format.transport === 'chat' && !raw.includes('<COMPLETION>')) {
    return raw.length > 2 * MAX_CHARS ? 'too-long' : undefined;
  }
  return gate.check(stripArtefacts(raw, { ...gate.place, format })).reason;
}

export interface GateInput {
  readonly cursor: CursorText;
  readonly multiline: boolean;
  readonly languageId: string;
  readonly tabSize: number;
}

export interface Gate {
  readonly place: Pick<GateInput, 'cursor' | 'languageId'>;
  /** `text`: the whole stream so far. `end`: length of the part that stands. `reason` set: abort the request. */
  check(text: string): { readonly end: number; readonly reason: StopReason | undefined };
}

/** Text that a model writes after the end of the file: another file, a fence, a diff. */
const MARKERS = ['\n```', '\n/src/', '#- coding: utf-8', '\ndiff --git', '\n+++++ '];
const MAX_CHARS = 4000;
/** A model that sends this many blank characters adds nothing more. */
const MAX_BLANK = 200;
const MAX_LINES = 40;

export function createStreamGate(input: GateInput): Gate {
  const { cursor, multiline } = input;
  const around = surroundings(cursor, input.languageId);
  const below = linesBelow(cursor, 1)[0];
  const belowWidth = widthBelow(cursor, input.tabSize);
  let checkedLines = 0;
  return {
    place: input,
    check(text) {
      const cut = multiline ? undefined : singleLineEnd(text, cursor);
      if (cut !== undefined) return cut;
      const marker = earliest(text, MARKERS);
      if (marker >= 0) return { end: marker, reason: 'marker' };
      if (text.length > MAX_CHARS)
        return { end: lastWholeLine(text.slice(0, MAX_CHARS)), reason: 'too-long' };
      const lines = text.split('\n');
      // Only complete lines are judged, each once, since the last line may still grow.
      if (lines.length - 1 === checkedLines && !keepsRepeating(lines.at(-1) ?? '')) {
        return { end: text.length, reason: undefined };
      }
      checkedLines = lines.length - 1;
      return judgeLines(lines, { ...input, around, below, belowWidth });
    },
  };
}

/** A single-line answer ends with its line; on a blank line, a leading line break is a habit of models. */
function singleLineEnd(text: string, cursor: CursorText): ReturnType<Gate['check']> | undefined {
  const blank = linePrefix(cursor).trim() === '';
  const lead = blank ? (/^\s*\n/.exec(text)?.[0].length ?? 0) : 0;
  const end = text.indexOf('\n', lead);
  if (end >= 0) return { end, reason: 'line-end' };
  return text.length > MAX_BLANK && text.trim() === '' ? { end: 0, reason: 'blank-line' } : undefined;
}

interface Judging extends GateInput {
  readonly around: Surroundings;
  readonly below: string | undefined;
  /** Indentation of the line below, in columns. */
  readonly belowWidth: number;
}

function judgeLines(lines: readonly string[], judging: Judging): ReturnType<Gate['check']> {
  const { cursor, around } = judging;
  const offsetOf = (index: number): number => lines.slice(0, index).join('\n').length;
  const loop = loopStart(lines);
  if (loop >= 0) return { end: offsetOf(loop), reason: 'repetition' };
  if (keepsRepeating(lines.at(-1) ?? '')) return { end: offsetOf(lines.length - 1), reason: 'repetition' };
  const isWithin = withinAnswer(lines, around);
  for (let i = 1; i < lines.length - 1; i += 1) {
    const reason = lineReason(lines, i, judging, isWithin[i] === true);
    if (reason !== undefined) return { end: offsetOf(i), reason };
  }
  const whole = lines.slice(0, -1).join('\n');
  const { end } = fit(whole, around);
  if (end < whole.length) return { end: beforeCloser(whole, end, cursor), reason: 'stray-closer' };
  if (lines.length > MAX_LINES) return { end: offsetOf(MAX_LINES), reason: 'too-long' };
  return { end: lines.join('\n').length, reason: undefined };
}

/** For each line: whether it begins inside a bracket or a string that the answer itself opened. */
function withinAnswer(lines: readonly string[], around: Surroundings): readonly boolean[] {
  const scanner = scanAnswer(lines.join('\n'), around);
  let at = around.before.length;
  return lines.map((line) => {
    scanner.advanceTo(at);
    at += line.length + 1;
    return scanner.depth > scanner.floor;
  });
}

/** `isWithin`: the line is inside the answer's own brackets, so it cannot be text from below the cursor. */
function lineReason(
  lines: readonly string[],
  i: number,
  judging: Judging,
  isWithin: boolean,
): StopReason | undefined {
  const line = lines[i] ?? '';
  if (line.trim() === '') return lines[i - 1]?.trim() === '' ? 'blank-line' : undefined;
  if (isWithin) return undefined;
  if (leavesBlock(line, judging)) return 'block-end';
  if (indentWidth(line, judging.tabSize) > judging.belowWidth) return undefined;
  if (judging.below !== undefined && line.trim() === judging.below && line.trim().length > 2) {
    return 'suffix-reached';
  }
  if (repeatsLineBelow(line, judging.cursor)) return 'line-below';
  return undefined;
}

/** Whether the line is outdented past the cursor's block; one closing line still belongs to the block. */
function leavesBlock(line: string, { cursor, tabSize, languageId }: Judging): boolean {
  const start = indentWidth(linePrefix(cursor), tabSize);
  const width = indentWidth(line, tabSize);
  if (blocksByIndentation(languageId)) return width < start || (width === start && !inBody(cursor));
  return width < start || (width === start && /^\s*[^\s)\]}]/.test(line) && !inBody(cursor));
}

/** Whether the cursor's line is still blank, so lines at its own depth belong to the body. */
const inBody = (cursor: CursorText): boolean => linePrefix(cursor).trim() === '';

/** An unmatched closer alone on its line is cut with the line; after text, only the closer is cut. */
function beforeCloser(text: string, at: number, cursor: CursorText): number {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const alone =
    text.slice(lineStart, at).trim() === '' && (lineStart > 0 || linePrefix(cursor).trim() === '');
  return alone ? Math.max(0, lineStart - 1) : at;
}

const earliest = (text: string, markers: readonly string[]): number =>
  markers.reduce((found, marker) => {
    const at = text.indexOf(marker);
    return at >= 0 && (found < 0 || at < found) ? at : found;
  }, -1);

const lastWholeLine = (text: string): number => Math.max(0, text.lastIndexOf('\n'));
