/**
 * From what the model said to what is shown, or the reason to show nothing. Order matters: artefacts first, then
 * the same cuts as while streaming (a cached or unstreamed answer has had none), then what stands after the cursor.
 */
import { allowedClosers, strayCloser } from './brackets.ts';
import { stripArtefacts } from './artefacts.ts';
import { linePrefix, lineSuffix, linesBelow } from './cursorText.ts';
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
}

/**
 * NUL and its kind: a binary file's bytes, or a broken server. Tab and line feed are text. U+FFFD stands for bytes that
 * were no UTF-8: a word without its broken letter would be another word.
 */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

export function postProcess(raw: string, input: PostProcessInput): Result<string, Suppressed> {
  const { cursor } = input;
  let text = stripArtefacts(raw, input.format, cursor);
  if (CONTROL.test(text)) return fail('control-characters');
  if (isPromptBack(text, cursor)) return fail('prompt-back');
  text = withoutHalfPair(text);
  text = cutAsStreamed(text, input);
  text = matchIndentation(text, input)
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .trimEnd();
  if (text.trim() === '') return fail('empty');
  const looped = loopSuppression(text);
  if (looped !== undefined) return fail(looped);
  if (repeatsSuffix(text, cursor)) return fail('repeats-suffix');
  if (repeatsBelow(text, cursor)) return fail('repeats-below');
  if (repeatsAbove(text, cursor, linePrefix(cursor).trim() === '')) return fail('repeats-above');
  text = withoutOverlap(withoutStrayCloser(text, cursor), cursor);
  return text.trim() === '' ? fail('empty') : tooShort(text, cursor) ? fail('too-short') : ok(text);
}

/** An endpoint that echoes starts where the prompt starts. */
const isPromptBack = (text: string, { prefix }: CursorText): boolean =>
  prefix.length > 40 && text.trimStart().startsWith(prefix.slice(0, 60).trim());

const withoutHalfPair = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');

function cutAsStreamed(text: string, input: PostProcessInput): string {
  const blank = !input.multiline && linePrefix(input.cursor).trim() === '';
  const body = blank ? text.replace(/^\s*\n/, '') : text;
  return body.slice(0, createStreamGate(input).check(`${body}\n`).end);
}

/** Spaces and tabs as the file has them; and the first line without the indentation that stands there already. */
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

function loopSuppression(text: string): 'repetition' | undefined {
  const lines = text.split('\n');
  return loopStart(lines) === 0 || lines.some(repeatsItself) ? 'repetition' : undefined;
}

/** What stands after the cursor says it already, in whole or in its beginning. */
function repeatsSuffix(text: string, cursor: CursorText): boolean {
  const said = text.trim();
  const after = lineSuffix(cursor).trim();
  if (after !== '' && (after === said || (said.length > 2 && after.startsWith(said)))) return true;
  const next = linesBelow(cursor, 1)[0];
  return after === '' && next !== undefined && said.length > 2 && said === next;
}

function withoutStrayCloser(text: string, cursor: CursorText): string {
  const stray = strayCloser(text, allowedClosers(cursor));
  if (stray < 0) return text;
  // On the first line, a closer that the line's rest has too is a matter of range, not a stray one.
  const firstEnd = text.indexOf('\n') < 0 ? text.length : text.indexOf('\n');
  if (stray < firstEnd && endsLikeSuffix(text.slice(0, firstEnd), cursor)) return text;
  return text
    .slice(0, stray)
    .replace(/\n[ \t]*$/, '')
    .trimEnd();
}

const endsLikeSuffix = (line: string, cursor: CursorText): boolean => {
  const after = lineSuffix(cursor).trim();
  return after !== '' && line.trimEnd().endsWith(after);
};

/**
 * Trims an end that the following lines begin with (a closing brace said again). The rest of the cursor's own
 * line is left to `replacement`, which may cover it.
 */
function withoutOverlap(text: string, cursor: CursorText): string {
  const lines = text.split('\n');
  const below = linesBelow(cursor, lines.length);
  for (let count = Math.min(lines.length - 1, below.length); count > 0; count -= 1) {
    const tail = lines.slice(-count).map((line) => line.trim());
    if (tail.every((line, i) => line === below[i])) return lines.slice(0, -count).join('\n').trimEnd();
  }
  return text;
}

/** One character is noise, except where it closes or ends something. */
const tooShort = (text: string, cursor: CursorText): boolean =>
  text.trim().length <= 1 && !(/[)\]};:,]/.test(text) && linePrefix(cursor).trim() !== '');
