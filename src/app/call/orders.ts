/**
 * Builds every order for a completion: the orders of Ask, @pilot, VS Code's Chat, completions and the test of a model
 * differ in these lines and nowhere else.
 */
import type { Arm } from '../../core/arm.ts';
import type { Surface } from '../../core/decision.ts';
import type { PromptView } from '../../core/features/features.ts';
import type { ChatMessage } from '../ports/models.ts';
import { chatCall, type ChatCallOptions } from './call.ts';
import type { CompletionOrder } from './routedCompletion.ts';
import type { Choice, RoutingRequest } from './routing.ts';

/** The part of a prompt that the router reads; the order adds the surface. */
export type View = Omit<PromptView, 'surface'>;

export interface Prompt {
  readonly messages: readonly ChatMessage[];
  readonly view: View;
  readonly conversationId: string | undefined;
  readonly choice: Choice;
}

export interface AskPrompt extends Prompt {
  /** Whether it requests the rest of an answer that ended at its cap. */
  readonly continues?: boolean;
  /** Whether the answer consists of new lines for a file, which take more room than a reply. */
  readonly rewrites?: boolean;
}

export interface AskRequest extends AskPrompt {
  readonly signal: AbortSignal;
  /**
   * Called when the request is about to leave; its argument tells at any later time what stopping the answer would
   * mean.
   */
  readonly onRunning?: CompletionOrder['onRunning'];
}

const routing = (
  surface: Surface,
  { messages, view, conversationId, choice }: Prompt,
  call: Omit<ChatCallOptions, 'messages'>,
): RoutingRequest => ({
  surface,
  view: { ...view, surface },
  call: chatCall({ messages, ...call }),
  conversationId,
  choice,
});

/** The routing request of Ask, the same for sending and for pricing. */
export const askRouting = (prompt: AskPrompt): RoutingRequest =>
  routing('ask', prompt, { purpose: prompt.continues ? 'rest' : prompt.rewrites ? 'turn' : 'answer' });

export const askOrder = (request: AskRequest): CompletionOrder => ({
  ...askRouting(request),
  purpose: 'ask',
  signal: request.signal,
  whenStopped: 'run-out',
  onRunning: request.onRunning,
});

/** The order of @pilot, which answers in VS Code's Chat as Ask does. */
export const participantOrder = (prompt: Prompt, signal: AbortSignal): CompletionOrder => ({
  ...routing('chat', prompt, { purpose: 'answer' }),
  purpose: 'chat',
  signal,
  // Chat's own Stop cannot ask for a second press.
  whenStopped: 'run-out',
});

/** The order of VS Code's Chat for one of PILOT's models; an agent sends dozens of them in one turn. */
export const chatOrder = (
  prompt: Prompt & Pick<ChatCallOptions, 'outputCap' | 'tools' | 'toolChoice'>,
  signal: AbortSignal,
): CompletionOrder => {
  const { outputCap, tools = [], toolChoice } = prompt;
  const asked = tools.length > 0 ? toolChoice : undefined;
  return {
    ...routing('chat', prompt, { outputCap, purpose: 'turn', tools, toolChoice: asked }),
    purpose: 'chat',
    signal,
    whenStopped: 'run-out',
  };
};

/** The order of an inline completion; the signal is added when it is sent. */
export const inlineOrder = ({
  view,
  ...request
}: Pick<RoutingRequest, 'call' | 'sticky' | 'exclude'> & { readonly view: View }): Omit<
  CompletionOrder,
  'signal'
> => ({
  ...request,
  surface: 'inline',
  purpose: 'inline',
  view: { ...view, surface: 'inline' },
  conversationId: undefined,
  choice: { type: 'auto' },
  // At most a block of output: its usage is worth more than the hold of a canceled request.
  whenLeft: 'finish',
});

/** Tokens: enough for a sentence and the thoughts of a reasoning model before it. */
const trialOutputCap = 400;

/** The order of one request to one arm, reserved and settled like any other, without a conversation. */
export function trialOrder(arm: Arm, text: string, signal: AbortSignal): CompletionOrder {
  const prompt: Prompt = {
    messages: [{ role: 'user', content: text }],
    view: { text, languageId: '', contextChars: 0, turn: 0, referenceCount: 0 },
    conversationId: undefined,
    choice: { type: 'arm', armId: arm.id },
  };
  return { ...routing('ask', prompt, { outputCap: trialOutputCap }), purpose: 'test', signal };
}
