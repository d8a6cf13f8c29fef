/**
 * Finds control tokens and tags of thoughts that are the user's own text: a file of templates lists them, a tokenizer's
 * file names them. In a string or a comment of a document that contains such tokens they are content, and also in a
 * string that the answer itself opens and closes. A token that a server leaks comes after the answer.
 */
import { THOUGHT_TAGS } from '../thoughtTags.ts';
import { scanAnswer, surroundings } from './brackets.ts';
import type { CursorText } from './cursorText.ts';
import type { Frame, Scanner } from './scanner.ts';

/**
 * Control tokens by their form in any model family, since servers with a wrong template pass them on. `<|...|>` (Qwen,
 * Llama, Phi, gpt-oss), its full-width twin (DeepSeek), `<[...]>` (Seed-Coder), single words (StarCoder, Code Llama,
 * Gemma).
 */
export const CONTROL_TOKENS =
  /<\|[a-zA-Z][\w. -]{1,38}\|>|<｜[^｜<>\n]{1,30}｜>|<\[[a-z][^\]<>\n]{2,30}\]>|<\/?fim_[a-z]{2,10}>|<(?:bos|eos|pad|unk|EOT|PRE|SUF|MID|EOM|start_of_turn|end_of_turn|file_sep|repo_name|jupyter_\w{2,20}|reponame|filename|gh_stars|reserved_\d{1,4}|unused\d{1,4})>|\[(?:\/INST|PREFIX|SUFFIX|MIDDLE)\]|<\/s>/g;
/** Those of them that also occur in code, usage texts and markup: tokens only at the beginning of a line. */
const WORDS = new Set(['<filename>', '<reponame>', '<gh_stars>']);
/** UTF-16 units that are examined around a token. */
const REACH = 400;

const TAGS = THOUGHT_TAGS.flatMap(({ open, close }) => [...open, ...close]);

/** Whether the text around a cursor has any such token; called for each piece of its answer. */
const speaking = new WeakMap<CursorText, boolean>();

function speaksOfTokens(cursor: CursorText): boolean {
  const known = speaking.get(cursor);
  if (known !== undefined) return known;
  const { prefix, suffix } = cursor;
  const has = (text: string): boolean =>
    text.search(CONTROL_TOKENS) >= 0 || TAGS.some((tag) => text.includes(tag));
  const speaks = has(prefix) || has(suffix);
  speaking.set(cursor, speaks);
  return speaks;
}

/** For one answer, with growing offsets. */
export class OwnTokens {
  readonly #answer: string;
  readonly #cursor: CursorText;
  readonly #languageId: string;
  #scanner: Scanner | undefined;

  constructor(answer: string, cursor: CursorText, languageId: string) {
    this.#answer = answer;
    this.#cursor = cursor;
    this.#languageId = languageId;
  }

  /** For a tag of thoughts: quotes inside thoughts are not evidence, since apostrophes look the same. */
  hasTag(tag: string, at: number): boolean {
    return this.#isInDocument(tag) || (this.#isWithinText(at) && this.#isSpokenOf(tag, at));
  }

  /** `isFormats`: whether it has a meaning in the request's format, so the model can hardly write it as text. */
  hasToken(token: string, at: number, isFormats: boolean): boolean {
    const isKnown = this.#isInDocument(token);
    if (isFormats && !isKnown) return false;
    if (!isFormats && (isKnown || this.#isWord(token, at))) return true;
    return this.#isQuoted(token, at) || (this.#isWithinText(at) && this.#isSpokenOf(token, at));
  }

  #isInDocument(token: string): boolean {
    return this.#cursor.prefix.includes(token) || this.#cursor.suffix.includes(token);
  }

  #isWord(token: string, at: number): boolean {
    const before = this.#answer.slice(Math.max(0, at - REACH), at);
    // Struck-out text ends in markup like a text in Llama's vocabulary.
    if (token === '</s>') return /<s[\s>]/.test(before);
    return WORDS.has(token) && before.slice(before.lastIndexOf('\n') + 1).trim() !== '';
  }

  /** The innermost string, comment, or pair of quotes in a comment at `at`; undefined = code. */
  #frames(at: number): { readonly top: Frame | undefined; readonly hard: Frame | undefined } {
    const around = surroundings(this.#cursor, this.#languageId);
    this.#scanner ??= scanAnswer(this.#answer, around);
    const { stack } = this.#scanner.advanceTo(around.before.length + at);
    const top = stack.at(-1);
    return { top, hard: top?.soft === true ? stack[top.base] : top };
  }

  #isWithinText(at: number): boolean {
    const { hard } = this.#frames(at);
    return hard !== undefined && hard.reading !== 'code';
  }

  /** Whether the answer opens the string that contains the token, and closes it. */
  #isQuoted(token: string, at: number): boolean {
    const { top, hard } = this.#frames(at);
    const quote = top?.soft === true && /["`]/.test(top.closer) ? top : hard;
    if (quote === undefined || !/["'`]/.test(quote.closer)) return false;
    const { before } = surroundings(this.#cursor, this.#languageId);
    const rest = this.#answer.slice(at + token.length, at + token.length + REACH).split('\n', 1)[0] ?? '';
    return quote.at >= before.length && rest.includes(quote.closer);
  }

  /** A tag at the end of a line opens thoughts; a token at the end of other text ends an answer. */
  #isSpokenOf(token: string, at: number): boolean {
    const next = this.#answer.charAt(at + token.length);
    const isLast = next === '' && this.#answer.slice(0, at).trim() !== '';
    if (next === '\n' || isLast) return false;
    return speaksOfTokens(this.#cursor);
  }
}
