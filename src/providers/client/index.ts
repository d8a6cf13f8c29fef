/** The models of all endpoints behind one port, whichever protocol each speaks. */
import type { Log } from '../../app/ports/environment.ts';
import type {
  BillSource,
  ChatRequest,
  CompletionRequest,
  ModelClient,
  ModelStream,
} from '../../app/ports/models.ts';
import type { Endpoint, Protocol } from '../../app/settings/endpoint.ts';
import { fail } from '../../core/result.ts';
import { lookUpBill, tellsBills } from '../openai/billLookUp.ts';
import type { CallContext } from '../http/call.ts';
import { streamChat } from '../openai/chat.ts';
import { streamMessages } from '../messages/index.ts';
import { streamCompletion } from '../openai/complete.ts';
import { streamResponses } from '../openai/responses.ts';
import { protocolOf } from '../protocol.ts';
import { plainError } from '../http/errors.ts';

const streams: Readonly<Record<Protocol, (context: CallContext, request: ChatRequest) => ModelStream>> = {
  chat: streamChat,
  responses: streamResponses,
  messages: streamMessages,
};

const streamBy = (context: CallContext, request: ChatRequest): ModelStream =>
  streams[protocolOf(context.endpoint, request.arm.model)](context, request);

export interface ClientPoolOptions {
  /** Read at each call, so that a change of settings counts at once. */
  readonly endpoints: () => readonly Endpoint[];
  readonly key: (endpoint: Endpoint) => Promise<string | undefined>;
  readonly log: Log;
  readonly mayGoPlain?: CallContext['mayGoPlain'];
}

/**
 * The models of all endpoints: each request goes to the endpoint of its arm. The pool is made with the engine, which
 * is later than activation and earlier than the first answer: the time to load the package (100 ms) is spent here.
 */
export function createClientPool({ endpoints, key, log, mayGoPlain }: ClientPoolOptions): ModelClient {
  void import('openai').catch(() => undefined);
  const send = (
    request: ChatRequest | CompletionRequest,
    call: (context: CallContext) => ModelStream,
  ): ModelStream => {
    const endpoint = endpoints().find(({ id }) => id === request.arm.endpointId);
    if (endpoint) return call({ endpoint, key: () => key(endpoint), log, mayGoPlain });
    return failed(request.arm.endpointId);
  };
  return {
    chat: (request) => send(request, (context) => streamBy(context, request)),
    complete: (request) => send(request, (context) => streamCompletion(context, request)),
  };
}

/** Those endpoints that tell afterwards what a call cost. */
export function createBillSource({ endpoints, key, log, mayGoPlain }: ClientPoolOptions): BillSource {
  const tellers = (): readonly Endpoint[] => endpoints().filter(tellsBills);
  return {
    endpoints: () => tellers().map(({ id }) => id),
    bill: async (endpointId, generationId) => {
      const endpoint = tellers().find(({ id }) => id === endpointId);
      if (!endpoint) return fail('not-yet');
      const { signal } = new AbortController();
      return lookUpBill({ endpoint, key: () => key(endpoint), log, mayGoPlain }, generationId, signal);
    },
  };
}

/** The endpoint was taken out of the settings between the decision and the call. */
const failed = (endpointId: string): ModelStream => ({
  events: (async function* () {})(),
  failure: Promise.resolve(plainError('model-gone', `no endpoint "${endpointId}"`)),
});
