import type { Completion, CompletionEvent, CompletionOrder } from '../../app/call/routedCompletion.ts';
import type { Decision } from '../../core/decision.ts';

/** The part of the status bar that follows an answer. */
export interface AnswerStatus {
  /** Shows a running answer until the returned function is called. */
  think(): () => void;
  set lastDecision(decision: Decision);
}

/** The events of an answer; the status bar follows them. */
export async function* withStatus(
  status: AnswerStatus,
  completion: Completion,
  order: CompletionOrder,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const done = status.think();
  // An answer that is read to its end after a stop is not shown.
  order.signal.addEventListener('abort', done, { once: true });
  try {
    for await (const event of completion.run(order)) {
      if (event.type === 'routed') status.lastDecision = event.decision;
      yield event;
    }
  } finally {
    done();
  }
}
