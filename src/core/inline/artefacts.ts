/** What models put around an answer: template tokens, fences, tags, thoughts, and the prompt over again. */
import { linePrefix } from './cursorText.ts';
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';
import { restore } from './fim/neutralise.ts';

/** Tokens that mean the end whatever the format: servers with a wrong template leak them. */
const END_TOKENS =
  /<\|(?:endoftext|end_of_text|im_end|im_start|eot_id|fim_[a-z]+|file_sep|file_separator|repo_name)\|>|<(?:fim_[a-z]+|eos|end_of_turn|file_sep)>|<EOT>|<｜[^｜\n]{1,30}｜>|<\/s>/;

/** The answer proper, with everything after an end token cut off. */
export function stripArtefacts(raw: string, format: FimFormat, cursor: CursorText): string {
  // An end in the middle of a character: the text before it is whole.
  let text = raw.replaceAll('\r\n', '\n').replace(/(?<!\ufffd)\ufffd+$/, '');
  text = withoutThought(text);
  if (format.transport === 'chat') text = chatAnswer(text);
  text = cutAt(text, format, cursor);
  text = restore(text, format.tokens, cursor.prefix + cursor.suffix);
  return withoutRepeatedPrefix(withoutStraySpace(text, format, cursor), cursor);
}

const withoutThought = (text: string): string =>
  text.includes('<think>') ? text.replace(/^\s*<think>[\s\S]*?(?:<\/think>\s*|$)/, '') : text;

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
