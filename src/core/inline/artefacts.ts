/**
 * Removes the text that models add around an answer: template tokens, fences, tags, reasoning, and a repeated prompt.
 */
import { linePrefix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { restore } from './fim/neutralise.ts';
import { withoutHalfFence, withoutHalfToken } from './halfToken.ts';
import { isComment } from './languages.ts';
import { CONTROL_TOKENS, OwnTokens } from './ownTokens.ts';
import { THOUGHT_TAGS } from '../thoughtTags.ts';

export interface AnswerPlace {
  readonly cursor: CursorText;
  readonly languageId: string;
  readonly format: FimFormat;
  /** Whether the output cap ended the answer, possibly in the middle of a control token. */
  readonly atCap?: boolean;
}

/** The actual answer, cut at the first end token. */
export function stripArtefacts(raw: string, asked: AnswerPlace): string {
  const { format, cursor } = asked;
  // Removes the incomplete last character of an answer that ended in the middle of one.
  let text = raw.replaceAll('\r\n', '\n').replace(/(?<!\ufffd)\ufffd+$/, '');
  text = withoutThought(text, asked);
  const body = format.transport === 'chat' ? chatAnswer(text) : withoutOpeningFence(text, cursor);
  const isFenced = body !== text && /`{3}|~{3}/.test(text);
  text = cutAt(body, asked);
  if (asked.atCap === true && text === body)
    text = withoutHalfToken(isFenced ? withoutHalfFence(text) : text, format, cursor);
  text = restore(text, format.tokens, cursor.prefix + cursor.suffix);
  return withoutRepeatedPrefix(withoutStraySpace(text, format, cursor), cursor);
}

/** Removes reasoning, also where it does not end in this answer or where its opening tag was part of the prompt. */
function withoutThought(text: string, { cursor, languageId }: AnswerPlace): string {
  let rest = text;
  for (const { open, close } of THOUGHT_TAGS) {
    const own = new OwnTokens(rest, cursor, languageId);
    const opener = open.find((tag) => rest.trimStart().startsWith(tag));
    const isOpened = opener !== undefined && !own.hasTag(opener, rest.length - rest.trimStart().length);
    const end = lastEnd(rest, close, own);
    if (end >= 0) rest = rest.slice(end).trimStart();
    else if (isOpened) return '';
  }
  return rest;
}

/** Offset after the last closer that is not the user's own text; -1 = none. */
function lastEnd(text: string, closers: readonly string[], own: OwnTokens): number {
  const found = closers
    .flatMap((closer) => occurrences(text, closer))
    .toSorted((a, b) => a.at - b.at)
    .filter(({ token, at }) => !own.hasTag(token, at));
  return Math.max(-1, ...found.slice(-closers.length).map(({ token, at }) => at + token.length));
}

function occurrences(text: string, token: string): { readonly token: string; readonly at: number }[] {
  const found = [];
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) found.push({ token, at });
  return found;
}

function chatAnswer(text: string): string {
  const open = text.indexOf('<COMPLETION>');
  let answer = open < 0 ? text : text.slice(open + '<COMPLETION>'.length);
  const close = answer.indexOf('</COMPLETION>');
  if (close >= 0) answer = answer.slice(0, close);
  return withoutFence(answer);
}

/** The first fenced block if the answer has one; an unclosed fence extends to the end. */
function withoutFence(text: string): string {
  const fence = /^[ \t]*```[^\n`]*\n/m.exec(text);
  if (fence === null) return text;
  const body = text.slice(fence.index + fence[0].length);
  const end = /\n?^[ \t]*```/m.exec(body);
  return end === null ? body : body.slice(0, end.index);
}

const FENCE = /^[ \t]{0,40}(?:`{3,6}|~{3,6})[\w.+#{} -]{0,30}(?:\n|$)/;
const CLOSING_FENCE = /\n[ \t]{0,40}(?:`{3}|~{3})/;

/** Chat-tuned models begin with a fence; in prose and in comments a fence is part of the text. */
function withoutOpeningFence(text: string, cursor: CursorText): string {
  const body = text.trimStart();
  const before = linePrefix(cursor);
  if (!/^(?:`{3}|~{3})/.test(body) || isComment(before) || /^[ \t]{0,40}(?:```|~~~)/m.test(cursor.prefix))
    return text;
  const fence = FENCE.exec(body);
  if (fence === null) return text;
  const code = body.slice(fence[0].length);
  const end = CLOSING_FENCE.exec(code);
  return end === null ? code : code.slice(0, end.index);
}

/** Control tokens and the format's own end the answer, unless they are the user's own text. */
function cutAt(text: string, { format, cursor, languageId }: AnswerPlace): string {
  const tokens = [...text.matchAll(CONTROL_TOKENS)].map((found) => ({ token: found[0], at: found.index }));
  for (const token of format.tokens) {
    if (token.length > 1) tokens.push(...occurrences(text, token));
  }
  const own = new OwnTokens(text, cursor, languageId);
  const end = tokens
    .toSorted((a, b) => a.at - b.at)
    .find(({ token, at }) => !own.hasToken(token, at, format.tokens.includes(token)));
  return text.slice(0, end?.at);
}

/** Codestral and some chat models prepend a space. */
function withoutStraySpace(text: string, format: FimFormat, cursor: CursorText): string {
  const talkative = format.transport === 'chat' || format.id === 'codestral' || format.id === 'mistral';
  const afterSpace = /\s$/.test(cursor.prefix) || cursor.prefix === '';
  return talkative && afterSpace && /^ \S/.test(text) ? text.slice(1) : text;
}

/** Removes a repetition of the current line or of the prefix's end (granite, small GPTs, echoing endpoints). */
function withoutRepeatedPrefix(text: string, cursor: CursorText): string {
  const line = linePrefix(cursor);
  const said = line.trim();
  if (said.length < 3) return text;
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  return text.startsWith(said, lead) ? text.slice(lead + line.trimStart().length) : text;
}
