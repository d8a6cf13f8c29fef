/** Converts between VS Code's classes for chat messages and the plain data of app/chat. */
import * as vscode from 'vscode';
import type { ChatPart, ChatTurn } from '../../app/chat/messages.ts';
import { roughMessageTokens, roughTokens } from '../../app/chat/tokens.ts';
import type { ContentPart, ToolDefinition } from '../../app/ports/models.ts';
import { isObject } from '../../core/shape.ts';

type RequestMessage = vscode.LanguageModelChatRequestMessage;

/** VS Code's own agent sends its instructions with role 3; the stable typings only have user and assistant. */
const roles: ReadonlyMap<unknown, ChatTurn['role']> = new Map<unknown, ChatTurn['role']>([
  [vscode.LanguageModelChatMessageRole.Assistant, 'assistant'],
  [3, 'system'],
]);

export const toTurn = ({ role, content }: RequestMessage): ChatTurn => ({
  role: roles.get(role) ?? 'user',
  parts: content.flatMap((part) => toPart(part) ?? []),
});

export const toToolDefinitions = (
  tools: readonly vscode.LanguageModelChatTool[] | undefined,
): readonly ToolDefinition[] =>
  (tools ?? []).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));

export const tokenCount = (text: string | RequestMessage): number =>
  typeof text === 'string' ? roughTokens(text) : roughMessageTokens(toTurn(text).parts);

/**
 * Undefined for parts that no endpoint accepts: marks for a prompt cache, signed thoughts of another vendor's model.
 */
function toPart(part: unknown): ChatPart | undefined {
  if (part instanceof vscode.LanguageModelToolCallPart) {
    const { callId, name, input } = part;
    return { type: 'tool-call', call: { id: callId, name, input: JSON.stringify(input) } };
  }
  if (part instanceof vscode.LanguageModelToolResultPart) {
    const content = part.content.flatMap((inner) => toContent(inner) ?? []);
    return { type: 'tool-result', callId: part.callId, content };
  }
  return toContent(part);
}

function toContent(part: unknown): ContentPart | undefined {
  if (part instanceof vscode.LanguageModelTextPart) return { type: 'text', text: part.value };
  if (part instanceof vscode.LanguageModelPromptTsxPart) return { type: 'text', text: tsxText(part.value) };
  if (!(part instanceof vscode.LanguageModelDataPart)) return undefined;
  const { mimeType, data } = part;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (mimeType.startsWith('image/'))
    return { type: 'image', mediaType: mimeType, base64: bytes.toString('base64') };
  return mimeType.startsWith('text/') || mimeType === 'application/json'
    ? { type: 'text', text: bytes.toString('utf8') }
    : undefined;
}

/** The texts of a rendered prompt element, in order: `{node: {children: [{text}, {children}]}}`. */
function tsxText(value: unknown): string {
  if (!isObject(value)) return typeof value === 'string' ? value : '';
  const { text, node, children } = value as Readonly<Record<string, unknown>>;
  const own = typeof text === 'string' ? text : '';
  return own + tsxText(node) + (Array.isArray(children) ? children.map(tsxText).join('') : '');
}
