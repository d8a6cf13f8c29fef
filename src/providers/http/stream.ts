import type {
  ModelStream,
  ProviderError,
  ProviderErrorKind,
  StreamEvent,
  Usage,
} from '../../app/ports/models.ts';
import { endsWhenClosed } from '../closing.ts';
import { openCall } from './call.ts';
import type { BuildClient, ClientCall, CallContext } from './call.ts';
import { endOf } from './ends.ts';
import { at, stringAt } from './json.ts';
import { refusalOf, type SentFeatures } from './refusals.ts';

/** Longer than any provider's id of a generation. */
export const MAX_ID_LENGTH = 200;

/** Reads one answer from a protocol's chunks; its fields contain what is known of the call so far. */
export interface AnswerReader {
  readonly usage: Usage | undefined;
  readonly generationId: string | undefined;
  /** In Chat Completions' terms: `stop`, `length`, `tool_calls`, `content_filter`. */
  readonly finish: string | undefined;
  /** Whether any text, reasoning or tool call arrived. */
  readonly hasContent: boolean;
  /** The provider behind a gateway, as the gateway names it (OpenRouter); absent = none was named. */
  readonly provider?: string | undefined;
  /** Whether the protocol's own end event arrived, even without a finish reason. */
  readonly hasEnded?: boolean;
  read(chunk: unknown): StreamEvent[];
  /** The text that was held back for classification, after the last chunk. */
  rest?(): StreamEvent[];
  /** The tool calls, once all their arguments have arrived. */
  end(): StreamEvent[];
}

export interface StreamRequest<Client> {
  readonly build: BuildClient<Client>;
  readonly answer: AnswerReader;
  /** Sends the request. The chunks are read tolerantly, whatever their declared type. */
  readonly open: (call: ClientCall<Client>) => PromiseLike<AsyncIterable<unknown>>;
  readonly signal: AbortSignal;
  /** The text of the request, for removal from error texts that quote it. */
  readonly sent: string;
  /** The parts of the request that may be refused by name; absent = none. */
  readonly features?: SentFeatures;
  /** False for chat, where an empty answer is a failure; a completion may be empty. */
  readonly mayBeEmpty: boolean;
}

/** Runs one streaming call. Failures appear in `failure`; the iteration itself never throws. */
export function streamCall<Client>(context: CallContext, request: StreamRequest<Client>): ModelStream {
  let settle: (failure: ProviderError | undefined) => void = () => undefined;
  const failure = new Promise<ProviderError | undefined>((resolve) => (settle = resolve));
  void failure.then((error) => logFailure(context, error));
  const events = async function* (): AsyncGenerator<StreamEvent, void> {
    const opened = await openCall(request.build, context, request.signal, 'events', request.sent);
    if (opened.ok) yield* run(opened.value, request, settle);
    else settle(opened.error);
  };
  const stopsWhenClosed = (): boolean => endsWhenClosed(context.endpoint, request.answer.provider);
  return { events: events(), failure, stopsWhenClosed };
}

async function* run<Client>(
  call: ClientCall<Client>,
  request: StreamRequest<Client>,
  settle: (failure: ProviderError | undefined) => void,
): AsyncGenerator<StreamEvent, void> {
  const { answer } = request;
  const end = (failed: { error?: unknown; kind?: ProviderErrorKind | undefined } | undefined) => {
    call.guard.end();
    const told = { usage: answer.usage, generationId: generationId(call, answer) };
    const failure = failed && call.failure(failed.error, failed.kind);
    const refusal = failure && request.features && refusalOf(request.features, failure, call.guard.errorBody);
    settle(failure && { ...failure, kind: refusal ?? failure.kind, ...told });
  };
  try {
    for await (const chunk of await request.open(call)) {
      if (stringAt(chunk, 'object') === 'error') throw new StreamedError(chunk);
      yield* answer.read(chunk);
    }
    const kind = call.guard.stopped ?? faultOf(answer, call, request.mayBeEmpty);
    if (kind) yield* answer.rest?.() ?? [];
    end(kind && { kind });
    if (kind) return;
    yield* answer.end();
    yield done(call, answer);
  } catch (error) {
    yield* answer.rest?.() ?? [];
    end({ error });
  } finally {
    // Not ended: the consumer left the loop early.
    if (!call.guard.ended) call.guard.stop('cancelled');
    end({});
  }
}

function logFailure({ endpoint, log }: CallContext, error: ProviderError | undefined): void {
  if (!error || error.kind === 'cancelled') return;
  log.warn(`${endpoint.id}: ${error.kind} (${error.status ?? 'no status'}) ${error.detail}`);
}

/**
 * An error in the data of the stream: vLLM's error chunk, a failed response. The packages themselves throw for `{error:
 * ...}`.
 */
export class StreamedError extends Error {
  readonly code: unknown;
  /** The provider's message. */
  readonly said: string | undefined;
  constructor(chunk: unknown) {
    const said = stringAt(chunk, 'message');
    super(said ?? 'The endpoint reported an error.');
    this.code = at(chunk, 'code');
    this.said = said;
  }
}

/** Why a stream that reached its end is not a (complete) answer. */
function faultOf(
  answer: AnswerReader,
  { guard }: ClientCall<unknown>,
  mayBeEmpty: boolean,
): ProviderErrorKind | undefined {
  const end = endOf(answer.finish);
  if (end === 'error') return 'server-error';
  if (!answer.hasContent) {
    const said = answer.finish !== undefined || answer.usage !== undefined;
    return end !== 'complete' || (mayBeEmpty && said) ? undefined : 'empty';
  }
  // The connection closed normally, but neither the model nor the server had announced the end.
  const hasEnded = answer.finish !== undefined || guard.saidDone || answer.hasEnded === true;
  return hasEnded ? undefined : 'reset';
}

/** OpenRouter also sends the id in a header, before the first token. */
const generationId = ({ guard }: ClientCall<unknown>, answer: AnswerReader): string | undefined =>
  answer.generationId ?? guard.headers?.get('x-generation-id')?.slice(0, MAX_ID_LENGTH);

function done(call: ClientCall<unknown>, answer: AnswerReader): StreamEvent {
  const end = endOf(answer.finish);
  return {
    type: 'done',
    usage: answer.usage,
    finish: answer.finish,
    ...((end === 'length' || end === 'content-filter') && { incomplete: end }),
    generationId: generationId(call, answer),
    ...(call.guard.damaged && { damaged: true }),
  };
}
