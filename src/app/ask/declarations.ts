/**
 * Finds the lines of a file that belong to a function, a method or a class, and the declarations in a block of an
 * answer.
 */
import { blocksByIndentation } from '../../core/inline/languages.ts';
import { lexicon } from '../../core/inline/lexicon.ts';
import { Scanner } from '../../core/inline/scanner.ts';

/** Lines count from 0; `to` is the last line. */
export interface Declaration {
  readonly name: string;
  readonly keyword: string;
  /** First line, including decorators and attributes. */
  readonly from: number;
  /** Line of the name. */
  readonly head: number;
  readonly to: number;
}

const MODIFIER =
  /^(?:export|default|declare|abstract|public|private|protected|internal|static|final|async|override|readonly|pub(?:\([a-z]{1,9}\))?|unsafe|inline|virtual|partial|sealed|open|data)\s/;
const KEYWORD =
  /^(function\*?|class|interface|enum|type|struct|trait|fn|fun|func|def|const|let|var)\s{1,4}(?:\([^()]{0,80}\)\s{0,4})?([\p{L}_$][\p{L}\p{N}_$]{0,80})/u;
/** A variable counts as a declaration if its value is a function or a class. */
const HOLDS_CODE =
  /=\s{0,4}(?:async\s{1,4})?(?:function\b|class\b|\(|[\p{L}_$][\p{L}\p{N}_$]{0,80}\s{0,4}=>)/u;
/** `name(...) {`, with a type before or after it: methods, and functions of the C family. */
const METHOD =
  /^(?:[\w<>[\],.?:*&]{1,80}\s{1,4}){0,4}([\p{L}_$#][\p{L}\p{N}_$]{0,80})\s{0,4}(?:<[^<>()]{0,80}>)?\([^()]{0,300}\)[^;(){}=]{0,120}\{$/u;
const CONTROL =
  /\b(?:if|for|while|switch|catch|with|return|else|do|await|new|throw|case|match|synchronized|using)\b/;
const DECORATOR = /^(?:@|#\[)/;
const COMMENT = /^(?:\/\/|\/\*|\*|#(?!\[|!))/;
const ENDING_WORDS = new Set(['ruby', 'lua', 'elixir', 'julia']);

const indent = (line: string): number => line.length - line.trimStart().length;

export function headOf(line: string): { readonly keyword: string; readonly name: string } | undefined {
  if (line.length > 1000) return undefined;
  let text = line.trim();
  for (let i = 0; i < 6 && MODIFIER.test(text); i += 1) text = text.replace(MODIFIER, '').trimStart();
  const [, keyword, name] = KEYWORD.exec(text) ?? [];
  if (keyword === undefined || name === undefined) return methodHead(text);
  if (/^(?:const|let|var)$/.test(keyword) && !HOLDS_CODE.test(text.slice(0, 400))) return undefined;
  return { keyword, name };
}

function methodHead(text: string): { readonly keyword: string; readonly name: string } | undefined {
  const name = METHOD.exec(text)?.[1];
  return name === undefined || CONTROL.test(text.slice(0, text.indexOf('(')))
    ? undefined
    : { keyword: 'method', name };
}

/** The block's single declaration, apart from comments before it; undefined where the block has several or none. */
export function onlyDeclaration(block: readonly string[], languageId: string): Declaration | undefined {
  const head = block.findIndex((line) => headOf(line) !== undefined);
  if (head < 0) return undefined;
  const found = declarationAt(block, head, languageId);
  const isBlank = (line: string): boolean => line.trim() === '';
  const before = block.slice(0, found.from).every((line) => isBlank(line) || COMMENT.test(line.trim()));
  return before && block.slice(found.to + 1).every(isBlank) ? found : undefined;
}

/**
 * The most declarations of one name around a line that are read to their ends; among more, none counts as containing
 * it.
 */
const MOST_AROUND = 3;
/** Number of lines above a declaration that are searched for decorators. */
const MOST_DECORATORS = 40;

/** The only declaration of that name, by any keyword of its kind, or the only one that contains the line `near`. */
export function namesake(
  file: readonly string[],
  { name, keyword }: Pick<Declaration, 'name' | 'keyword'>,
  { near, languageId }: { readonly near: number; readonly languageId: string },
): Declaration | undefined {
  const heads: number[] = [];
  for (const [i, line] of file.entries()) {
    if (!line.includes(name)) continue;
    const head = headOf(line);
    if (head?.name === name && kindOf(head.keyword) === kindOf(keyword)) heads.push(i);
  }
  const [only] = heads;
  if (only !== undefined && heads.length === 1) return declarationAt(file, only, languageId);
  const above = heads.filter((head) => head <= near).slice(-MOST_AROUND);
  const below = heads.find((head) => head > near && head - near < MOST_DECORATORS);
  const holding = [...above, ...(below === undefined ? [] : [below])]
    .map((head) => declarationAt(file, head, languageId))
    .filter(({ from, to }) => from <= near && near <= to);
  return holding.length === 1 ? holding[0] : undefined;
}

const kindOf = (keyword: string): string =>
  /^(?:class|interface|enum|type|struct|trait)$/.test(keyword) ? 'type' : 'function';

/** Declarations directly inside another. */
export function membersOf(
  lines: readonly string[],
  { head, to }: Declaration,
  languageId: string,
): readonly Declaration[] {
  const found: Declaration[] = [];
  const within = lines.slice(0, to + 1);
  const source = sourceOf(within);
  for (let i = head + 1; i <= to; i += 1) {
    if (headOf(lines[i] ?? '') === undefined) continue;
    const member = declarationAt(within, i, languageId, source);
    found.push(member);
    i = member.to;
  }
  return found;
}

/** The lines as one text, with the offset of each line. */
interface DeclaringText {
  readonly text: string;
  readonly starts: readonly number[];
}

function sourceOf(lines: readonly string[]): DeclaringText {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return { text: lines.join('\n'), starts };
}

export function declarationAt(
  lines: readonly string[],
  head: number,
  languageId: string,
  source = sourceOf(lines),
): Declaration {
  const { keyword, name } = headOf(lines[head] ?? '') ?? { keyword: '', name: '' };
  const to = endOf(lines, head, languageId, source);
  return { keyword, name, head, from: withDecorators(lines, head), to };
}

function withDecorators(lines: readonly string[], head: number): number {
  let from = head;
  for (let i = head - 1; i >= 0 && head - i < MOST_DECORATORS; i -= 1) {
    const line = lines[i] ?? '';
    if (line.trim() === '' || indent(line) < indent(lines[head] ?? '')) break;
    if (DECORATOR.test(line.trim()) && indent(line) === indent(lines[head] ?? '')) from = i;
    else if (headOf(line) !== undefined || /[;}]\s{0,4}$/.test(line)) break;
  }
  return from;
}

/** The first line of the comments directly above a line. */
export function withComments(lines: readonly string[], from: number): number {
  let start = from;
  while (start > 0 && COMMENT.test((lines[start - 1] ?? '').trim())) start -= 1;
  return start;
}

function endOf(
  lines: readonly string[],
  head: number,
  languageId: string,
  { text, starts }: DeclaringText,
): number {
  const scanner = new Scanner(text, starts[head] ?? 0, [], { lexicon: lexicon(languageId) });
  const width = indent(lines[head] ?? '');
  const byIndent = blocksByIndentation(languageId) || ENDING_WORDS.has(languageId);
  let [last, hasBody] = [head, false];
  for (let i = head; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const isInside = scanner.depth > 0;
    if (i > head && !isInside && line.trim() !== '') {
      const closes =
        ENDING_WORDS.has(languageId) && indent(line) === width && /^\s*end\b/.test(line.slice(0, 400));
      if (byIndent && indent(line) <= width) return closes ? i : last;
      if (!byIndent && (hasBody || !/^\s*\{/.test(line.slice(0, 400)))) return last;
    }
    scanner.advanceTo(starts[i + 1] ?? text.length);
    if (line.trim() !== '') last = i;
    hasBody ||= line.includes('{');
  }
  return last;
}

/** Whether the text closes exactly the brackets it opens. */
export function isWhole(text: string, languageId: string): boolean {
  const scanner = new Scanner(text, 0, [], { lexicon: lexicon(languageId) }).advanceTo(text.length);
  return scanner.closes.length === 0 && scanner.stack.every(({ line }) => line);
}
