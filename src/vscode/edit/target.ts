/** The lines of an edit: the selected ones, or the function around the cursor, by VS Code's symbols. */
import * as vscode from 'vscode';
import { declarationAt, headOf } from '../../app/ask/declarations.ts';
import type { Stretch } from '../../core/inline/survival.ts';

/** Milliseconds; a slower language server is not waited for. */
const patienceMs = 1_000;
/** Lines above the cursor that are searched for a function without symbols. */
const MOST_LINES_UP = 400;

const FUNCTIONS = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Property,
]);
const TYPES = new Set([
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Struct,
]);

/** First and last line, from 0, both inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Of several cursors the main one counts. */
export async function targetOf(document: vscode.TextDocument, selection: vscode.Range): Promise<LineRange> {
  if (!selection.isEmpty) return selectedLines(selection);
  const line = selection.start.line;
  return (await bySymbols(document, selection.start)) ?? byText(document, line) ?? paragraph(document, line);
}

function selectedLines({ start, end }: vscode.Range): LineRange {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { first: start.line, last };
}

export function stretchOf(document: vscode.TextDocument, { first, last }: LineRange): Stretch {
  const start = document.offsetAt(new vscode.Position(first, 0));
  const end =
    last + 1 < document.lineCount
      ? document.offsetAt(new vscode.Position(last + 1, 0))
      : document.getText().length;
  return { start, end };
}

export const wholeLines = (document: vscode.TextDocument, { first, last }: LineRange): vscode.Range =>
  document.validateRange(new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER));

async function bySymbols(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<LineRange | undefined> {
  const asked = vscode.commands
    .executeCommand<readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    )
    .then(undefined, () => undefined);
  const symbols = await Promise.race([asked, later(patienceMs)]);
  const around = (symbols ?? []).flatMap((symbol) => holding(symbol, position));
  const found =
    around.findLast(({ kind }) => FUNCTIONS.has(kind)) ?? around.findLast(({ kind }) => TYPES.has(kind));
  return found && { first: found.range.start.line, last: found.range.end.line };
}

interface Held {
  readonly kind: vscode.SymbolKind;
  readonly range: vscode.Range;
}

/** From the outermost to the innermost. */
function holding(
  symbol: vscode.DocumentSymbol | vscode.SymbolInformation,
  at: vscode.Position,
): readonly Held[] {
  const range = 'range' in symbol ? symbol.range : symbol.location.range;
  if (at.line < range.start.line || range.end.line < at.line) return [];
  // A property on one line contains no code.
  const self =
    symbol.kind === vscode.SymbolKind.Property && range.isSingleLine ? [] : [{ kind: symbol.kind, range }];
  const inner = 'children' in symbol ? symbol.children.flatMap((child) => holding(child, at)) : [];
  return [...self, ...inner];
}

const later = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());

/** The declaration around a line, from the text alone. */
function byText(document: vscode.TextDocument, line: number): LineRange | undefined {
  const top = Math.max(0, line - MOST_LINES_UP);
  const lines = document.getText(new vscode.Range(top, 0, line + MOST_LINES_UP, 0)).split(/\r?\n/);
  for (let at = line - top; at >= 0; at -= 1) {
    if (headOf(lines[at] ?? '') === undefined) continue;
    const { from, to } = declarationAt(lines, at, document.languageId);
    if (line - top <= to) return { first: top + from, last: top + to };
  }
  return undefined;
}

/** Lines without a blank one between; a blank line is a place of its own. */
function paragraph(document: vscode.TextDocument, line: number): LineRange {
  const isBlank = (at: number): boolean => document.lineAt(at).isEmptyOrWhitespace;
  if (isBlank(line)) return { first: line, last: line };
  let [first, last] = [line, line];
  while (first > 0 && !isBlank(first - 1)) first -= 1;
  while (last + 1 < document.lineCount && !isBlank(last + 1)) last += 1;
  return { first, last };
}
