/**
 * One request to a model before an arm is chosen: the upper bound on its billed input tokens (the reservation's bound),
 * and how to open it once the arm and the output cap are known. Ask, inline and chat differ only here.
 */
import type { Arm } from '../../core/arm.ts';
import { leastTokens } from '../../core/money/billing.ts';
import type { Quote } from '../../core/decision.ts';
import { withoutState } from './withoutState.ts';
import type { CapPurpose } from '../../core/money/outputLength.ts';
import { chatInputBound } from '../../core/money/inputBound.ts';
import { chatInputMost } from '../../core/money/mostTokens.ts';
import type {
  ChatMessage,
  ChatRequest,
  MessageContent,
  ModelClient,
  ModelStream,
  ToolDefinition,
} from '../ports/models.ts';

export interface Call {
  /** Upper bound on the billed input tokens. */
  inputBound(arm: Arm): number;
  /** Lower bound on the billed input tokens: usage below it is false. Absent = unknown. */
  leastInput?(): number;
  /** The practical upper bound (`mostTokens`), in tokens; absent = the hard bound. */
  inputMost?(): number;
  /** The most output wanted; undefined = the cap that fits `purpose`, or without a purpose the model's maximum. */
  readonly outputCap: number | undefined;
  /** The purpose to which the cap is fitted where none is given (core/money/outputLength.ts). */
  readonly purpose?: CapPurpose | undefined;
  readonly needs: { readonly tools: boolean; readonly images: boolean };
  /**
   * Whether the cap bounds everything billed as output, whatever applies to the endpoint's chat: a text completion has
   * no reasoning beside its text. Absent = by the arm.
   */
  capBoundsOutput?(arm: Arm): boolean;
  /** The same request without state beside earlier tool calls; absent = it has none. */
  withoutState?(): Call;
  open(client: ModelClient, arm: Arm, caps: Caps, signal: AbortSignal): ModelStream;
}

/** Whether the output cap that is sent bounds all billed output. */
export const isBounded = (call: Call, arm: Arm): boolean =>
  arm.outputCapCoversReasoning || call.capBoundsOutput?.(arm) === true;

/** Token counts, and the key of the conversation's prompt cache if there is a conversation. */
export type Caps = Pick<Quote, 'outputCap' | 'reasoningCap'> & Pick<ChatRequest, 'cacheKey'>;

export interface ChatCallOptions {
  readonly messages: readonly ChatMessage[];
  readonly outputCap?: number | undefined;
  readonly purpose?: CapPurpose | undefined;
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'auto' | 'required' | undefined;
}

export function chatCall(options: ChatCallOptions): Call {
  const { messages, outputCap: wanted, purpose, tools, toolChoice } = options;
  const images = messages.reduce((sum, { content }) => sum + imagesIn(content), 0);
  const hasTools = tools !== undefined && tools.length > 0;
  const texts = messages.map(asText);
  const extras = { images, ...(hasTools ? { toolsJson: JSON.stringify(tools) } : {}) };
  const bound = chatInputBound(texts, extras);
  return {
    inputBound: () => bound,
    leastInput: () => leastInput(messages),
    inputMost: () => Math.min(bound, chatInputMost(texts, extras)),
    outputCap: wanted,
    purpose,
    needs: { tools: hasTools, images: images > 0 },
    ...(messages.some(hasCalls) && {
      withoutState: () => chatCall({ ...options, messages: withoutState(messages) }),
    }),
    open: (client, arm, { outputCap, reasoningCap, cacheKey }, signal) =>
      client.chat({ arm, messages, outputCap, reasoningCap, signal, tools, toolChoice, cacheKey }),
  };
}

const hasCalls = (message: ChatMessage): boolean =>
  message.role === 'assistant' && (message.toolCalls?.length ?? 0) > 0;

/** The part that no template and no provider leaves out; earlier answers may be sent without their reasoning. */
const leastInput = (messages: readonly ChatMessage[]): number =>
  messages.reduce(
    (sum, { role, content }) =>
      role === 'assistant' ? sum : sum + leastTokens({ text: textIn(content), events: 0 }),
    0,
  );

/** Everything in a message that is billed by its text; tool calls are sent as JSON. */
function asText(message: ChatMessage): { role: string; content: string } {
  const text = textIn(message.content);
  if (message.role === 'tool') return { role: message.role, content: message.toolCallId + text };
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  // Templates render calls with quoting of their own; twice the JSON covers it, as for definitions.
  const rendered = calls.length === 0 ? '' : JSON.stringify(calls).repeat(2);
  return { role: message.role, content: text + rendered };
}

const textIn = (content: MessageContent): string =>
  typeof content === 'string'
    ? content
    : content.map((part) => (part.type === 'text' ? part.text : '')).join('');

const imagesIn = (content: MessageContent): number =>
  typeof content === 'string' ? 0 : content.filter(({ type }) => type === 'image').length;
