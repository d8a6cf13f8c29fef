/**
 * Applies diffs as models write them: unified with right, wrong or no line numbers, without marks on context lines,
 * search and replace blocks, `*** Begin Patch`. Either each change applies at exactly one place of the file, or none
 * applies.
 */
import { applyPatch, parsePatch } from 'diff';
import { indentOf } from './indentation.ts';

interface Line {
  readonly kind: 'keep' | 'remove' | 'add';
  readonly text: string;
}

interface Hunk {
  /** Line of the file, from 0, that a header names; undefined = none. */
  readonly at: number | undefined;
  readonly lines: readonly Line[];
}

interface FilePatch {
  readonly name: string | undefined;
  readonly hunks: Hunk[];
}

/** Changes times lines: 30 changes of a file of 10,000 lines. */
const MOST_WORK = 300_000;
const LANGUAGES = new Set(['diff', 'patch', 'udiff', 'git-diff', 'search-replace']);
const HUNK = /^@@(?: -(\d{1,9})(?:,\d{1,9})? \+\d{1,9}| |$|@)/;
const SEARCH = /^(?:<{5,9}|-{5,9})(?: (?:SEARCH|ORIGINAL|HEAD)\b.{0,80})?$/;
const PLACE = /^:(?:start|end)_line: ?\d{1,9}$/;
const DIVIDER = /^={5,9}$/;
const REPLACE = /^(?:>{5,9}|\+{5,9})(?: (?:REPLACE|UPDATED)\b.{0,80}| [\w./-]{1,80})?$/;
const HEADER =
  /^(?:diff --git |index [\da-f]{4,}\.\.|new file mode |deleted file mode |similarity index |rename (?:from|to) |\*{3} (?:Begin Patch|End Patch|End of File))/;
const UPDATED_FILE = /^\*{3} (?:Update|Add|Delete) File: (.+)$/;

/** Whether the code describes a change, whatever language its fence names. */
export function isPatch(language: string, code: string, file: string): boolean {
  if (LANGUAGES.has(language.toLowerCase())) return true;
  const lines = code.split(/\r?\n/);
  if (lines.some((line, i) => HUNK.test(line) || UPDATED_FILE.test(line) || beginsFile(lines, i)))
    return true;
  const search = lines.findIndex((line) => SEARCH.test(line));
  const divider = lines.findIndex((line, i) => i > search && DIVIDER.test(line));
  if (search >= 0 && divider > search && lines.some((line, i) => i > divider && REPLACE.test(line)))
    return true;
  return isBareDiff(lines, file);
}

/** Marks in the first column only. Lists have them too, so each removed line must occur in the file. */
function isBareDiff(lines: readonly string[], file: string): boolean {
  const removed = lines.filter((line) => line.startsWith('-') && line.length > 1);
  if (removed.length === 0 || !lines.some((line) => line.startsWith('+'))) return false;
  const known = new Set(file.split(/\r?\n/).map((line) => line.trim()));
  return removed.every((line) => known.has(line.slice(1).trim()) && !known.has(line.trim()));
}

const beginsFile = (lines: readonly string[], i: number): boolean =>
  (lines[i] ?? '').startsWith('--- ') && (lines[i + 1] ?? '').startsWith('+++ ');

/** The file with all changes; undefined where one of them does not fit at exactly one place. */
export function patched(file: string, patch: string, fileName: string): string | undefined {
  const asStated = appliedAsStated(file, patch);
  if (asStated !== undefined) return asStated;
  const files = readPatch(patch.split(/\r?\n/));
  const named = files.length > 1 ? files.filter(({ name }) => baseName(name) === baseName(fileName)) : files;
  const hunks = named.flatMap(({ hunks }) => hunks);
  const eol = file.includes('\r\n') ? '\r\n' : '\n';
  if (hunks.length === 0) return undefined;
  if (file.trim() === '') return onlyAdded(hunks, eol);
  let lines: readonly string[] | undefined = file.split(/\r?\n/);
  // Each change is searched in the whole file.
  if (hunks.length * lines.length > MOST_WORK) return undefined;
  for (const hunk of hunks) {
    lines = lines && withHunk(lines, hunk);
  }
  return lines?.join(eol);
}

const baseName = (name: string | undefined): string | undefined => name?.split(/[/\\]/).at(-1)?.trim();

/** Applies a well-formed patch of one file whose lines all stand where its headers say. */
function appliedAsStated(file: string, patch: string): string | undefined {
  try {
    const parsed = parsePatch(patch);
    const [only] = parsed;
    if (only === undefined || parsed.length > 1 || only.hunks.length === 0) return undefined;
    const lines = file.split(/\r?\n/);
    const fits = only.hunks.every(({ oldStart, lines: said }) =>
      said
        .filter((line) => line.startsWith(' ') || line.startsWith('-'))
        .every((line, i) => lines[oldStart - 1 + i] === line.slice(1).replace(/\r$/, '')),
    );
    const result = fits && applyPatch(file, only, { fuzzFactor: 0 });
    return result === false ? undefined : result;
  } catch {
    // Models often write wrong counts: `readPatch` below reads such a patch line by line.
    return undefined;
  }
}

function onlyAdded(hunks: readonly Hunk[], eol: string): string | undefined {
  const lines = hunks.flatMap(({ lines }) => lines);
  return lines.every(({ kind }) => kind === 'add')
    ? lines.map(({ text }) => `${text}${eol}`).join('')
    : undefined;
}

function readPatch(lines: readonly string[]): readonly FilePatch[] {
  const files: FilePatch[] = [{ name: undefined, hunks: [] }];
  let open: { at: number | undefined; lines: Line[] } = { at: undefined, lines: [] };
  const begin = (at?: number): void => {
    open = { at, lines: [] };
    files.at(-1)?.hunks.push(open);
  };
  begin();
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const hunk = HUNK.exec(line);
    const name = UPDATED_FILE.exec(line)?.[1] ?? (beginsFile(lines, i) ? lines[i + 1]?.slice(4) : undefined);
    if (name !== undefined) {
      files.push({ name: name.split('\t', 1)[0], hunks: [] });
      begin();
      if (beginsFile(lines, i)) i += 1;
    } else if (hunk !== null) begin(hunk[1] === undefined ? undefined : Number(hunk[1]) - 1);
    else if (SEARCH.test(line)) {
      begin();
      i = readSearch(lines, i, open.lines);
      begin();
    } else if (!HEADER.test(line) && !line.startsWith('\\')) open.lines.push(marked(line));
  }
  return files
    .map(({ name, hunks }) => ({ name, hunks: hunks.map(withoutBlankEnds).filter(changes) }))
    .filter(({ hunks }) => hunks.length > 0);
}

/** Reads a search and replace block; returns the index of its last line. */
function readSearch(lines: readonly string[], start: number, into: Line[]): number {
  let kind: Line['kind'] = 'remove';
  for (let i = behindPlace(lines, start + 1); i < lines.length; i += 1) {
    const text = lines[i] ?? '';
    if (kind === 'add' && REPLACE.test(text)) return i;
    if (kind === 'remove' && DIVIDER.test(text)) kind = 'add';
    else into.push({ kind, text });
  }
  return lines.length;
}

/** Skips the lines in which Roo Code's blocks state their place, and the rule below them. */
function behindPlace(lines: readonly string[], start: number): number {
  let at = start;
  while (PLACE.test(lines[at] ?? '')) at += 1;
  return at > start && /^-{5,9}$/.test(lines[at] ?? '') ? at + 1 : at;
}

/** Models often omit the space before a context line. */
function marked(line: string): Line {
  const [mark, text] = [line.charAt(0), line.slice(1)];
  if (mark === '+') return { kind: 'add', text };
  if (mark === '-') return { kind: 'remove', text };
  return { kind: 'keep', text: mark === ' ' ? text : line };
}

function withoutBlankEnds({ at, lines }: Hunk): Hunk {
  const isBlank = ({ kind, text }: Line): boolean => kind === 'keep' && text.trim() === '';
  const first = lines.findIndex((line) => !isBlank(line));
  const last = lines.findLastIndex((line) => !isBlank(line));
  return {
    at: at === undefined ? undefined : at + Math.max(0, first),
    lines: first < 0 ? [] : lines.slice(first, last + 1),
  };
}

const changes = ({ lines }: Hunk): boolean => lines.some(({ kind }) => kind !== 'keep');

/** The part of a line that must be equal, from strict to lenient. */
type Part = (line: string) => string;
const PARTS: readonly Part[] = [(line) => line, (line) => line.trimEnd(), (line) => line.trim()];
/** The number of wrong context lines tolerated at each end. */
const MOST_DROPPED = 2;

function withHunk(file: readonly string[], hunk: Hunk): readonly string[] | undefined {
  for (let dropped = 0; dropped <= MOST_DROPPED; dropped += 1) {
    const shorter = withoutContext(hunk, dropped);
    if (shorter === undefined) return undefined;
    for (const part of PARTS) {
      const places = placesOf(file, shorter, part);
      const stated = places.find((place) => place === shorter.at);
      const place = places.length === 1 ? places[0] : stated;
      if (place !== undefined) return replaced(file, shorter, place);
      if (places.length > 1) return undefined;
    }
  }
  return undefined;
}

/**
 * The hunk without up to `dropped` context lines at each end; undefined where no line remains that determines a place.
 */
function withoutContext({ at, lines }: Hunk, dropped: number): Hunk | undefined {
  const kept = (line: Line | undefined): boolean => line?.kind === 'keep';
  let [from, to] = [0, lines.length];
  while (from < dropped && kept(lines[from])) from += 1;
  while (lines.length - to < dropped && to > from && kept(lines[to - 1])) to -= 1;
  const left = lines.slice(from, to);
  const tells = left.some(({ kind, text }) => kind !== 'add' && /\w{2}/.test(text));
  return tells ? { at: at === undefined ? undefined : at + from, lines: left } : undefined;
}

/** Stops at the second place: more make no difference, unless a header names one of them. */
function placesOf(file: readonly string[], { at, lines }: Hunk, part: Part): readonly number[] {
  const old = lines.filter(({ kind }) => kind !== 'add').map(({ text }) => part(text));
  const has = file.map(part);
  const found = occurrences(has, old, 2);
  const isAt = (start: number): boolean => old.every((text, i) => has[start + i] === text);
  return at !== undefined && at >= 0 && !found.includes(at) && isAt(at) ? [...found, at] : found;
}

/** Up to `most` places of `wanted` in `lines`; each line is compared twice at most (Knuth, Morris, Pratt). */
function occurrences(lines: readonly string[], wanted: readonly string[], most: number): readonly number[] {
  const found: number[] = [];
  const fallback = fallbacks(wanted);
  let matched = 0;
  for (let i = 0; i < lines.length && found.length < most; i += 1) {
    while (matched > 0 && lines[i] !== wanted[matched]) matched = fallback[matched - 1] ?? 0;
    if (lines[i] === wanted[matched]) matched += 1;
    if (matched < wanted.length) continue;
    found.push(i - wanted.length + 1);
    matched = fallback[matched - 1] ?? 0;
  }
  return found;
}

/** For each beginning of `wanted`: the length of the longest shorter beginning that is also its end. */
function fallbacks(wanted: readonly string[]): readonly number[] {
  const lengths = [0];
  let matched = 0;
  for (let i = 1; i < wanted.length; i += 1) {
    while (matched > 0 && wanted[i] !== wanted[matched]) matched = lengths[matched - 1] ?? 0;
    if (wanted[i] === wanted[matched]) matched += 1;
    lengths.push(matched);
  }
  return lengths;
}

/**
 * Context stays as in the file; added lines get the indentation of the neighboring lines of the file where the patch
 * differs.
 */
function replaced(file: readonly string[], { lines }: Hunk, place: number): readonly string[] {
  const result: string[] = [];
  const isTold = ({ kind, text }: Line): boolean => kind !== 'add' && text.trim() !== '';
  const first = lines.filter(({ kind }) => kind !== 'add').findIndex(isTold);
  let has = indentOf(file[place + Math.max(0, first)] ?? '');
  let said = indentOf(lines.find(isTold)?.text ?? '');
  let at = place;
  for (const line of lines) {
    const { kind, text } = line;
    if (kind === 'add') {
      result.push(
        has !== said && text !== '' && text.startsWith(said) ? has + text.slice(said.length) : text,
      );
      continue;
    }
    if (isTold(line)) [has, said] = [indentOf(file[at] ?? ''), indentOf(text)];
    if (kind === 'keep') result.push(file[at] ?? '');
    at += 1;
  }
  return [...file.slice(0, place), ...result, ...file.slice(at)];
}
