/** One port to the models of all endpoints, whatever the protocol of each. */
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
import { readKeyUsage, tellsKeyUsage } from '../openai/keyUsage.ts';
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
  /** Called for each request, so that a change of the settings applies at once. */
  readonly endpoints: () => readonly Endpoint[];
  readonly key: (endpoint: Endpoint) => Promise<string | undefined>;
  readonly log: Log;
  readonly mayGoPlain?: CallContext['mayGoPlain'];
}

/**
 * The models of all endpoints: each request goes to the endpoint of its arm. The engine creates the pool, after
 * activation and before the first answer, so that loading the packages (100 ms) delays neither.
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

/** The endpoints that report the cost of a call afterwards. */
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
    usageEndpoints: () =>
      endpoints()
        .filter(tellsKeyUsage)
        .map(({ id }) => id),
    keyUsage: async (endpointId) => {
      const endpoint = endpoints().find((one) => one.id === endpointId && tellsKeyUsage(one));
      if (!endpoint) return fail('not-yet');
      const { signal } = new AbortController();
      return readKeyUsage({ endpoint, key: () => key(endpoint), log, mayGoPlain }, signal);
    },
  };
}

/** The endpoint was removed from the settings between the decision and the call. */
const failed = (endpointId: string): ModelStream => ({
  events: (async function* () {})(),
  failure: Promise.resolve(plainError('model-gone', `no endpoint "${endpointId}"`)),
});
