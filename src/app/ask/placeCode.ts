/**
 * Finds the place in a file for a code block of an answer. Pure; the user reviews the result as a diff before anything
 * changes. The methods in order of reliability: a patch; the parts around the block's omissions; the function or class
 * that the block is; the selection of the question; the whole file; the lines between the block's first and last line;
 * the cursor. A patch or a placeholder without a matching place is refused.
 */
import { isWhole } from './declarations.ts';
import { elidedLines, merged } from './elisions.ts';
import { indentOf } from './indentation.ts';
import { overNamesake } from './namesake.ts';
import { isPatch, patched } from './patches.ts';

export interface Placement {
  readonly text: string;
  readonly how: 'patch' | 'selection' | 'whole-file' | 'matching-lines' | 'cursor';
}

/** The reason for a refusal: a patch without a place, or code that omits what it would replace. */
export interface Refusal {
  readonly how: 'refused';
  readonly why: 'patch' | 'elided';
}

export interface PlaceHints {
  /** The selected text of the question, if the file still contains it exactly once. */
  readonly selectedText: string | undefined;
  /** Offset of the cursor. */
  readonly cursor: number;
  /** VS Code's id of the file's language; undefined = the language of the block's fence. */
  readonly languageId?: string;
  readonly fileName?: string;
}

type Hints = PlaceHints & { readonly languageId: string };

const FENCES = new Map([
  ['ts', 'typescript'],
  ['tsx', 'typescriptreact'],
  ['js', 'javascript'],
  ['jsx', 'javascriptreact'],
  ['py', 'python'],
  ['rs', 'rust'],
  ['rb', 'ruby'],
]);

export function placeCode(
  file: string,
  language: string,
  code: string,
  hints: PlaceHints,
): Placement | Refusal {
  if (isPatch(language, code, file)) {
    const text = patched(file, code, hints.fileName ?? '');
    return text === undefined ? { how: 'refused', why: 'patch' } : { text, how: 'patch' };
  }
  const eol = file.includes('\r\n') ? '\r\n' : '\n';
  const block = code.replaceAll(/\r?\n/g, eol);
  const languageId = hints.languageId ?? FENCES.get(language.toLowerCase()) ?? language.toLowerCase();
  return (
    aroundElisions(file, block, eol) ??
    byName(file, block, eol, { ...hints, languageId }) ??
    overSelection(file, block, eol, { ...hints, languageId }) ??
    asWholeFile(file, block) ??
    overMatchingLines(file, block, eol) ??
    atCursor(file, block, hints.cursor, eol)
  );
}

function aroundElisions(file: string, block: string, eol: string): Placement | Refusal | undefined {
  if (file.trim() === '') return undefined;
  const [lines, said] = [file.split(eol), block.trimEnd().split(eol)];
  const elided = elidedLines(said, lines);
  if (elided.size === 0) return undefined;
  const text = merged(lines, said, elided)?.join(eol);
  return text === undefined ? { how: 'refused', why: 'elided' } : { text, how: 'matching-lines' };
}

/** A block that is one function or class replaces the declaration of that name, whatever part of it was selected. */
function byName(file: string, block: string, eol: string, hints: Hints): Placement | undefined {
  const at = hints.selectedText === undefined ? undefined : onlyOffset(file, hints.selectedText);
  const near = lineOf(file, at ?? hints.cursor);
  const text = overNamesake(file.split(eol), block.split(eol), { near, languageId: hints.languageId });
  return text && { text: text.join(eol), how: 'matching-lines' };
}

const lineOf = (file: string, offset: number): number =>
  file.slice(0, Math.max(0, offset)).split('\n').length - 1;

function onlyOffset(file: string, part: string): number | undefined {
  const at = file.indexOf(part);
  return at < 0 || file.indexOf(part, at + 1) >= 0 ? undefined : at;
}

/** A whole block does not replace a selection that splits a pair of brackets. */
function overSelection(file: string, block: string, eol: string, hints: Hints): Placement | undefined {
  const { selectedText, languageId } = hints;
  const selected = selectedText?.replaceAll(/\r?\n/g, eol);
  if (selected === undefined || selected.trim() === '') return undefined;
  const at = onlyOffset(file, selected);
  if (at === undefined || (isWhole(block, languageId) && !isWhole(selected, languageId))) return undefined;
  const body = selected.endsWith('\n') ? withEnd(block) : block.replace(/\r?\n$/, '');
  const indented = reindent(body, selected, file.slice(file.lastIndexOf('\n', at - 1) + 1, at));
  return { text: file.slice(0, at) + indented + file.slice(at + selected.length), how: 'selection' };
}

/**
 * The block begins as the file does and still contains most of the file's end; a single rewritten function does not.
 */
function asWholeFile(file: string, block: string): Placement | undefined {
  if (file.trim() === '') return { text: withEnd(block), how: 'whole-file' };
  if (firstLine(file) !== firstLine(block)) return undefined;
  const fileLines = tellingLines(file);
  const end = fileLines.slice(-Math.ceil(fileLines.length / 3));
  const kept = new Set(tellingLines(block));
  if (end.filter((line) => kept.has(line)).length < end.length / 2) return undefined;
  return { text: file.endsWith('\n') ? withEnd(block) : block, how: 'whole-file' };
}

/** Lines with more content than a bracket. */
const tellingLines = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length > 3);

/** Replaces the lines from the block's first line to its last, where both occur once and in order. */
function overMatchingLines(file: string, block: string, eol: string): Placement | undefined {
  const lines = file.split(eol);
  const blockLines = block.trimEnd().split(eol);
  const [first, last] = [blockLines[0]?.trim() ?? '', blockLines.at(-1)?.trim() ?? ''];
  if (blockLines.length < 2 || first.length < 4) return undefined;
  const start = onlyIndex(lines, first);
  if (start === undefined) return undefined;
  const indent = indentOf(lines[start] ?? '');
  const end = lines.findIndex((line, i) => i > start && line.trim() === last && indentOf(line) === indent);
  if (end < 0) return undefined;
  const old = lines.slice(start, end + 1).join(eol);
  const fresh = reindent(blockLines.join(eol), old, '').split(eol);
  return {
    text: [...lines.slice(0, start), ...fresh, ...lines.slice(end + 1)].join(eol),
    how: 'matching-lines',
  };
}

function atCursor(file: string, block: string, cursor: number, eol: string): Placement {
  const at = Math.min(Math.max(0, cursor), file.length);
  const before = at === 0 || file[at - 1] === '\n' ? '' : eol;
  const body = file.slice(at) === '' || file[at] !== '\n' ? withEnd(block) : block;
  return { text: file.slice(0, at) + before + body + file.slice(at), how: 'cursor' };
}

/**
 * Models often return code without indentation. Where the block's first line is indented less than the old one, every
 * line gets the difference. `lineStart`: the text before the old text on its line.
 */
function reindent(block: string, old: string, lineStart: string): string {
  const inLine = lineStart.trim() === '' ? lineStart : '';
  const wanted = inLine + indentOf(firstLine(old));
  const has = indentOf(firstLine(block));
  if (!wanted.startsWith(has) || wanted.length === has.length) {
    return inLine !== '' && has === wanted ? block.slice(inLine.length) : block;
  }
  const add = wanted.slice(has.length);
  const indented = block.replaceAll(/^(?=.*\S)/gm, add);
  return indented.slice(inLine.length);
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';
const withEnd = (text: string): string =>
  /\n$/.test(text) ? text : `${text}${text.includes('\r\n') ? '\r\n' : '\n'}`;

function onlyIndex(lines: readonly string[], wanted: string): number | undefined {
  const first = lines.findIndex((line) => line.trim() === wanted);
  const again = lines.findIndex((line, i) => i > first && line.trim() === wanted);
  return first < 0 || again >= 0 ? undefined : first;
}
