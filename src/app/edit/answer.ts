/**
 * Converts a model's answer into the lines that replace the edited ones. Pure and total. Models answer with the
 * requested lines, but also with the whole file, a diff, surrounding lines, another indentation, or only prose; an
 * omission ("rest unchanged") stands for lines of the file and is never applied as text. An answer without an
 * unambiguous place is refused.
 */
import { fitIndentation } from '../../core/edit/indent.ts';
import { commonEnds, lengthOf, linesOf } from '../../core/edit/lines.ts';
import { similarity } from '../../core/inline/editDistance.ts';
import { streamed } from '../../core/edit/streamed.ts';
import type { Stretch } from '../../core/inline/survival.ts';
import { isWhole, onlyDeclaration } from '../ask/declarations.ts';
import { elidedLines, merged } from '../ask/elisions.ts';
import { overNamesake } from '../ask/namesake.ts';
import { isPatch, patched } from '../ask/patches.ts';

/** The lines of the request, as of its sending. */
export interface EditPlace {
  readonly file: string;
  /** Whole lines of it. */
  readonly region: Stretch;
  readonly fileName: string;
  readonly languageId: string;
}

/** Only prose, omissions or a diff without a place, or another file's diff. */
export type EditRefusal = 'prose' | 'elided' | 'patch' | 'other-file';

export type EditTarget =
  /** `region` of the place's file becomes `lines`; it may be wider than the requested region. */
  | { readonly kind: 'lines'; readonly region: Stretch; readonly lines: readonly string[] }
  | { readonly kind: 'refused'; readonly why: EditRefusal };

interface FencedBlock {
  readonly info: string;
  readonly lines: readonly string[];
  readonly isClosed: boolean;
}

const refused = (why: EditRefusal): EditTarget => ({ kind: 'refused', why });

export function targetOf(place: EditPlace, answer: string): EditTarget {
  const parts = partsOf(place);
  const block = mainBlock(answer, parts.region);
  if (block === undefined) return refused('prose');
  const code = block.lines.join('\n');
  if (isPatch(block.info, code, place.file)) return byPatch(place, parts, code);
  const whole = [...parts.before, ...parts.region, ...parts.after];
  const elided = elidedLines(block.lines, whole);
  if (elided.size > 0) return aroundElisions(place, parts, block.lines, elided);
  if (isWholeFile(parts, block.lines)) return widened(place, parts, withEnds(block.lines, parts));
  const own = withoutSurroundings(parts, block.lines, place.languageId);
  const named = overNamed(parts, own, place.languageId);
  if (named) return { kind: 'lines', region: place.region, lines: withEnds(named, parts) };
  const fitted = fitIndentation(own, parts.region, whole);
  return { kind: 'lines', region: place.region, lines: withEnds(fitted, parts) };
}

/** Lines on each side of the region, and at the file's beginning, that are examined for each piece of an answer. */
const NEAR = 500;
const TOP = 20;

/**
 * The region while the answer still arrives; undefined where the answer may turn out not to be the region's new lines,
 * so that the caller waits.
 */
export function streamTarget(place: EditPlace, soFar: string): readonly string[] | undefined {
  const parts = partsOf(place);
  const [block, another] = blocksOf(soFar);
  if (block === undefined || another !== undefined) return undefined;
  const lines = block.isClosed ? block.lines : block.lines.slice(0, -1);
  const first = lines.find(tells)?.trim();
  if (first === undefined || isPatch(block.info, lines.join('\n'), place.file)) return undefined;
  const { before, after } = parts;
  const around = [...before.slice(0, TOP), ...before.slice(-NEAR), ...after.slice(0, NEAR)];
  const isOutside = around.some((line) => line.trim() === first);
  if (isOutside && !parts.region.some((line) => line.trim() === first)) return undefined;
  const near = [...around, ...parts.region];
  if (elidedLines(lines, near).size > 0) return undefined;
  const fresh = withEnds(fitIndentation(lines, parts.region, near), parts);
  return streamed(linesOf(place.file.slice(place.region.start, place.region.end)), fresh);
}

/** The file's lines without their ends. */
interface Parts {
  readonly before: readonly string[];
  readonly region: readonly string[];
  readonly after: readonly string[];
  readonly eol: string;
  /** Whether the last written line has a line end. */
  readonly ends: boolean;
}

/** A streaming answer is examined repeatedly. */
const known = new WeakMap<EditPlace, Parts>();

function partsOf(place: EditPlace): Parts {
  const parts = known.get(place) ?? split(place);
  known.set(place, parts);
  return parts;
}

function split({ file, region: { start, end } }: EditPlace): Parts {
  const bare = (text: string): readonly string[] => linesOf(text).map((line) => line.replace(/\r?\n$/, ''));
  const region = file.slice(start, end);
  return {
    before: bare(file.slice(0, start)),
    region: bare(region),
    after: bare(file.slice(end)),
    eol: file.includes('\r\n') ? '\r\n' : '\n',
    ends: region === '' || region.endsWith('\n'),
  };
}

const withEnds = (lines: readonly string[], { eol, ends }: Parts): readonly string[] =>
  lines.map((line, i) => (i < lines.length - 1 || ends ? line.replace(/\r$/, '') + eol : line));

/** A line with more content than a bracket. */
const tells = (line: string): boolean => line.trim().length > 3;
const told = (lines: readonly string[]): readonly string[] => lines.filter(tells).map((line) => line.trim());
const sharedBy = (lines: readonly string[], others: readonly string[]): number => {
  const known = new Set(told(others));
  const telling = told(lines);
  return telling.length === 0 ? 0 : telling.filter((line) => known.has(line)).length / telling.length;
};

const FENCE = /^ {0,3}(`{3,}|~{3,})([^\n]*)/;

function blocksOf(answer: string): readonly FencedBlock[] {
  const blocks: { info: string; lines: string[]; isClosed: boolean }[] = [];
  let marker: string | undefined;
  for (const line of answer.split(/\r?\n/)) {
    const [, mark = '', info = ''] = FENCE.exec(line) ?? [];
    const open = blocks.at(-1);
    if (marker === undefined && mark !== '') {
      marker = mark;
      blocks.push({ info: /^\s*([^\s{]*)/.exec(info)?.[1] ?? '', lines: [], isClosed: false });
    } else if (marker !== undefined && open) {
      if (mark.startsWith(marker) && info.trim() === '') {
        open.isClosed = true;
        marker = undefined;
      } else open.lines.push(line);
    }
  }
  return blocks;
}

/** Of several blocks, the one with most of the region's lines; among equals the longest. */
function mainBlock(answer: string, region: readonly string[]): FencedBlock | undefined {
  const [first, ...others] = blocksOf(answer);
  if (first === undefined) return unfenced(answer, region);
  const score = ({ lines }: FencedBlock): number => sharedBy(region, lines) + lines.length / 1e6;
  return others.reduce((best, block) => (score(block) > score(best) ? block : best), first);
}

/** Code without a fence contains lines of the region; prose contains none. */
function unfenced(answer: string, region: readonly string[]): FencedBlock | undefined {
  const lines = answer
    .trimEnd()
    .replace(/^\s*\n/, '')
    .split(/\r?\n/);
  return sharedBy(lines, region) >= 0.5 ? { info: '', lines, isClosed: true } : undefined;
}

const NAMED = /^(?:\+{3}|-{3}|\*{3} (?:Update|Add|Delete) File:) (?:[ab]\/)?([^\t\r\n]{1,400})/gm;
const baseName = (path: string): string => path.split(/[/\\]/).at(-1)?.trim() ?? '';

function byPatch(place: EditPlace, parts: Parts, code: string): EditTarget {
  const names = [...code.matchAll(NAMED)].map(([, name = '']) => baseName(name));
  const files = names.filter((name) => name !== 'null' && /\.\w+$/.test(name));
  if (files.length > 0 && !files.includes(baseName(place.fileName))) return refused('other-file');
  const text = patched(place.file, code, place.fileName);
  return text === undefined ? refused('patch') : widened(place, parts, linesOf(text));
}

function aroundElisions(
  place: EditPlace,
  parts: Parts,
  block: readonly string[],
  elided: ReadonlySet<number>,
): EditTarget {
  const whole = [...parts.before, ...parts.region, ...parts.after];
  const fitted = fitIndentation(block, parts.region, whole);
  const region = mergedWithin(parts.region, fitted, elided) ?? merged(parts.region, fitted, elided);
  if (region) return { kind: 'lines', region: place.region, lines: withEnds(region, parts) };
  const file = merged(whole, block, elided);
  const ends = place.file === '' || place.file.endsWith('\n');
  return file === undefined ? refused('elided') : widened(place, parts, withEnds(file, { ...parts, ends }));
}

/**
 * The block stands for the whole region, so that its first and its last part have a place even with new lines there.
 */
function mergedWithin(
  region: readonly string[],
  block: readonly string[],
  elided: ReadonlySet<number>,
): readonly string[] | undefined {
  const [first, last] = ['\u0000begin', '\u0000end'];
  const { head, tail } = commonEnds(region, block);
  const inner = (lines: readonly string[]): readonly string[] => lines.slice(head, lines.length - tail);
  const shifted = new Set([...elided].map((i) => i + 1 - head));
  const result = merged([first, ...inner(region), last], [first, ...inner(block), last], shifted);
  return result && [...region.slice(0, head), ...result.slice(1, -1), ...region.slice(region.length - tail)];
}

/** It begins as the file does, and contains most of the lines around the region. */
function isWholeFile({ before, region, after }: Parts, block: readonly string[]): boolean {
  const around = [...before, ...after];
  const [[first = ''], [said = '']] = [told([...before, ...region, ...after]), told(block)];
  return told(around).length > 0 && similarity(first, said) >= 0.6 && sharedBy(around, block) >= 0.6;
}

/** A new version of the whole file, as a change of the region and of the file's other changed lines. */
function widened({ file, region }: EditPlace, parts: Parts, fresh: readonly string[]): EditTarget {
  const ends = file === '' || file.endsWith('\n');
  const wanted = fresh.map((line, i) =>
    i < fresh.length - 1 || ends ? line.replace(/\r?\n$/, '') + parts.eol : line.replace(/\r?\n$/, ''),
  );
  const old = linesOf(file);
  const { head, tail } = commonEnds(old, wanted);
  const from = Math.min(head, linesOf(file.slice(0, region.start)).length);
  const behind = Math.min(tail, linesOf(file.slice(region.end)).length);
  const start = lengthOf(old.slice(0, from));
  const end = lengthOf(old.slice(0, old.length - behind));
  return { kind: 'lines', region: { start, end }, lines: wanted.slice(from, wanted.length - behind) };
}

/** Lines of the file around the region that the model repeated; the region's own first line is not one of them. */
function withoutSurroundings(
  { before, region, after }: Parts,
  block: readonly string[],
  languageId: string,
): readonly string[] {
  const same = (a: string | undefined, b: string | undefined): boolean => a?.trim() === b?.trim();
  const repeats = (
    count: number,
    pair: (i: number) => readonly [string | undefined, string | undefined],
  ): boolean => {
    const pairs = Array.from({ length: count }, (_, i) => pair(i));
    return pairs.every(([a, b]) => same(a, b)) && pairs.some(([a]) => a !== undefined && tells(a));
  };
  const longest = (most: number, fits: (count: number) => boolean): number => {
    for (let count = Math.min(most, MOST_REPEATED); count > 0; count -= 1) if (fits(count)) return count;
    return 0;
  };
  const atStart = longest(Math.min(before.length, block.length), (count) =>
    repeats(count, (i) => [block[i], before[before.length - count + i]]),
  );
  const head = same(block[0], region[0]) && atStart < 2 ? 0 : atStart;
  const rest = block.slice(head);
  const atEnd = longest(Math.min(after.length, rest.length), (count) =>
    repeats(count, (i) => [rest[rest.length - count + i], after[i]]),
  );
  const tail = same(rest.at(-1), region.at(-1)) && atEnd < 2 ? 0 : atEnd;
  if (tail > 0) return rest.slice(0, rest.length - tail);
  return withoutBrackets(rest, { region, after, languageId });
}

/** Brackets after the region that the model closed too, where only without them the brackets match. */
function withoutBrackets(
  block: readonly string[],
  { region, after, languageId }: Pick<Parts, 'region' | 'after'> & { readonly languageId: string },
): readonly string[] {
  const whole = (lines: readonly string[]): boolean => isWhole(lines.join('\n'), languageId);
  let count = 0;
  while (count < MOST_BRACKETS && block.at(-1 - count)?.trim() !== '' && count < block.length) {
    count += 1;
    const repeated = block.slice(-count).every((line, i) => line.trim() === after[i]?.trim());
    if (repeated && whole(region) && !whole(block) && whole(block.slice(0, -count)))
      return block.slice(0, -count);
  }
  return block;
}

const MOST_REPEATED = 200;
const MOST_BRACKETS = 4;
/** The region has this many times the lines of a block that is one of its declarations. */
const MUCH_LONGER = 2;

/** One function of the requested class: the others stay. */
function overNamed(
  parts: Parts,
  block: readonly string[],
  languageId: string,
): readonly string[] | undefined {
  const { region } = parts;
  if (told(region).length < MUCH_LONGER * told(block).length) return undefined;
  if (told(region)[0] === told(block)[0] || onlyDeclaration(block, languageId) === undefined)
    return undefined;
  return overNamesake(region, block, { near: 0, languageId });
}
