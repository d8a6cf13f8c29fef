/** Converts the user's attachments in VS Code's Chat into pieces of context. */
import * as vscode from 'vscode';
import { holdsPrivateKey } from '../../app/ask/secretFiles.ts';
import type { ContextPiece } from '../../app/ask/conversations.ts';
import { isSecretUri } from '../kit/realPath.ts';

export interface ReadReferences {
  readonly pieces: readonly ContextPiece[];
  readonly sources: readonly (vscode.Uri | vscode.Location)[];
  /** Names of the pieces that are not sent, with the reason. */
  readonly withheld: readonly string[];
  readonly unreadable: readonly string[];
}

/** Attached by VS Code itself: the open file, instruction files, its own agent's list of skills (a string). */
const IMPLICIT = /^vscode\.(implicit|prompt|customizations)\b/;
const maxFileBytes = 4 * 1024 * 1024;

export async function readReferences(
  references: readonly vscode.ChatPromptReference[],
): Promise<ReadReferences> {
  const pieces: ContextPiece[] = [];
  const sources: (vscode.Uri | vscode.Location)[] = [];
  const withheld: string[] = [];
  const unreadable: string[] = [];
  // VS Code lists them in reverse order.
  for (const { id, value } of references.toReversed()) {
    const implicit = IMPLICIT.test(id);
    if (implicit && typeof value === 'string') continue;
    // In Restricted Mode only a selection is sent automatically.
    if (implicit && !vscode.workspace.isTrusted && !(value instanceof vscode.Location)) continue;
    try {
      const piece = await pieceOf(id, value);
      if (piece === undefined) unreadable.push(id);
      else if (implicit && isSecret(value, piece)) withheld.push(piece.label);
      else {
        pieces.push(piece);
        if (value instanceof vscode.Uri || value instanceof vscode.Location) sources.push(value);
      }
    } catch {
      // A file that was deleted meanwhile, a folder, or not text: the question is sent without it, and the user is
      // told.
      unreadable.push(labelOf(value) ?? id);
    }
  }
  return { pieces, sources, withheld, unreadable };
}

async function pieceOf(id: string, value: unknown): Promise<ContextPiece | undefined> {
  if (typeof value === 'string')
    return { kind: 'selection', label: id, source: `chat:${id}`, languageId: '', text: value };
  const label = labelOf(value) ?? id;
  if (value instanceof vscode.Uri) {
    const document = await openSmall(value);
    const source = `file:${value.toString()}`;
    return { kind: 'file', label, source, languageId: document.languageId, text: document.getText() };
  }
  if (!(value instanceof vscode.Location)) return undefined;
  const document = await openSmall(value.uri);
  const source = `selection:${value.uri.toString()}:${value.range.start.line}-${value.range.end.line}`;
  const text = document.getText(value.range);
  return { kind: 'selection', label, source, languageId: document.languageId, text };
}

function labelOf(value: unknown): string | undefined {
  if (value instanceof vscode.Uri) return vscode.workspace.asRelativePath(value, false);
  if (!(value instanceof vscode.Location)) return undefined;
  const { start, end } = value.range;
  return `${vscode.workspace.asRelativePath(value.uri, false)}:${start.line + 1}-${end.line + 1}`;
}

function isSecret(value: unknown, { text }: ContextPiece): boolean {
  const uri = value instanceof vscode.Location ? value.uri : value;
  return (uri instanceof vscode.Uri && isSecretUri(uri)) || holdsPrivateKey(text);
}

async function openSmall(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) throw new Error('too large');
  return vscode.workspace.openTextDocument(uri);
}
