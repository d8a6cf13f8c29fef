/**
 * Turns a model's answer into the shown text, or gives the reason to show nothing. Order matters: artifacts first, then
 * the same cuts as while streaming (a cached or unstreamed answer has had none), then the text after the cursor.
 */
import { fit, isBracket, scanAnswer, surroundings } from './brackets.ts';
import type { Surroundings } from './brackets.ts';
import { stripArtefacts } from './artefacts.ts';
import { indentOf, indentWidth, linePrefix, lineSuffix, linesBelow, widthBelow } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { loopStart, repeatsAbove, repeatsBelow, repeatsItself } from './repetition.ts';
import { createStreamGate } from './streamGate.ts';

export type Suppressed =
  | 'empty'
  | 'too-short'
  | 'prompt-back'
  | 'repeats-suffix'
  | 'repeats-below'
  | 'repeats-above'
  | 'repetition'
  | 'control-characters';

export interface PostProcessInput {
  readonly cursor: CursorText;
  readonly format: FimFormat;
  readonly multiline: boolean;
  readonly languageId: string;
  readonly tabSize: number;
  readonly insertSpaces: boolean;
  /** Whether the output cap ended the answer, possibly in the middle of a control token. */
  readonly atCap?: boolean;
}

/**
 * NUL and other control characters come from binary files or broken servers; tab and line feed are text. U+FFFD
 * replaces bytes that were not UTF-8, and a word without its broken letter would be another word.
 */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

export function postProcess(raw: string, input: PostProcessInput): Result<string, Suppressed> {
  const { cursor } = input;
  let text = stripArtefacts(raw, input);
  if (CONTROL.test(text)) return fail('control-characters');
  if (isPromptBack(text, cursor)) return fail('prompt-back');
  text = withoutHalfPair(text);
  text = matchIndentation(cutAsStreamed(text, input), input);
  const around = surroundings(cursor, input.languageId);
  text = withoutBlankEnds(text, input, around);
  if (text.trim() === '') return fail('empty');
  const repeated = repetition(text, cursor);
  if (repeated !== undefined) return fail(repeated);
  text = withoutOverlap(withoutStrayCloser(text, around), input, around);
  return text.trim() === '' ? fail('empty') : tooShort(text, cursor) ? fail('too-short') : ok(text);
}

function repetition(text: string, cursor: CursorText): Suppressed | undefined {
  if (loopSuppression(text)) return 'repetition';
  if (repeatsSuffix(text, cursor)) return 'repeats-suffix';
  // An answer in the middle of a line is not a line of its own.
  if (lineSuffix(cursor).trim() === '' && repeatsBelow(text, cursor)) return 'repeats-below';
  return repeatsAbove(text, cursor, linePrefix(cursor).trim() === '') ? 'repeats-above' : undefined;
}

/**
 * Removes blanks at line ends. Blanks at the very end stay where the rest of the line follows: a space that pads
 * brackets or belongs to a string, a line break before a bracket.
 */
function withoutBlankEnds(text: string, input: PostProcessInput, around: Surroundings): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const body = lines.join('\n').trimEnd();
  const end = text.slice(text.trimEnd().length);
  const { cursor } = input;
  const rest = lineSuffix(cursor);
  if (rest.trim() === '' || body === '') return body;
  const closes = /^\s*[)\]}]/.test(rest);
  if (body.includes('\n') && closes && body.startsWith('\n')) {
    // A block that begins on a new line ends with a line break.
    return fit(body, around).covers > 0 ? body : `${body}\n${indentOf(linePrefix(cursor))}`;
  }
  if (end.includes('\n')) return body;
  const top = around.stack.at(-1);
  if (top === undefined || !isBracket(top) || top.closer === '}' || !/^[)\],;]/.test(rest)) return body + end;
  return /^\s/.test(text) || /\s$/.test(linePrefix(cursor)) ? body + end : body;
}

/** Whether the endpoint echoes the prompt from its start. */
const isPromptBack = (text: string, { prefix }: CursorText): boolean =>
  prefix.length > 40 && text.trimStart().startsWith(prefix.slice(0, 60).trim());

const withoutHalfPair = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');

function cutAsStreamed(text: string, input: PostProcessInput): string {
  const blank = !input.multiline && linePrefix(input.cursor).trim() === '';
  const body = blank ? text.replace(/^\s*\n/, '') : text;
  return body.slice(0, createStreamGate(input).check(`${body}\n`).end);
}

/**
 * Converts indentation to the file's spaces or tabs, and removes indentation from the first line where the line already
 * has it.
 */
function matchIndentation(text: string, { cursor, tabSize, insertSpaces }: PostProcessInput): string {
  const before = linePrefix(cursor);
  let fitted = text;
  if (before !== '' && before.trim() === '' && fitted.startsWith(before))
    fitted = fitted.slice(before.length);
  else if (/^\s+$/.test(before)) fitted = fitted.replace(/^[ \t]+(?=\S)/, '');
  else if (/\s$/.test(before)) fitted = fitted.replace(/^[ \t]+/, '');
  const unit = ' '.repeat(Math.max(1, tabSize));
  return insertSpaces
    ? fitted.replace(/\n[ \t]*\t[ \t]*/g, (indent) => indent.replaceAll('\t', unit))
    : fitted.replace(/\n[ \t]+/g, (indent) => indent.replaceAll(unit, '\t'));
}

function loopSuppression(text: string): boolean {
  const lines = text.split('\n');
  return loopStart(lines) === 0 || lines.some(repeatsItself);
}

/** Whether the text after the cursor, or its beginning, is the same as the answer. */
function repeatsSuffix(text: string, cursor: CursorText): boolean {
  const said = text.trim();
  const after = lineSuffix(cursor).trim();
  if (after !== '' && (after === said || (said.length > 2 && after.startsWith(said)))) return true;
  const next = linesBelow(cursor, 1)[0];
  return after === '' && next !== undefined && said.length > 2 && said === next;
}

/**
 * Cuts an unmatched closer; closers that the rest of the line also has are left to `replacement`, which covers them.
 */
function withoutStrayCloser(text: string, around: Surroundings): string {
  const { end } = fit(text, around);
  return end === text.length ? text : withoutBlankLine(text.slice(0, end));
}

/** Removes the line that a cut has left blank. The search runs from the end, since a blank line may be long. */
function withoutBlankLine(text: string): string {
  const body = text.trimEnd();
  return text.slice(body.length).includes('\n') ? body : text;
}

/**
 * Cuts an end that the following lines repeat. `replacement` handles the rest of the cursor's own line. Lines inside
 * the answer's own brackets, or deeper than the line below, belong to the answer, and so do its closers: those it must
 * not write have been cut before.
 */
function withoutOverlap(text: string, { cursor, tabSize }: PostProcessInput, around: Surroundings): string {
  const lines = text.split('\n');
  const below = linesBelow(cursor, lines.length);
  const width = widthBelow(cursor, tabSize);
  for (let count = Math.min(lines.length - 1, below.length); count > 0; count -= 1) {
    const tail = lines.slice(-count);
    if (indentWidth(tail[0] ?? '', tabSize) > width || !tail.every((line, i) => line.trim() === below[i]))
      continue;
    const head = lines.slice(0, -count).join('\n');
    if (staysLevel(text, head.length, around)) return head.trimEnd();
  }
  return text;
}

/** Whether from `at` on the answer is inside no bracket of its own, and closes none that was open before. */
function staysLevel(text: string, at: number, around: Surroundings): boolean {
  const scanner = scanAnswer(text, around).advanceTo(around.before.length + at);
  const { floor, depth } = scanner;
  return floor === depth && scanner.advanceTo(around.before.length + text.length).floor === floor;
}

const PAIRS = new Set(['()', '[]', '{}', '<>', '""', "''", '``']);

/** A single character is noise, unless it closes or ends something, or is the whole content of a pair. */
function tooShort(text: string, cursor: CursorText): boolean {
  if (text.trim().length > 1) return false;
  const before = linePrefix(cursor);
  if (PAIRS.has(before.slice(-1) + cursor.suffix.slice(0, 1))) return false;
  return !(/[)\]};:,]/.test(text) && before.trim() !== '');
}
