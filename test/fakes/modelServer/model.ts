import type { FakeTool, FakeToolCall } from './toolCalls.ts';

/** A test's description of one served model. */
export interface FakePrice {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  readonly cachedInputUsdPerMTok?: number;
  readonly cacheWriteUsdPerMTok?: number;
  /** Price of text marked for an hour; absent = twice the input's. */
  readonly hourCacheWriteUsdPerMTok?: number;
}

export interface FakeModel {
  readonly id: string;
  readonly price: FakePrice;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** The accepted name of the output cap; the other name is refused, as by o-series models. */
  readonly outputCapField?: 'max_tokens' | 'max_completion_tokens';
  /** Reasoning before the answer: billed as output, inside the cap or (as at some endpoints) beside it. */
  readonly reasoning?: { readonly text: string; readonly shown: boolean; readonly insideCap: boolean };
  /** The supported efforts; others are refused, and all where it is empty. Absent = all of the protocol. */
  readonly efforts?: readonly string[];
  /** Absent = tokens arrive as fast as the socket accepts them. */
  readonly pace?: { readonly firstTokenMs: number; readonly tokenMs: number };
  readonly simulated?: boolean;
  readonly answer?: (prompt: FakePrompt) => string;
  /** Called before `answer` where the request offers tools; undefined = the answer has no call. */
  readonly toolCall?: (prompt: ChatPrompt) => FakeToolCall | undefined;
  /** Length of its embeddings; absent = the model has no embeddings. */
  readonly embeddingDimensions?: number;
}

export interface ChatPrompt {
  readonly kind: 'chat';
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly tools?: readonly FakeTool[];
  readonly temperature: number;
}

export type FakePrompt =
  | ChatPrompt
  | { readonly kind: 'code'; readonly prefix: string; readonly suffix: string; readonly temperature: number };

export const lastUserText = (prompt: FakePrompt): string =>
  prompt.kind === 'code'
    ? prompt.prefix
    : (prompt.messages.findLast(({ role }) => role === 'user')?.text ?? '');

export const wholeText = (prompt: FakePrompt): string =>
  prompt.kind === 'code' ? prompt.prefix + prompt.suffix : prompt.messages.map(({ text }) => text).join('\n');

export function defaultAnswer(prompt: FakePrompt): string {
  if (prompt.kind === 'code') return 'return a + b;';
  return `Simulated answer to “${lastUserText(prompt).slice(0, 80)}”.\n\n\`\`\`ts\nconst answer = 42;\n\`\`\`\n`;
}
