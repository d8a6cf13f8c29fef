/**
 * A practical upper bound on the tokens of a text, for the hold of a stopped answer whose provider never reports the
 * bill. The bytes of `inputBound.ts` are a certain bound, but four times the actual count; this bound is 1.0 to 2.9
 * times the actual count.
 *
 * Measured in November 2026 with the tokenizers o200k and cl100k (OpenAI), Llama 3, Mistral's first (32,000 entries,
 * the finest in use) and Anthropic's published one, on this repository's code, Markdown, JSON and CSS, on minified
 * code, on numbers and hexadecimal digits, and on German, Russian, Chinese, Japanese, Arabic and Hindi. One token for
 * three bytes was too low for the older ones on Arabic (by 7 %) and Hindi (by 32 %), which therefore have factors of
 * their own; scripts that were not measured count one token a byte. Random letters without digits exceed the bound by
 * 16 % at most. `armPace.ts` learns a further factor from an arm's own bills.
 */
import { chatInputBound, utf8Length, type Extras, type SentMessage } from './inputBound.ts';

/** Not rounded, so the pieces of an answer add up to the whole. */
export function mostTokens(text: string): number {
  let count = 0;
  let afterDigit = false;
  for (const { groups = {}, 0: piece } of text.matchAll(PIECES)) {
    const { digit, word, blank } = groups;
    if (!ASCII.test(piece)) count += ofForeign(piece, word !== undefined);
    else if (digit !== undefined) count += 1;
    else if (word !== undefined) count += afterDigit ? Math.max(1, word.length / 1.5) : ofWord(word.length);
    else if (blank !== undefined) count += ofBlank(blank);
    else count += 1;
    afterDigit = digit !== undefined;
  }
  return count;
}

/** Like `chatInputBound`, but with this count of the text's tokens; the server's additions have the same bound. */
export function chatInputMost(messages: readonly SentMessage[], extras: Extras = {}): number {
  const added = chatInputBound(
    messages.map(() => ({ role: '', content: '' })),
    { ...extras, ...(extras.toolsJson !== undefined && { toolsJson: '' }) },
  );
  const texts = messages.reduce((sum, { content }) => sum + mostTokens(content), 0);
  return added + texts + 2 * mostTokens(extras.toolsJson ?? '');
}

/** Words split at capital letters, single digits (several tokenizers split them), runs of white space, single signs. */
const PIECES =
  /(?<digit>\p{N})|(?<word>\p{Lu}?[\p{Ll}\p{M}]{1,64}|\p{Lu}{1,64}|[\p{L}\p{M}])|(?<blank>\s{1,64})|[^]/gu;
const ASCII = /^[\u0000-\u007f]+$/u;

/** Most short words are one token; long words are cut about every four letters, nonsense every two. */
function ofWord(letters: number): number {
  if (letters <= 2) return 1;
  if (letters <= 5) return 1.15;
  if (letters <= 8) return 1.35;
  return letters <= 16 ? 1 + (letters - 4) / 4 : letters / 2;
}

/** A single space belongs to the next word; a line break with the indentation after it is at most two tokens. */
function ofBlank(blank: string): number {
  if (blank === ' ') return 0.05;
  return /\n[^\n]/u.test(blank) ? 2 : 1;
}

/**
 * Letters by the measured factor of their script, else one token a byte. Signs: one token for each byte but the first.
 */
function ofForeign(piece: string, isWord: boolean): number {
  const bytes = utf8Length(piece);
  if (!isWord) return Math.min(3, Math.max(1, bytes - 1));
  const least = Math.max(1, bytes / 3);
  if (THREE_BYTES.test(piece)) return least;
  if (/^\p{Script=Arabic}/u.test(piece)) return 1.1 * least;
  return /^\p{Script=Devanagari}/u.test(piece) ? 1.4 * least : bytes;
}

/** Scripts of which no measured tokenizer makes more than one token from three bytes. */
const THREE_BYTES =
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
