/**
 * Finds the places where an answer leaves code out ("... rest unchanged ..."). Such a line stands for code of the file
 * and never replaces it: the parts around it go into the file only where their begin and end are unambiguous; otherwise
 * the whole block is refused.
 */

/** Comment marks of any language, and JSX's braces around them. */
const OPENERS = /^(?:\{?\/\*+|\/\/[/!]?|#+|--(?:\[\[)?|;+|%+|<!--|\(\*|\{-|"""|'''|'|\*|rem\b)\s?/i;
const CLOSERS = /(?:(?<!\*)\*+\/\}?|-->|\*\)|-\}|\]\]|"""|''')$/;
const DOTS = /[.…⋯]/g;
const STARTS_WITH_DOTS = /^(?:\[|\(|<)?(?:\.{3,6}|…|⋯)/;
const ENDS_WITH_DOTS = /(?:\.{3}|…|⋯)[\])>]?$/;
/** Words that, beside dots, mean an omission. */
const WORDS =
  /existing|remain|\brest\b|other|previous|original|unchanged|omitted|unmodified|snip|same|no change|\bcode\b|\bkeep|unverändert|restlich|vorhanden|bestehend|bisherig|weggelassen|gleich|reste|inchangé|existant|resto|existente|sin cambios|sem (?:alter|mudan)|restante|invariat|esistent|reszta|bez zmian|mevcut|geri kalan|ongewijzigd|bestaande|остальн|без изменений|существующ|прежн|其余|其他|现有|原有|已有|不变|省略|既存|残り|変更なし|同じ|기존|나머지|변경|생략/i;
/** Complete comments that mean an omission without dots. */
const PHRASES = [
  /^(?:(?:the|your|all|keep|plus|and|insert|put)\s+){0,3}(?:rest|remainder)\s+of\s+(?:(?:the|your|this|my)\s+)?(?:\w{1,30}\s+)?(?:code|file|component|function|method|class|implementation|logic|module|script|program|page|markup|styles?|imports?|body|contents?|document|query|config(?:uration)?|cases|tests|switch|loop|block)\b/i,
  /^(?:implementation|imports?|body|methods?|functions?|logic|code)\s+(?:is\s+|are\s+)?(?:unchanged|unmodified|omitted)/i,
  /^(?:keep|leave)\s+(?:the\s+)?(?:rest|existing|others?|remaining)\b.{0,40}(?:as[ -]is|unchanged|the same)[.!]?$/i,
  /^(?:(?:the|your|all|keep)\s+){0,2}(?:existing|remaining|other|previous|original|rest)\s+(?:code|methods?|functions?|imports?|implementation|logic|content|fields?|members?|properties|cases|tests|styles|rules)(?:\s+(?:here|above|below|goes here|as is|unchanged|(?:stays?|remains?)(?:\s+the\s+same|\s+unchanged)?))?[.!]?$/i,
  /(?:remains?|stays?|is|are|left)\s+(?:unchanged|the same|as (?:before|is|it was))[.!]?$/i,
  /^(?:(?:code|rest|unchanged|snip|snipped|omitted|truncated)(?:\s+(?:omitted|unchanged|unmodified|for brevity|code|here)){0,3}|no changes(?:\s+(?:here|below|above))?|same as (?:before|above))[.!]?$/i,
  /^(?:der\s+)?(?:restliche[rn]?|vorhandene[rn]?|bestehende[rn]?|bisherige[rn]?|übrige[rn]?)\s+code|(?:bleibt|bleiben)\s+(?:unverändert|gleich)|^unverändert|^(?:le\s+)?reste\s+du\s+(?:code|fichier)|^code existant|^(?:el\s+)?resto\s+del?\s|^código existente|^(?:o\s+)?restante|^resto do código|^il resto del codice|^codice esistente|^reszta kodu/i,
  /остальн\S{0,4} код|существующ\S{0,4} код|без изменений|(?:其余|其他|现有|原有|已有|剩余)的?(?:代码|部分|内容|方法)|保持不变|代码省略|既存の?コード|残りの?コード|変更なし|기존 코드|나머지 코드|변경 없음/i,
];
/** Brackets and rules around a comment's words. */
const FRAME_BEFORE = /^[-=~*<([{\s]{1,20}/;
const FRAME_BEHIND = /[-=~*>)\]}\s]{1,20}$/;
/** A function body that consists of dots. */
const EMPTY_BODY = /\{\s{0,8}(?:\/\*\s{0,4})?(?:\.{3}|…)[^{}\n]{0,80}\*?\/?\s{0,8}\}/;
const SPREAD = /\{\s{0,8}\.{3}[\w([]/;
/** Characters; a longer comment has content of its own. */
const MOST = 120;

/** Whether the line's only content is that code was left out. */
export function isElision(line: string): boolean {
  const text = line.trim();
  if (text.length === 0 || text.length > MOST) return false;
  const opened = text.replace(OPENERS, '');
  const said = opened.replace(CLOSERS, '').trim();
  const isDots = said.replace(DOTS, '').replace(/[[\]()<>\s]/g, '') === '';
  if (isDots && STARTS_WITH_DOTS.test(said)) return true;
  if (opened === text) return false;
  if (STARTS_WITH_DOTS.test(said)) return true;
  if (ENDS_WITH_DOTS.test(said) && WORDS.test(said)) return true;
  const plain = said.replace(FRAME_BEFORE, '').replace(FRAME_BEHIND, '');
  return PHRASES.some((phrase) => phrase.test(said) || phrase.test(plain));
}

const elidesBody = (line: string): boolean =>
  line.length < 400 && EMPTY_BODY.test(line) && !SPREAD.test(line);

/** The lines of the block that leave something out. A line that the file also contains belongs to the user's code. */
export function elidedLines(block: readonly string[], file: readonly string[]): ReadonlySet<number> {
  const own = new Set(file.map((line) => line.trim()));
  const found = new Set<number>();
  for (const [i, line] of block.entries()) {
    const text = line.trim();
    if (text === '' || own.has(text) || isNewStub(block, i, own)) continue;
    if (isElision(line) || elidesBody(line)) found.add(i);
  }
  return found;
}

/** Python's `...` is the body of a function that is not yet in the file. */
function isNewStub(block: readonly string[], i: number, own: ReadonlySet<string>): boolean {
  const head = block[i - 1]?.trim() ?? '';
  return block[i]?.trim() === '...' && head.endsWith(':') && head.startsWith('def ') && !own.has(head);
}

/** Parts times lines: 30 parts of a file of 10,000 lines. */
const MOST_WORK = 300_000;

/** The replacement of one part of a block: lines `from` to `to` of the file, both inclusive. */
interface CodePart {
  readonly lines: readonly string[];
  readonly from: number;
  readonly to: number;
}

/**
 * The file with the block's parts, and with its own code where the block leaves something out; undefined where the
 * place of a part is ambiguous.
 */
export function merged(
  file: readonly string[],
  block: readonly string[],
  elided: ReadonlySet<number>,
): readonly string[] | undefined {
  if ([...elided].some((i) => !isElision(block[i] ?? ''))) return undefined;
  const parts = partsOf(block, elided);
  // Each part is searched in the whole file.
  if (parts.length * file.length > MOST_WORK) return undefined;
  const placed: CodePart[] = [];
  let after = 0;
  for (const lines of parts) {
    const part = placePart(file, lines, after);
    if (part === undefined) return undefined;
    placed.push(part);
    after = part.to + 1;
  }
  if (placed.length === 0) return undefined;
  const result: string[] = [];
  let at = 0;
  for (const { lines, from, to } of placed) {
    for (const line of [...file.slice(at, from), ...lines]) result.push(line);
    at = to + 1;
  }
  return [...result, ...file.slice(at)];
}

const firstTold = (block: readonly string[]): number => block.findIndex((line) => line.trim() !== '');
const lastTold = (block: readonly string[]): number => block.findLastIndex((line) => line.trim() !== '');

function partsOf(block: readonly string[], elided: ReadonlySet<number>): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const [i, line] of block.entries()) {
    if (elided.has(i)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts
    .map((lines) => lines.slice(Math.max(0, firstTold(lines)), lastTold(lines) + 1))
    .filter((lines) => lines.length > 0);
}

/** A part begins and ends with lines that occur once in the file, at the same indentation. */
function placePart(file: readonly string[], lines: readonly string[], after: number): CodePart | undefined {
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  const from = onlyLine(file, first, after);
  if (from === undefined) return undefined;
  if (lines.length === 1) return { lines, from, to: from };
  const isEnd = (line: string, i: number): boolean => i > from && line.trimEnd() === last.trimEnd();
  const to = onlyLine(file, last, from + 1) ?? (indent(last) <= indent(first) ? file.findIndex(isEnd) : -1);
  return to > from ? { lines, from, to } : undefined;
}

function onlyLine(file: readonly string[], wanted: string, after: number): number | undefined {
  if (wanted.trim().length < 3) return undefined;
  const isSame = (line: string, i: number): boolean => i >= after && line.trimEnd() === wanted.trimEnd();
  const at = file.findIndex(isSame);
  return at < 0 || file.findLastIndex(isSame) !== at ? undefined : at;
}

const indent = (line: string): number => line.length - line.trimStart().length;
