/**
 * Reads source text from left to right and keeps the stack of open frames: brackets, strings, templates, regular
 * expressions, comments. It reads each character once. It knows only the grammar that bracket matching needs; after an
 * error (a slash taken for a division) the end of the line resets it.
 */
import type { Lexicon } from './lexicon.ts';

/** In `code`, quotes and comments begin; in `text` (strings) and `prose` (comments), brackets are soft. */
type Reading = 'code' | 'text' | 'prose';

export interface Frame {
  /** The text that ends the frame; '\n' = the end of the line. */
  readonly closer: string;
  readonly reading: Reading;
  /** Whether a bracket in a string or a comment, or an angle bracket; the end of the surrounding frame also ends it. */
  readonly soft: boolean;
  /** Index of the frame that contains this soft one; -1 = none. */
  readonly base: number;
  /** Whether the end of the line ends the frame too. */
  readonly line: boolean;
  readonly escapes: boolean;
  /** Offset of the opener in the scanned text. */
  readonly at: number;
}

/** A closer of a frame that was open before the scan began, or of no frame (`frame` undefined). */
export interface Close {
  readonly at: number;
  readonly end: number;
  readonly closer: string;
  readonly frame: Frame | undefined;
}

const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** A closer is searched this many frames down, so a bracket that was never closed affects only its own closer. */
const PASSABLE = 3;
/** After one of these characters a value is expected, so a slash begins a regular expression. */
const BEFORE_VALUE = '(,=:[!&|?{;+-*%~^';
const VALUE_WORDS = new Set(
  'return case typeof in of else default from await yield new void delete throw instanceof do'.split(' '),
);
const LAST_WORD = /(?<![\w$])[\w$]{1,10}$/;
/** Python's and Rust's prefix letters of a string. */
const STRING_PREFIX = /(?:^|[^\w$])(?:[rbfu]|rb|br|fr|rf|cr?)$/i;

/** First characters of everything that opens or ends a frame; all other characters are skipped. */
const TELLING = new Uint8Array(128);
for (const char of '\n\\()[]{}<>/"\'`#-;%$*') TELLING[char.charCodeAt(0)] = 1;

export interface ScanOptions {
  readonly lexicon: Lexicon;
  /** Whether `<` and `>` are brackets where they are not operators. */
  readonly angles?: boolean;
}

export class Scanner {
  readonly #text: string;
  readonly #lexicon: Lexicon;
  readonly #angles: boolean;
  readonly #stack: Frame[];
  readonly #closes: Close[] = [];
  #floor: number;
  #at: number;

  constructor(text: string, from: number, stack: readonly Frame[], options: ScanOptions) {
    this.#text = text;
    this.#at = from;
    this.#stack = [...stack];
    this.#floor = stack.length;
    this.#lexicon = options.lexicon;
    this.#angles = options.angles === true;
  }

  /** The reached offset; it exceeds the wanted one where that lies inside an escape or a closer. */
  get at(): number {
    return this.#at;
  }

  get stack(): readonly Frame[] {
    return this.#stack;
  }

  get depth(): number {
    return this.#stack.length;
  }

  /** The smallest depth so far. */
  get floor(): number {
    return this.#floor;
  }

  get closes(): readonly Close[] {
    return this.#closes;
  }

  advanceTo(end: number): this {
    while (this.#at < end) {
      this.#at += TELLING[this.#text.charCodeAt(this.#at)] === 1 ? this.#step() : 1;
    }
    return this;
  }

  /** Reads one token and returns its length. */
  #step(): number {
    const char = this.#text.charAt(this.#at);
    if (char === '\n') return this.#endLine();
    const index = this.#hardIndex();
    const hard = this.#stack[index];
    if (char === '\\' && (hard?.escapes ?? true)) return this.#text[this.#at + 1] === '\n' ? 1 : 2;
    const reading = hard?.reading ?? (this.#lexicon.prose ? 'prose' : 'code');
    if (reading === 'code') return this.#code(char);
    if (hard !== undefined && this.#sees(hard.closer)) return this.#close(index, hard.closer);
    if (reading === 'text') return this.#inText(char, hard);
    return this.#soft(char) ?? this.#softQuote(char) ?? 1;
  }

  #sees(token: string): boolean {
    return this.#text.startsWith(token, this.#at);
  }

  #hardIndex(): number {
    const top = this.#stack.at(-1);
    return top?.soft === true ? top.base : this.#stack.length - 1;
  }

  #push(opener: string, closer: string, frame: Partial<Frame> = {}): number {
    const kind = { reading: 'code' as Reading, soft: false, line: false, escapes: true, ...frame };
    this.#stack.push({ ...kind, closer, base: kind.soft ? this.#hardIndex() : -1, at: this.#at });
    return opener.length;
  }

  /** Reduces the stack to `index`, the closed frame. */
  #close(index: number, closer: string): number {
    const frame = this.#stack[index];
    const end = this.#at + closer.length;
    if (index < this.#floor) this.#closes.push({ at: this.#at, end, closer, frame });
    this.#cutStack(index);
    return closer.length;
  }

  #cutStack(length: number): void {
    while (this.#stack.length > length) this.#stack.pop();
    if (length < this.#floor) this.#floor = length;
  }

  /** Ends the strings of one line, line comments and soft brackets at the end of the line. */
  #endLine(): number {
    let keep = this.#stack.length;
    for (let i = keep - 1; i >= 0; i -= 1) {
      const frame = this.#stack[i];
      if (frame?.line === true || (frame?.soft === true && i === keep - 1)) keep = i;
      else if (frame?.soft !== true) break;
    }
    this.#cutStack(keep);
    return 1;
  }

  #inText(char: string, hard: Frame | undefined): number {
    if (hard?.closer === '`' && hard.escapes && this.#sees('${')) return this.#push('${', '}');
    // In a regular expression, a slash inside a class does not end it.
    if (hard?.closer === '/' && char === '[') return this.#push('[', ']', { reading: 'text', line: true });
    return this.#soft(char) ?? 1;
  }

  /** Brackets in strings and comments match where possible and are never an error. */
  #soft(char: string): number | undefined {
    const closer = CLOSER_OF[char];
    const { reading } = this.#stack[this.#hardIndex()] ?? { reading: 'prose' };
    if (closer !== undefined) return this.#push(char, closer, { soft: true, reading });
    const top = this.#stack.length - 1;
    const frame = this.#stack[top];
    return frame?.soft === true && frame.closer === char ? this.#close(top, char) : undefined;
  }

  /** Quotes in comments and prose come in pairs; most apostrophes there are not quotes. */
  #softQuote(char: string): number | undefined {
    return char === '"' || char === '`'
      ? this.#push(char, char, { soft: true, reading: 'prose' })
      : undefined;
  }

  #code(char: string): number {
    return this.#comment(char) ?? this.#quote(char) ?? this.#bracket(char) ?? this.#angle(char) ?? 1;
  }

  #comment(char: string): number | undefined {
    const { lineComments, blockComment, regex } = this.#lexicon;
    for (const mark of lineComments) {
      if (!this.#sees(mark) || (mark === '#' && !this.#standsApart())) continue;
      return this.#push(mark, '\n', { reading: 'prose', line: true, escapes: false });
    }
    if (blockComment !== undefined && this.#sees(blockComment[0])) {
      return this.#push(blockComment[0], blockComment[1], { reading: 'prose', escapes: false });
    }
    return char === '/' && regex && this.#expectsValue()
      ? this.#push('/', '/', { reading: 'text', line: true })
      : undefined;
  }

  /** Whether `$#` and `${#x}`, which are not comments. */
  #standsApart(): boolean {
    return !/[\w$&{'"]/.test(this.#text.charAt(this.#at - 1));
  }

  #expectsValue(): boolean {
    const before = this.#text.slice(Math.max(0, this.#at - 40), this.#at).trimEnd();
    const last = before.at(-1);
    if (last === undefined) return false;
    if (last === '>') return before.endsWith('=>');
    const word = LAST_WORD.exec(before)?.[0];
    return word === undefined ? BEFORE_VALUE.includes(last) : VALUE_WORDS.has(word);
  }

  #quote(char: string): number | undefined {
    const { tripleQuotes, backtick, rustRaw } = this.#lexicon;
    if (char === '`') {
      if (backtick === 'none') return undefined;
      return this.#push('`', '`', { reading: 'text', escapes: backtick === 'template' });
    }
    if (char !== '"' && char !== "'") return undefined;
    const triple = char.repeat(3);
    if (tripleQuotes && this.#sees(triple)) return this.#push(triple, triple, { reading: 'text' });
    if (char === "'" && !this.#opensString()) return undefined;
    const hashes = rustRaw && char === '"' ? this.#rawHashes() : undefined;
    if (hashes !== undefined) return this.#push('"', `"${hashes}`, { reading: 'text', escapes: false });
    return this.#push(char, char, { reading: 'text', line: true });
  }

  /** An apostrophe after a word ("don't") or before a lifetime ('a) opens no string. */
  #opensString(): boolean {
    const { apostrophe } = this.#lexicon;
    if (apostrophe === 'none') return false;
    if (apostrophe === 'character') {
      return /^'(?:'|[^\\\n]'|\\|[\ud800-\udbff][\udc00-\udfff]')/.test(
        this.#text.slice(this.#at, this.#at + 4),
      );
    }
    if (!/[\w$]/.test(this.#text.charAt(this.#at - 1))) return true;
    const before = this.#text.slice(Math.max(0, this.#at - 16), this.#at);
    return STRING_PREFIX.test(before) || VALUE_WORDS.has(LAST_WORD.exec(before)?.[0] ?? '');
  }

  /** The `#`s of `r#"`; undefined where no raw string begins. */
  #rawHashes(): string | undefined {
    return /(?:^|\W)b?r(#{0,8})$/.exec(this.#text.slice(Math.max(0, this.#at - 11), this.#at))?.[1];
  }

  #bracket(char: string): number | undefined {
    const closer = CLOSER_OF[char];
    if (closer !== undefined) return this.#push(char, closer);
    if (char !== ')' && char !== ']' && char !== '}') return undefined;
    const index = this.#opened(char);
    if (index !== undefined) return this.#close(index, char);
    if (this.#stack.length <= this.#floor) {
      this.#closes.push({ at: this.#at, end: this.#at + 1, closer: char, frame: undefined });
    }
    return 1;
  }

  /** The frame that `closer` ends, at most a few unclosed frames down; code never ends the frame around a string. */
  #opened(closer: string): number | undefined {
    let index = this.#hardIndex();
    for (let passed = 0; passed < PASSABLE && index >= 0; passed += 1, index -= 1) {
      const frame = this.#stack[index];
      if (frame === undefined || frame.reading !== 'code' || frame.soft) return undefined;
      if (frame.closer === closer) return index;
      if (this.#stack[index - 1]?.reading === 'text') return undefined;
    }
    return undefined;
  }

  #angle(char: string): number | undefined {
    if (!this.#angles) return undefined;
    const [before, after] = [this.#text.charAt(this.#at - 1), this.#text.charAt(this.#at + 1)];
    if (char === '<') {
      return /[\s=<]/.test(after) ? undefined : this.#push(char, '>', { soft: true });
    }
    if (char !== '>' || before === '=' || before === '-' || (before === ' ' && after === ' '))
      return undefined;
    const top = this.#stack.length - 1;
    return this.#stack[top]?.closer === '>' ? this.#close(top, char) : undefined;
  }
}
