/**
 * Removes the text that models add around an answer: template tokens, fences, tags, reasoning, and a repeated prompt.
 */
import { linePrefix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { restore } from './fim/neutralise.ts';
import { withoutHalfFence, withoutHalfToken } from './halfToken.ts';
import { isComment } from './languages.ts';

/**
 * Control tokens by their form in any model family, since servers with a wrong template pass them on. `<|...|>` (Qwen,
 * Llama, Phi, gpt-oss), its full-width twin (DeepSeek), `<[...]>` (Seed-Coder), single words (StarCoder, Code Llama,
 * Gemma).
 */
const END_TOKENS =
  /<\|[a-zA-Z][\w. -]{1,38}\|>|<｜[^｜<>\n]{1,30}｜>|<\[[a-z][^\]<>\n]{2,30}\]>|<\/?fim_[a-z]{2,10}>|<(?:bos|eos|pad|unk|EOT|PRE|SUF|MID|EOM|start_of_turn|end_of_turn|file_sep|repo_name|jupyter_\w{2,20}|reponame|filename|gh_stars|reserved_\d{1,4})>|\[(?:\/INST|PREFIX|SUFFIX|MIDDLE)\]|<\/s>/;

/**
 * Tags around the reasoning of a model. Some templates put the opening tag into the prompt, so that only the closing
 * tag arrives.
 */
const THOUGHTS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|channel|>analysis', '<|channel|>final<|message|>'],
];

/** The actual answer, cut at the first end token. `atCap`: the output cap ended the answer, possibly inside a token. */
export function stripArtefacts(raw: string, format: FimFormat, cursor: CursorText, atCap = false): string {
  // Removes the incomplete last character of an answer that ended in the middle of one.
  let text = raw.replaceAll('\r\n', '\n').replace(/(?<!\ufffd)\ufffd+$/, '');
  text = withoutThought(text, cursor);
  const body = format.transport === 'chat' ? chatAnswer(text) : withoutOpeningFence(text, cursor);
  const isFenced = body !== text && /`{3}|~{3}/.test(text);
  text = cutAt(body, format, cursor);
  if (atCap && text === body)
    text = withoutHalfToken(isFenced ? withoutHalfFence(text) : text, format, cursor);
  text = restore(text, format.tokens, cursor.prefix + cursor.suffix);
  return withoutRepeatedPrefix(withoutStraySpace(text, format, cursor), cursor);
}

/** Removes reasoning, also where it does not end in this answer or where its opening tag was part of the prompt. */
function withoutThought(text: string, { prefix, suffix }: CursorText): string {
  let rest = text;
  for (const [open, close] of THOUGHTS) {
    if (prefix.includes(close) || suffix.includes(close)) continue;
    const end = rest.lastIndexOf(close);
    if (end >= 0) rest = rest.slice(end + close.length).trimStart();
    else if (rest.trimStart().startsWith(open)) return '';
  }
  return rest;
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

/** Cuts at end tokens and at the format's own end, unless the user's text contains them: then they may be content. */
function cutAt(text: string, format: FimFormat, { prefix, suffix }: CursorText): string {
  let end = text.length;
  const generic = END_TOKENS.exec(text);
  if (generic !== null && !prefix.includes(generic[0]) && !suffix.includes(generic[0])) end = generic.index;
  for (const token of format.tokens) {
    const at = token.length > 1 ? text.indexOf(token) : -1;
    if (at >= 0 && at < end) end = at;
  }
  return text.slice(0, end);
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
