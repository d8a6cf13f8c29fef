/** What models put around an answer: template tokens, fences, tags, thoughts, and the prompt over again. */
import { linePrefix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { restore } from './fim/neutralise.ts';
import { withoutHalfFence, withoutHalfToken } from './halfToken.ts';
import { isComment } from './languages.ts';

/**
 * Control tokens by their form, whatever the family: servers with a wrong template leak them. `<|...|>` (Qwen, Llama,
 * Phi, gpt-oss), its full-width twin (DeepSeek), `<[...]>` (Seed-Coder), single words (StarCoder, Code Llama, Gemma).
 */
const END_TOKENS =
  /<\|[a-zA-Z][\w. -]{1,38}\|>|<｜[^｜<>\n]{1,30}｜>|<\[[a-z][^\]<>\n]{2,30}\]>|<\/?fim_[a-z]{2,10}>|<(?:bos|eos|pad|unk|EOT|PRE|SUF|MID|EOM|start_of_turn|end_of_turn|file_sep|repo_name|jupyter_\w{2,20}|reponame|filename|gh_stars|reserved_\d{1,4})>|\[(?:\/INST|PREFIX|SUFFIX|MIDDLE)\]|<\/s>/;

/** Tags around what a reasoning model thinks; some templates open them in the prompt, so that only the end is seen. */
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

/** The answer proper, with everything after an end token cut off. `atCap`: the output cap ended it, maybe in a token. */
export function stripArtefacts(raw: string, format: FimFormat, cursor: CursorText, atCap = false): string {
  // An end in the middle of a character: the text before it is whole.
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

/** Nothing of a thought is an answer: neither one that goes on, nor one whose opener stood in the prompt. */
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

/** The first fenced block, where the answer has one; an unclosed fence runs to the end. */
function withoutFence(text: string): string {
  const fence = /^[ \t]*```[^\n`]*\n/m.exec(text);
  if (fence === null) return text;
  const body = text.slice(fence.index + fence[0].length);
  const end = /\n?^[ \t]*```/m.exec(body);
  return end === null ? body : body.slice(0, end.index);
}

const FENCE = /^[ \t]{0,40}(?:`{3,6}|~{3,6})[\w.+#{} -]{0,30}(?:\n|$)/;
const CLOSING_FENCE = /\n[ \t]{0,40}(?:`{3}|~{3})/;

/** A model tuned for chat begins with a fence; in prose and in comments a fence is text. */
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

/** End tokens and the format's own end the answer, unless the user's text has them: then they may be content. */
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

/** Codestral and some chat models begin with a space of their own. */
function withoutStraySpace(text: string, format: FimFormat, cursor: CursorText): string {
  const talkative = format.transport === 'chat' || format.id === 'codestral' || format.id === 'mistral';
  const afterSpace = /\s$/.test(cursor.prefix) || cursor.prefix === '';
  return talkative && afterSpace && /^ \S/.test(text) ? text.slice(1) : text;
}

/** The current line so far, or the end of the prefix, said again (granite, small GPTs, echoing endpoints). */
function withoutRepeatedPrefix(text: string, cursor: CursorText): string {
  const line = linePrefix(cursor);
  const said = line.trim();
  if (said.length < 3) return text;
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  return text.startsWith(said, lead) ? text.slice(lead + line.trimStart().length) : text;
}
