/** Removes an incomplete control token, tag or fence at the end of an answer that the output cap cut. */
import type { CursorText } from './cursorText.ts';
import type { FimFormat } from './fim/format.ts';

/** UTF-16 units, longer than any token of `artefacts.ts`; the search is limited to this end of the text. */
const TAIL = 60;
/** The beginning of a token by its form, in any family, without its closing `>`. */
const BY_FORM =
  /(?:<\|[a-zA-Z][\w. -]{0,38}\|?|<｜[^｜<>\n]{0,30}｜?|<\[[a-z][^\]<>\n]{1,30}\]?|<\/?fim_[a-z]{0,10})$/;
const SIGNED = /^<[|｜[]/;
/** Applies to tokens that are words in brackets: in code, fewer letters may as well be a type, a tag or an index. */
const LEAST_LETTERS = 4;
const WORDS = [
  ...named(
    'start_of_turn end_of_turn file_sep repo_name reponame filename gh_stars |endoftext| EOT PRE SUF MID',
    '<',
    '>',
  ),
  ...named('PREFIX SUFFIX MIDDLE', '[', ']'),
];
const HALF_FENCE = /\n[ \t]{0,40}(?:`{1,2}|~{1,2})$/;

/** Removes the beginning of the fence that would have closed the answer. */
export const withoutHalfFence = (text: string): string =>
  text.slice(0, text.length - (HALF_FENCE.exec(text.slice(-TAIL))?.[0].length ?? 0));

/** Removes the incomplete token from `text`, unless the user's own text contains the token: it may be content. */
export function withoutHalfToken(text: string, format: FimFormat, cursor: CursorText): string {
  const tail = text.slice(-TAIL);
  const half = longest([BY_FORM.exec(tail)?.[0], halfWord(tail, format)]);
  if (half === '' || isUsers(half, cursor)) return text;
  return text.slice(0, text.length - half.length);
}

/** The longest end of the text that is an incomplete token of the family. */
function halfWord(tail: string, format: FimFormat): string {
  const own = format.transport === 'chat' ? ['</COMPLETION>'] : [];
  return longest(
    [...format.tokens, ...WORDS, ...own].map((token) => {
      for (let length = token.length - 1; length >= leastOf(token); length -= 1) {
        if (tail.endsWith(token.slice(0, length))) return token.slice(0, length);
      }
      return '';
    }),
  );
}

const leastOf = (token: string): number => (SIGNED.test(token) ? 2 : LEAST_LETTERS);

const longest = (halves: readonly (string | undefined)[]): string =>
  halves.reduce<string>((best, half = '') => (half.length > best.length ? half : best), '');

/** For a form like `<|` the opener alone counts: F# has such an operator. */
function isUsers(half: string, { prefix, suffix }: CursorText): boolean {
  const sign = SIGNED.test(half) ? half.slice(0, 2) : half;
  return prefix.includes(sign) || suffix.includes(sign);
}

function named(names: string, before: string, after: string): readonly string[] {
  return names.split(' ').map((name) => before + name + after);
}
