/** Builds an order for the routed completion from a request of VS Code's Chat. */
import type { ToolDefinition } from '../ports/models.ts';
import { withoutState } from '../call/withoutState.ts';
import { chatOrder } from '../call/orders.ts';
import type { CompletionEvent, CompletionOrder } from '../call/routedCompletion.ts';
import type { Choice } from '../call/routing.ts';
import { toChatMessages, type ChatTurn } from './messages.ts';
import { chatView } from './view.ts';

export interface ChatOrderOptions {
  readonly turns: readonly ChatTurn[];
  /** Calls whose state was refused are sent as text. */
  readonly isRefused?: ((callId: string) => boolean) | undefined;
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: 'auto' | 'required';
  readonly outputCap: number | undefined;
  readonly languageId: string;
  readonly conversationId: string;
  readonly choice: Choice;
  readonly signal: AbortSignal;
}

export function orderOfTurns({
  turns,
  languageId,
  isRefused = () => false,
  signal,
  ...options
}: ChatOrderOptions): CompletionOrder {
  const messages = withoutState(toChatMessages(turns), isRefused);
  return chatOrder({ ...options, messages, view: chatView(turns, languageId) }, signal);
}

/** Another extension's cap of the answer's length in tokens; a value that is not a number is passed over. */
export function outputCapOf(modelOptions: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const given = modelOptions?.['max_tokens'] ?? modelOptions?.['maxTokens'];
  return typeof given === 'number' && Number.isSafeInteger(given) && given > 0 ? given : undefined;
}

/**
 * Whether the answer ended at the cap that the caller set, and used it up as far as is known: the caller decides what
 * that means.
 */
export function endsAtCallersCap(
  { incomplete, usage }: Pick<Extract<CompletionEvent, { type: 'ended' }>, 'incomplete' | 'usage'>,
  callersCap: number | undefined,
): boolean {
  if (incomplete !== 'length' || callersCap === undefined) return false;
  if (!usage || usage.uncounted) return true;
  return usage.tokens.output + usage.tokens.reasoning >= callersCap;
}
