/**
 * The patterns of .gitignore (git's documentation, gitignore(5)), case-insensitive. Packages translate patterns into
 * regular expressions, and a repository may contain `*a*a*a*a*b`, whose match time then grows with a power of the
 * path's length. Here a pattern of p characters on a path of n characters takes at most p x n steps.
 */

export interface IgnoreVerdict {
  readonly ignored: boolean;
  /** A later `!pattern` has reversed the verdict. */
  readonly unignored: boolean;
}

export interface IgnorePatterns {
  /** `path`: relative, with slashes; the path of a folder ends with a slash. */
  readonly test: (path: string) => IgnoreVerdict;
  readonly ignores: (path: string) => boolean;
}

/** Number of remembered verdicts: a moving cursor asks for the same few paths. */
const MAX_KNOWN = 1000;

export function ignorePatterns(lines: readonly string[]): IgnorePatterns {
  const rules = lines.flatMap((line) => parseRule(line) ?? []);
  const known = new Map<string, IgnoreVerdict>();
  const own = (path: string): IgnoreVerdict => {
    const former = known.get(path);
    if (former !== undefined) return former;
    if (known.size >= MAX_KNOWN) known.clear();
    const found = lastWord(rules, path);
    known.set(path, found);
    return found;
  };
  /** The content of an ignored folder is ignored, and no pattern reverses that. */
  const test = (path: string): IgnoreVerdict => {
    for (let slash = path.indexOf('/'); slash >= 0 && slash < path.length - 1;) {
      const folder = own(path.slice(0, slash + 1));
      if (folder.ignored) return folder;
      slash = path.indexOf('/', slash + 1);
    }
    return own(path);
  };
  return { test, ignores: (path) => test(path).ignored };
}

/** The verdict of the last rule that applies to exactly this file or folder. */
function lastWord(rules: readonly Rule[], path: string): IgnoreVerdict {
  const segments = path.toLowerCase().split('/');
  const isFolder = segments.at(-1) === '';
  if (isFolder) segments.pop();
  const last = rules.findLast((rule) => (isFolder || !rule.foldersOnly) && applies(rule, segments));
  return { ignored: last?.negated === false, unignored: last?.negated === true };
}

/** Most patterns match a name in any folder. */
function applies({ segments }: Rule, path: readonly string[]): boolean {
  const [first, name] = segments;
  const isName = segments.length === 2 && first === '**' && name !== undefined && name !== '**';
  return isName ? matchesSegment(name, path.at(-1) ?? '') : matchesPath(segments, path);
}

interface Rule {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  readonly segments: readonly Segment[];
}

type Segment = '**' | readonly Token[];
/** A literal character, any single character, any run of characters, or a character class. */
type Token = { readonly char: string } | '?' | '*' | ((char: string) => boolean);

function parseRule(line: string): Rule | undefined {
  let pattern = withoutTrailingBlanks(line);
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  const negated = pattern.startsWith('!');
  if (negated) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith('/');
  if (foldersOnly) pattern = pattern.slice(0, -1);
  const isAnchored = pattern.includes('/');
  const parts = pattern
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const segments: Segment[] = parts.map((part) => (isAnchored && part === '**' ? '**' : tokensOf(part)));
  if (!isAnchored) segments.unshift('**');
  // `a/**` matches everything inside a, but not a itself.
  if (segments.at(-1) === '**') segments.push(['*']);
  return { negated, foldersOnly, segments };
}

/** A blank after a backslash stays. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1)) && line.charAt(end - 2) !== '\\') end -= 1;
  return line.slice(0, end);
}

function tokensOf(part: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < part.length; at++) {
    const char = part.charAt(at);
    const close = char === '[' ? classEnd(part, at) : -1;
    if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (char === '?') tokens.push('?');
    else if (close > 0) {
      tokens.push(classOf(part.slice(at + 1, close)));
      at = close;
    } else if (char === '\\' && at + 1 < part.length) tokens.push({ char: part.charAt(++at) });
    else tokens.push({ char });
  }
  return tokens;
}

/**
 * A bracket directly after the opening bracket is literal; without a closing bracket the opening one is literal too.
 */
function classEnd(part: string, open: number): number {
  const first = '!^'.includes(part.charAt(open + 1)) ? open + 2 : open + 1;
  return part.indexOf(']', first + 1);
}

function classOf(body: string): (char: string) => boolean {
  const isNegated = body.startsWith('!') || body.startsWith('^');
  const members = isNegated ? body.slice(1) : body;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    if (members.charAt(at) === '\\') at += 1;
    const low = members.charAt(at);
    const isRange = members.charAt(at + 1) === '-' && at + 2 < members.length;
    ranges.push([low, isRange ? members.charAt(at + 2) : low]);
    if (isRange) at += 2;
  }
  return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== isNegated;
}

/**
 * Matches from left to right. After a mismatch the last `**` takes one more segment; earlier segments need no second
 * try.
 */
function matchesPath(pattern: readonly Segment[], path: readonly string[]): boolean {
  return matches(pattern, path.length, {
    isWild: (segment) => segment === '**',
    fits: (segment, at) => segment !== '**' && matchesSegment(segment, path[at] ?? ''),
  });
}

function matchesSegment(pattern: readonly Token[], text: string): boolean {
  return matches(pattern, text.length, {
    isWild: (token) => token === '*',
    fits: (token, at) => {
      if (token === '?') return true;
      if (typeof token === 'function') return token(text.charAt(at));
      return token !== '*' && token.char === text.charAt(at);
    },
  });
}

interface Matching<T> {
  /** Whether `part` matches any number of items. */
  readonly isWild: (part: T) => boolean;
  readonly fits: (part: T, at: number) => boolean;
}

function matches<T>(pattern: readonly T[], length: number, { isWild, fits }: Matching<T>): boolean {
  let [part, at] = [0, 0];
  let wild: { readonly part: number; at: number } | undefined;
  while (at < length) {
    const now = pattern[part];
    if (now !== undefined && isWild(now)) {
      wild = { part: (part += 1), at };
    } else if (now !== undefined && fits(now, at)) {
      part += 1;
      at += 1;
    } else if (wild) {
      at = wild.at += 1;
      part = wild.part;
    } else return false;
  }
  return pattern.slice(part).every(isWild);
}
