/**
 * One answer in VS Code's Chat: converts the events of the routed completion for the chat, and reports how the answer
 * ended.
 */
import type { Arm } from '../../core/arm.ts';
import type { Decision } from '../../core/decision.ts';
import type { OpaqueState, ToolCall } from '../ports/models.ts';
import type { Problem } from '../call/problem.ts';
import type { Completion, CompletionEvent, CompletionOrder } from '../call/routedCompletion.ts';
import { isRecord } from '../../core/shape.ts';

/** A tool call with parsed arguments. */
export interface ReadyToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: object;
  /** Kept for the follow-up request. */
  readonly opaque: OpaqueState | undefined;
}

export interface ChatSink {
  /** Called again when another arm takes over. */
  routed?(route: Route): void;
  text(text: string): void;
  toolCall(call: ReadyToolCall): void;
}

export interface Route {
  readonly decision: Decision;
  readonly arm: Arm;
  /** The answer continues without the state beside the conversation's tool calls. */
  readonly withoutState?: true;
}

export type ChatEnd =
  | {
      readonly kind: 'answered';
      readonly route: Route;
      readonly ended: Extract<CompletionEvent, { type: 'ended' }>;
    }
  | { readonly kind: 'cancelled'; readonly route: Route | undefined }
  | { readonly kind: 'failed'; readonly route: Route | undefined; readonly problem: Problem }
  /** The model wrote arguments that are not a JSON object. */
  | { readonly kind: 'bad-tool-call'; readonly route: Route; readonly tool: string };

/** Reads the stream to its end in every case, so that the call is settled at its bill. */
export async function answerChat(
  completion: Completion,
  order: CompletionOrder,
  sink: ChatSink,
): Promise<ChatEnd> {
  let route: Route | undefined;
  let badTool: string | undefined;
  let ended: Extract<CompletionEvent, { type: 'ended' }> | undefined;
  for await (const event of completion.run(order)) {
    switch (event.type) {
      case 'routed':
        route = {
          decision: event.decision,
          arm: event.arm,
          ...(event.withoutState && { withoutState: true }),
        };
        sink.routed?.(route);
        break;
      case 'text':
        sink.text(event.text);
        break;
      case 'text-was-reasoning':
      case 'reasoning':
        // VS Code has no stable part for reasoning.
        break;
      case 'tool-call': {
        const input = toolInput(event.call);
        if (input)
          sink.toolCall({ id: event.call.id, name: event.call.name, input, opaque: event.call.opaque });
        else badTool ??= event.call.name;
        break;
      }
      case 'ended':
        ended = event;
        break;
      case 'failed':
        return endOfFailure(event.problem, route, order.signal);
    }
  }
  if (order.signal.aborted) return { kind: 'cancelled', route };
  if (!route || !ended) return { kind: 'failed', route, problem: { kind: 'internal', detail: 'No end' } };
  return badTool === undefined
    ? { kind: 'answered', route, ended }
    : { kind: 'bad-tool-call', route, tool: badTool };
}

function endOfFailure(problem: Problem, route: Route | undefined, signal: AbortSignal): ChatEnd {
  const cancelled = problem.kind === 'provider' && problem.error.kind === 'cancelled';
  return cancelled || signal.aborted ? { kind: 'cancelled', route } : { kind: 'failed', route, problem };
}

/** Many servers send an empty string for a tool without arguments. */
export function toolInput({ input }: ToolCall): object | undefined {
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
