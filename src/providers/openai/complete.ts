import type OpenAI from 'openai';
import type { CompletionRequest, ModelStream } from '../../app/ports/models.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { ChunkReader } from './answer.ts';
import { buildClient } from './client.ts';
import type { ClientCall, CallContext } from '../http/call.ts';
import { streamOptions } from './chat.ts';
import { streamCall } from '../http/stream.ts';

type CompletionParams = OpenAI.CompletionCreateParamsStreaming;

/** Completes code in the middle, through the one of three protocols that the model supports. */
export function streamCompletion(context: CallContext, request: CompletionRequest): ModelStream {
  return streamCall(context, {
    build: buildClient,
    answer: new ChunkReader(context.endpoint.promptTokensIncludeCached),
    open: openers[apiOf(context.endpoint, request)](context.endpoint, request),
    signal: request.signal,
    sent: [request.prompt, request.suffix ?? '', ...(request.extra ?? []).map(({ text }) => text)].join('\n'),
    mayBeEmpty: true,
  });
}

type CompletionApi = NonNullable<CompletionRequest['api']>;
type Open = (call: ClientCall<OpenAI>) => PromiseLike<AsyncIterable<unknown>>;

function apiOf(endpoint: Endpoint, request: CompletionRequest): CompletionApi {
  if (request.api) return request.api;
  if (request.suffix === undefined) return 'completions';
  const { fim } = request.arm.capabilities;
  if (fim === 'infill') return 'infill';
  return fim === 'mistral' || endpoint.preset === 'mistral' ? 'mistral-fim' : 'completions';
}

const openers: Record<CompletionApi, (endpoint: Endpoint, request: CompletionRequest) => Open> = {
  completions: (endpoint, request) => (call) => {
    const options = { signal: call.guard.signal };
    const body = { ...common(request), ...streamOptions(endpoint) };
    // DeepSeek completes in the middle only at its beta address.
    if (endpoint.preset === 'deepseek') return post(call, addressed(endpoint, '/beta/completions'), body);
    return call.client.completions.create(body, options);
  },
  'mistral-fim': (_endpoint, request) => (call) => post(call, '/fim/completions', common(request)),
  infill: (endpoint, request) => (call) =>
    post(call, addressed(endpoint, '/infill'), {
      input_prefix: request.prompt,
      input_suffix: request.suffix ?? '',
      ...(request.extra?.length && { input_extra: request.extra }),
      n_predict: request.outputCap,
      ...sampling(request),
      cache_prompt: true,
      stream: true,
    }),
};

/** `/completions` only supports `max_tokens`. */
const common = (request: CompletionRequest): CompletionParams => ({
  model: request.arm.model,
  prompt: request.prompt,
  ...(request.suffix !== undefined && { suffix: request.suffix }),
  max_tokens: request.outputCap,
  ...sampling(request),
  stream: true,
});

const sampling = ({ temperature, stop }: CompletionRequest) => ({
  ...(temperature !== undefined && { temperature }),
  ...(stop.length > 0 && { stop: [...stop] }),
});

const post = (call: ClientCall<OpenAI>, path: string, body: object): PromiseLike<AsyncIterable<unknown>> =>
  call.client.post<AsyncIterable<unknown>>(path, { body, stream: true, signal: call.guard.signal });

/** Beside the `/v1` in which the base URL usually ends. */
const addressed = (endpoint: Endpoint, path: string): string => endpoint.baseUrl.replace(/\/v1$/, '') + path;
