import { answerChat, type ChatEnd, type ChatSink } from '../../app/chat/answer.ts';
import type { CompletionOrder } from '../../app/call/routedCompletion.ts';
import type { ChatDeps } from './deps.ts';

/** Answers in Chat and updates the status bar. */
export async function answering(
  { completion, status }: ChatDeps,
  order: CompletionOrder,
  sink: Omit<ChatSink, 'routed'> & { stateRefused?(label: string): void },
): Promise<ChatEnd> {
  const done = status.think();
  // An answer that is read to its end after a stop is not shown.
  order.signal.addEventListener('abort', done, { once: true });
  try {
    return await answerChat(await completion(), order, {
      ...sink,
      routed: ({ decision, arm, withoutState }) => {
        status.lastDecision = decision;
        if (withoutState) sink.stateRefused?.(arm.label);
      },
    });
  } finally {
    done();
  }
}
