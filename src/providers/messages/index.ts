import type { ChatRequest, ModelStream } from '../../app/ports/models.ts';
import type { CallContext } from '../http/call.ts';
import { featuresOf } from '../http/refusals.ts';
import { streamCall } from '../http/stream.ts';
import { textOf } from '../messageText.ts';
import { MessagesAnswer } from './answer.ts';
import { messagesBody } from './body.ts';
import { buildMessagesClient } from './client.ts';

/** One chat through Anthropic's Messages API. */
export function streamMessages(context: CallContext, request: ChatRequest): ModelStream {
  const body = messagesBody(request);
  return streamCall(context, {
    build: buildMessagesClient,
    answer: new MessagesAnswer(request.arm.id),
    // Not `messages.create`, which prints a warning for each model that is going to be retired.
    open: ({ client, guard }) =>
      client.post<AsyncIterable<unknown>>('/v1/messages', { body, stream: true, signal: guard.signal }),
    signal: request.signal,
    sent: request.messages.map(({ content }) => textOf(content)).join('\n'),
    mayBeEmpty: false,
    features: featuresOf(request, 'messages'),
  });
}
