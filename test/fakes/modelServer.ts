/**
 * A model endpoint on loopback that checks requests as strictly as OpenAI and misbehaves on demand. It keeps its own
 * bill of what it actually served, so that a test can compare a ledger with it; and it logs every request with its
 * headers, so that a test can search for keys in the wrong place.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ApiError,
  apiError,
  badRequest,
  forbidden,
  modelNotFound,
  noCredit,
  rateLimited,
  serverError,
  wrongKey,
} from './modelServer/apiError.ts';
import { effortFault } from './modelServer/efforts.ts';
import { embed } from './modelServer/embeddings.ts';
import {
  type FakeProtocol,
  type GenerationKind,
  isApiError,
  readGeneration,
} from './modelServer/generation.ts';
import { readMessages } from './modelServer/messagesApi.ts';
import { readResponses } from './modelServer/responsesApi.ts';
import { isRecord } from './modelServer/fields.ts';
import type { Misbehaviour } from './modelServer/misbehaviour.ts';
import { type FakeModel, wholeText } from './modelServer/model.ts';
import { describeModel } from './modelServer/modelList.ts';
import { PromptCache, costNanoUsd } from './modelServer/billing.ts';
import { serve } from './modelServer/serve.ts';
import { type Sink, makeSink } from './modelServer/sink.ts';

export type { Misbehaviour } from './modelServer/misbehaviour.ts';
export type { FakeModel } from './modelServer/model.ts';

export interface ModelServerOptions {
  readonly models: readonly FakeModel[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** The key: every request then needs `Authorization: Bearer KEY`. */
  readonly key?: string;
  /** Whether the list has only names, like that of OpenAI's own endpoint, without prices and sizes. */
  readonly listsNamesOnly?: boolean;
  /** False: refuses `stream_options`, like some older endpoints. Default true. */
  readonly acceptsStreamOptions?: boolean;
  /**
   * OpenRouter's features: `usage: { include: true }` gets a `usage.cost`; `/generation` and `/key` report the bill of
   * ended calls; the id of a generation is also in a header.
   */
  readonly reportsCost?: boolean;
  /** Paths that the server lacks: 404, in the words of OpenAI's own server. */
  readonly lacks?: readonly string[];
  /** LiteLLM's feature: the spend log beside `/v1` has a row for each ended call. */
  readonly logsSpend?: boolean;
  /** Decides for each request without a waiting `next`. */
  readonly misbehave?: (request: LoggedRequest) => Misbehaviour | undefined;
}

export interface LoggedRequest {
  readonly id: string;
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: string;
  /** The body as JSON; undefined where it is not JSON. */
  readonly body: unknown;
  readonly model: string | undefined;
  readonly misbehaviour: Misbehaviour | undefined;
  /** Zero until something was served; the rest is final once `finished` has resolved. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** Includes reasoning. */
  readonly outputTokens: number;
  readonly billedNanoUsd: number;
  /** Whether the client closed before everything was served. */
  readonly clientClosed: boolean;
  readonly ended: boolean;
  readonly finished: Promise<void>;
}

export interface ModelServer {
  /** The base URL for clients: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** The server's root, where llama.cpp's `/infill` lies. */
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly LoggedRequest[];
  /** The amount actually served, in nano-USD; await `idle()` first. */
  readonly billedNanoUsd: number;
  /** For the following requests, one each, in this order; undefined = behave. */
  next(...misbehaviours: readonly (Misbehaviour | undefined)[]): void;
  /** For every request without a `next`; overrides the options' script. */
  always(misbehaviour: Misbehaviour | undefined): void;
  /** Refuses connections until `accept`, which reopens the same port. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Resolves when no request is being served. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

type MutableRequest = { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: MutableRequest[] = [];
  const queue: (Misbehaviour | undefined)[] = [];
  let standing: { readonly misbehaviour: Misbehaviour | undefined } | undefined;
  const cache = new PromptCache();

  const choose = (request: LoggedRequest): Misbehaviour | undefined => {
    if (queue.length > 0) return queue.shift();
    const header = request.headers['x-fake-misbehaviour'];
    if (typeof header === 'string') return JSON.parse(header) as Misbehaviour;
    return standing === undefined ? options.misbehave?.(request) : standing.misbehaviour;
  };
  const server = createServer((incoming, response) => {
    void handle(incoming, response).catch((error: unknown) => {
      console.error('The fake model server failed:', error);
      incoming.socket.destroy();
    });
  });
  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const finished = new AbortController();
    const request = await logRequest(incoming, `fake-${requests.length + 1}`, aborted(finished.signal));
    requests.push(request);
    request.misbehaviour = choose(request);
    if (options.reportsCost === true) response.setHeader('x-generation-id', request.id);
    const sink = makeSink(incoming, response, request.misbehaviour);
    try {
      await answer(request, sink, { options, cache, requests });
    } finally {
      request.clientClosed = sink.closed;
      request.ended = true;
      finished.abort();
    }
  }

  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    get billedNanoUsd() {
      return requests.reduce((sum, request) => sum + request.billedNanoUsd, 0);
    },
    next: (...misbehaviours) => void queue.push(...misbehaviours),
    always: (misbehaviour) => void (standing = { misbehaviour }),
    refuse: stop,
    accept: () => listen(port),
    idle: async () => {
      await Promise.all(requests.map(({ finished }) => finished));
    },
    close: () => (server.listening ? stop() : Promise.resolve()),
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

async function logRequest(
  incoming: IncomingMessage,
  id: string,
  finished: Promise<void>,
): Promise<MutableRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const rawBody = Buffer.concat(chunks).toString('utf8');
  const body = parseJson(rawBody);
  return {
    id,
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    rawBody,
    body,
    model: isRecord(body) && typeof body['model'] === 'string' ? body['model'] : undefined,
    misbehaviour: undefined,
    inputTokens: 0,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    billedNanoUsd: 0,
    clientClosed: false,
    ended: false,
    finished,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Context {
  readonly options: ModelServerOptions;
  readonly cache: PromptCache;
  readonly requests: readonly LoggedRequest[];
}

async function answer(request: MutableRequest, sink: Sink, context: Context): Promise<void> {
  const early = earlyMisbehaviour(request, sink);
  if (early !== undefined) return early;
  const refusal = refuse(request, context.options);
  if (refusal !== undefined) return sendError(sink, refusal);
  const url = new URL(request.path, 'http://localhost');
  return request.method === 'GET' ? answerGet(url, sink, context) : answerPost(url, request, sink, context);
}

const generationPaths: Readonly<Record<string, GenerationKind>> = {
  '/v1/chat/completions': 'chat',
  '/v1/messages': 'chat',
  '/v1/responses': 'chat',
  '/v1/completions': 'completion',
  '/v1/fim/completions': 'fim',
  '/infill': 'infill',
};

interface Asked {
  readonly protocol: FakeProtocol;
  /** In Chat Completions' form. */
  readonly body: unknown;
  /** The texts marked for Anthropic's cache. */
  readonly marked: readonly string[];
  readonly hourCache: boolean;
}

function readProtocol(path: string, body: unknown, models: readonly FakeModel[]): Asked | ApiError {
  if (path === '/v1/messages') {
    const read = readMessages(body);
    if (isApiError(read)) return read;
    const { chat, markedPrompts, hourCache } = read;
    return { protocol: 'messages', body: chat, marked: markedPrompts, hourCache };
  }
  if (path === '/v1/responses') {
    const read = readResponses(body, models);
    return isApiError(read) ? read : { protocol: 'responses', body: read, marked: [], hourCache: false };
  }
  return { protocol: 'chat', body, marked: [], hourCache: false };
}

async function answerPost(url: URL, request: MutableRequest, sink: Sink, context: Context): Promise<void> {
  if (!String(request.headers['content-type']).startsWith('application/json')) {
    return sendError(sink, badRequest('Content-Type must be application/json.'));
  }
  if (url.pathname === '/v1/embeddings') {
    const embedded = embed(request.body, context.options.models);
    if (isApiError(embedded)) return sendError(sink, embedded);
    request.inputTokens = embedded.inputTokens;
    request.billedNanoUsd = costNanoUsd(embedded.model.price, request);
    return sink.json(200, embedded.body);
  }
  const kind = generationPaths[url.pathname];
  if (kind === undefined || context.options.lacks?.includes(url.pathname) === true)
    return sendError(sink, apiError(404, `Invalid URL (POST ${url.pathname})`));
  const { models, acceptsStreamOptions = true, reportsCost = false } = context.options;
  const asked = readProtocol(url.pathname, request.body, models);
  if (isApiError(asked)) return sendError(sink, asked);
  const { protocol } = asked;
  const rules = { models, acceptsStreamOptions, reportsCost, protocol };
  const read = readGeneration(kind, asked.body, rules);
  if (isApiError(read)) return sendError(sink, read);
  const { hourCache } = asked;
  const generation = { ...read, hourCache };
  const refused = effortFault(request.body, generation.model);
  if (refused !== undefined) return sendError(sink, refused);

  const { price } = generation.model;
  const { model, inputTokens } = generation;
  const marked = context.cache.marked(model, asked.marked, inputTokens);
  const meter = {
    outputTokens: 0,
    reasoningTokens: 0,
    // Anthropic reads only marked text.
    cachedTokens:
      protocol === 'messages' ? marked.read : context.cache.read(model, wholeText(generation.prompt)),
    cacheWriteTokens: marked.written,
    costUsd: () => costNanoUsd(price, { ...generation, ...meter }) / 1e9,
  };
  const { misbehaviour } = request;
  const served = misbehaviour?.kind !== 'context-length-exceeded';
  try {
    await serve(generation, request.id, sink, meter, misbehaviour);
  } finally {
    if (served) {
      request.inputTokens = generation.inputTokens;
      request.cachedTokens = meter.cachedTokens;
      request.cacheWriteTokens = meter.cacheWriteTokens;
      request.outputTokens = meter.outputTokens;
      request.billedNanoUsd = costNanoUsd(price, { ...request, hourCache });
    }
  }
}

function answerGet(url: URL, sink: Sink, { options, requests }: Context): Promise<void> {
  if (url.pathname === '/v1/models') {
    const entry = (model: FakeModel): object => describeModel(model, options.listsNamesOnly);
    return sink.json(200, { object: 'list', data: options.models.map(entry) });
  }
  const id = /^\/v1\/models\/(.+)$/.exec(url.pathname)?.[1];
  if (id !== undefined) {
    const model = options.models.find((candidate) => candidate.id === decodeURIComponent(id));
    return model === undefined ? sendError(sink, modelNotFound(id)) : sink.json(200, describeModel(model));
  }
  if (options.reportsCost === true && url.pathname === '/v1/generation') {
    const found = requests.find(({ id: its, ended }) => ended && its === url.searchParams.get('id'));
    if (found === undefined) return sendError(sink, apiError(404, 'Generation not found'));
    const { inputTokens, outputTokens, billedNanoUsd, model } = found;
    const total = {
      total_cost: billedNanoUsd / 1e9,
      tokens_prompt: inputTokens,
      tokens_completion: outputTokens,
    };
    return sink.json(200, { data: { id: found.id, model, ...total } });
  }
  if (options.logsSpend === true && url.pathname === '/spend/logs') {
    const found = requests.filter(
      ({ id: its, ended }) => ended && its === url.searchParams.get('request_id'),
    );
    return sink.json(200, found.map(spendRow));
  }
  if (options.reportsCost === true && url.pathname === '/v1/key') {
    const usage = requests.reduce((sum, request) => sum + request.billedNanoUsd, 0) / 1e9;
    return sink.json(200, { data: { label: 'fake', usage, limit: null, is_free_tier: false } });
  }
  return sendError(sink, apiError(404, `Invalid URL (GET ${url.pathname})`));
}

const spendRow = ({ id, model, inputTokens, outputTokens, billedNanoUsd }: LoggedRequest): object => ({
  request_id: id,
  call_type: 'acompletion',
  model,
  spend: billedNanoUsd / 1e9,
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
});

/** Misbehavior that does not depend on the request; undefined = the request is examined. */
function earlyMisbehaviour({ misbehaviour }: LoggedRequest, sink: Sink): Promise<void> | undefined {
  switch (misbehaviour?.kind) {
    case 'redirect':
      return sink.json(307, {}, { location: misbehaviour.location });
    case 'html':
      return sink.page(misbehaviour.status ?? 502, 'text/html', '<!doctype html><h1>Bad gateway</h1>');
    case 'reply':
      return sink.page(200, 'application/json', JSON.stringify(misbehaviour.body));
    case 'reset-before-headers':
      sink.reset();
      return Promise.resolve();
    case 'silent-before-headers':
      return sink.untilClosed();
    default:
      return undefined;
  }
}

function refuse(request: LoggedRequest, options: ModelServerOptions): ApiError | undefined {
  const sent = String(request.headers['authorization'] ?? '').replace(/^Bearer /, '');
  if (options.key !== undefined && sent !== options.key) return wrongKey(sent);
  switch (request.misbehaviour?.kind) {
    case 'wrong-key':
      return wrongKey(sent);
    case 'no-credit':
      return noCredit;
    case 'forbidden':
      return forbidden;
    case 'model-gone':
      return modelNotFound(request.model ?? '');
    case 'rate-limited':
      return rateLimited(request.misbehaviour.retryAfter);
    case 'server-error':
      return serverError(request.misbehaviour.status);
    default:
      return undefined;
  }
}

const sendError = (sink: Sink, { status, error, headers }: ApiError): Promise<void> =>
  sink.json(status, { error }, headers);
