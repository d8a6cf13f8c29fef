/** The parts of the user's work that can be sent with a question: the items behind the composer's chips. */
import * as vscode from 'vscode';
import { holdsPrivateKey } from '../../app/ask/secretFiles.ts';
import { hasSecretName, isSecretUri } from '../kit/realPath.ts';
import { lineCount } from '../words/counts.ts';
import type { ContextKind, ContextPiece } from '../../app/ask/conversations.ts';

export interface ContextItem {
  readonly id: string;
  readonly kind: ContextKind;
  /** Short, for the chip; the label is unambiguous. */
  readonly name: string;
  readonly label: string;
  readonly detail: string;
  readonly secret: boolean;
  /** Reads the present content, including unsaved changes. */
  readonly read: () => Promise<ContextPiece>;
}

/** Larger files are not read: their beginning alone would exceed every budget many times. */
const maxFileBytes = 4 * 1024 * 1024;

export const nameOf = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri, false);

export function selectionItem(editor: vscode.TextEditor): ContextItem | undefined {
  const { document, selection } = editor;
  if (selection.isEmpty || document.getText(selection).trim() === '') return undefined;
  // A selection of whole lines ends at the start of the next line, which is not selected.
  const emptyEnd = selection.end.character === 0 && selection.end.line > selection.start.line;
  const [first, last] = [selection.start.line + 1, selection.end.line + (emptyEnd ? 0 : 1)];
  const label =
    first === last ? `${nameOf(document.uri)}:${first}` : `${nameOf(document.uri)}:${first}-${last}`;
  const source = `selection:${document.uri.toString()}`;
  return {
    id: shortId(`${source}:${first}.${selection.start.character}-${last}.${selection.end.character}`),
    kind: 'selection',
    name: baseName(label),
    label,
    detail: vscode.l10n.t('Selection, {0}', lineCount(last - first + 1)),
    secret: isSecretDocument(document),
    read: () =>
      Promise.resolve({
        kind: 'selection',
        label,
        source: `${source}:${first}-${last}`,
        languageId: document.languageId,
        text: document.getText(selection),
      }),
  };
}

export function fileItem(uri: vscode.Uri): ContextItem {
  const label = nameOf(uri);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const source = `file:${uri.toString()}`;
  return {
    id: shortId(source),
    kind: 'file',
    name: baseName(label),
    label,
    detail: open ? vscode.l10n.t('File, {0}', lineCount(open.lineCount)) : vscode.l10n.t('File'),
    secret: open ? isSecretDocument(open) : isSecretUri(uri),
    read: async () => {
      const document = open && !open.isClosed ? open : await openSmall(uri);
      return { kind: 'file', label, source, languageId: document.languageId, text: document.getText() };
    },
  };
}

export function problemsItem(document: vscode.TextDocument): ContextItem | undefined {
  const found = vscode.languages.getDiagnostics(document.uri).filter(isWorthTelling);
  if (found.length === 0) return undefined;
  const source = `problems:${document.uri.toString()}`;
  const label = vscode.l10n.t('{0} in {1}', countLabel(found.length), nameOf(document.uri));
  return {
    id: shortId(source),
    kind: 'problems',
    name: countLabel(found.length),
    label,
    detail: vscode.l10n.t('Problems that VS Code shows for this file, with their lines'),
    secret: isSecretDocument(document),
    read: () =>
      Promise.resolve({
        kind: 'problems',
        label,
        source,
        languageId: '',
        text: problemsText(document, found),
      }),
  };
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

const countLabel = (count: number): string =>
  count === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', count);

const isWorthTelling = ({ severity }: vscode.Diagnostic): boolean =>
  severity <= vscode.DiagnosticSeverity.Warning;

/** `12: error: message (ts 2322)` followed by the line. */
function problemsText(document: vscode.TextDocument, problems: readonly vscode.Diagnostic[]): string {
  const lines = problems.slice(0, 100).map(({ range, severity, message, source, code }) => {
    const kind = severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning';
    const number = typeof code === 'object' ? code.value : code;
    const origin = [source, number].filter((part) => part !== undefined).join(' ');
    const line = range.start.line < document.lineCount ? document.lineAt(range.start.line).text.trim() : '';
    return `${range.start.line + 1}: ${kind}: ${message}${origin ? ` (${origin})` : ''}\n    ${line.slice(0, 300)}`;
  });
  return lines.join('\n');
}

async function openSmall(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) throw new Error(vscode.l10n.t('The file is too large.'));
  return vscode.workspace.openTextDocument(uri);
}

/** By version, so a moving cursor does not search the document for keys repeatedly. */
const keyFound = new WeakMap<vscode.TextDocument, { readonly version: number; readonly secret: boolean }>();

function isSecretDocument(document: vscode.TextDocument): boolean {
  if (hasSecretName(document)) return true;
  const known = keyFound.get(document);
  if (known?.version === document.version) return known.secret;
  const secret = holdsPrivateKey(document.getText());
  keyFound.set(document, { version: document.version, secret });
  return secret;
}

/** FNV-1a: the webview gets the ids of chips and not their addresses. */
function shortId(source: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return `c${(hash >>> 0).toString(36)}-${source.length.toString(36)}`;
}
