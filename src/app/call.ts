/**
 * One request to a model before an arm is chosen: how many bytes each arm would be sent (the hard bound of the
 * reservation), and how it is opened once the arm and the output cap are known. Ask, inline and chat differ only here.
 */
import type { Arm } from '../core/arm.ts';
import type { ChatMessage, MessageContent, ModelClient, ModelStream, ToolDefinition } from './ports.ts';

export interface Call {
  /** An upper bound of what is billed as input: a token is at least one byte. */
  inputBound(arm: Arm): number;
  /** The most output wanted; the arm, its context and the money left may lower it. */
  readonly wantedOutput: number;
  open(client: ModelClient, arm: Arm, outputCap: number, signal: AbortSignal): ModelStream;
}

/** Role, separators and template of one message: no published chat template spends more. */
const overheadPerMessage = 16;
const overheadPerRequest = 64;
/** The most any published pricing counts for one image (high detail, largest tile count), tokens. */
const tokensPerImage = 4_096;
/** A tool definition is rendered into a template of the provider's own: three bytes for each of its JSON. */
const toolExpansion = 3;

const encoder = new TextEncoder();
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

export interface ChatCallOptions {
  readonly messages: readonly ChatMessage[];
  readonly wantedOutput: number;
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'auto' | 'required' | undefined;
  readonly temperature?: number;
}

export function chatCall({ messages, wantedOutput, tools, toolChoice, temperature }: ChatCallOptions): Call {
  const bound = chatInputBound(messages, tools ?? []);
  return {
    inputBound: () => bound,
    wantedOutput,
    open: (client, arm, outputCap, signal) =>
      client.chat({
        arm,
        messages,
        outputCap,
        signal,
        tools,
        toolChoice,
        ...(temperature === undefined ? {} : { temperature }),
      }),
  };
}

export function chatInputBound(messages: readonly ChatMessage[], tools: readonly ToolDefinition[]): number {
  const ofMessages = messages.reduce((sum, message) => sum + overheadPerMessage + messageBytes(message), 0);
  const ofTools = tools.reduce(
    (sum, tool) => sum + overheadPerMessage + toolExpansion * utf8Bytes(JSON.stringify(tool)),
    0,
  );
  return overheadPerRequest + ofMessages + ofTools;
}

function messageBytes(message: ChatMessage): number {
  const content = contentBytes(message.content);
  if (message.role === 'tool') return content + utf8Bytes(message.toolCallId);
  if (message.role !== 'assistant') return content;
  return (message.toolCalls ?? []).reduce(
    (sum, call) => sum + overheadPerMessage + toolExpansion * utf8Bytes(call.id + call.name + call.input),
    content,
  );
}

function contentBytes(content: MessageContent): number {
  if (typeof content === 'string') return utf8Bytes(content);
  return content.reduce((sum, part) => sum + (part.type === 'text' ? utf8Bytes(part.text) : tokensPerImage), 0);
}
