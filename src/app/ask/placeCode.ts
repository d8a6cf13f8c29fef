/**
 * Where a code block of an answer belongs in a file. Pure; the user sees the result as a diff before anything changes,
 * so a wrong guess costs a glance, not work. Tried in order, surest first: a patch; the selection that was asked about;
 * the whole file; the lines between the block's first and last line; the cursor.
 */
import { applyPatch } from 'diff';

export interface Placement {
  readonly text: string;
  readonly how: 'patch' | 'selection' | 'whole-file' | 'matching-lines' | 'cursor';
}

export interface PlaceHints {
  /** The text that was asked about, if the file still holds it once. */
  readonly selectedText: string | undefined;
  /** Offset of the cursor. */
  readonly cursor: number;
}

export function placeCode(file: string, language: string, code: string, hints: PlaceHints): Placement {
  const eol = file.includes('\r\n') ? '\r\n' : '\n';
  const block = code.replaceAll(/\r?\n/g, eol);
  return (
    asPatch(file, language, code) ??
    overSelection(file, block, hints.selectedText) ??
    asWholeFile(file, block) ??
    overMatchingLines(file, block, eol) ??
    atCursor(file, block, hints.cursor, eol)
  );
}

function asPatch(file: string, language: string, code: string): Placement | undefined {
  if (!/^(diff|patch)$/i.test(language)) return undefined;
  const text = patched(file, code);
  return text === undefined ? undefined : { text, how: 'patch' };
}

/** Models miscount hunk headers; a patch that does not parse or fit is no patch. */
function patched(file: string, patch: string): string | undefined {
  try {
    const result = applyPatch(file, patch, { fuzzFactor: 2, autoConvertLineEndings: true });
    return result === false ? undefined : result;
  } catch {
    return undefined;
  }
}

function overSelection(file: string, block: string, selected: string | undefined): Placement | undefined {
  if (selected === undefined || selected.trim() === '') return undefined;
  const at = file.indexOf(selected);
  if (at < 0 || file.indexOf(selected, at + 1) >= 0) return undefined;
  const body = selected.endsWith('\n') ? withEnd(block) : block.replace(/\r?\n$/, '');
  const indented = reindent(body, selected, file.slice(file.lastIndexOf('\n', at - 1) + 1, at));
  return { text: file.slice(0, at) + indented + file.slice(at + selected.length), how: 'selection' };
}

/** It begins as the file does and still has most of the file's end: one function rewritten has not. */
function asWholeFile(file: string, block: string): Placement | undefined {
  if (file.trim() === '') return { text: withEnd(block), how: 'whole-file' };
  if (firstLine(file) !== firstLine(block)) return undefined;
  const fileLines = tellingLines(file);
  const end = fileLines.slice(-Math.ceil(fileLines.length / 3));
  const kept = new Set(tellingLines(block));
  if (end.filter((line) => kept.has(line)).length < end.length / 2) return undefined;
  return { text: file.endsWith('\n') ? withEnd(block) : block, how: 'whole-file' };
}

/** Lines with more to them than a bracket. */
const tellingLines = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length > 3);

/** The block replaces the lines from its own first line to its own last, where both are found once and in order. */
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
 * Models often return code flush left. When the block's first line is indented less than the old one's, every line
 * gets the difference. `lineStart` is what stands before the old text on its line.
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
const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';
const withEnd = (text: string): string =>
  /\n$/.test(text) ? text : `${text}${text.includes('\r\n') ? '\r\n' : '\n'}`;

function onlyIndex(lines: readonly string[], wanted: string): number | undefined {
  const first = lines.findIndex((line) => line.trim() === wanted);
  const again = lines.findIndex((line, i) => i > first && line.trim() === wanted);
  return first < 0 || again >= 0 ? undefined : first;
}
