import type { ModelStream, ProviderError, ProviderErrorKind, StreamEvent } from '../../app/ports/models.ts';
import { Answer, MAX_ID_LENGTH } from './answer.ts';
import { openCall } from './call.ts';
import type { Call, CallContext } from './call.ts';
import { stringAt } from './json.ts';

export interface StreamRequest {
  /** Sends the request. The chunks are read tolerantly, whatever their type says. */
  readonly open: (call: Call) => PromiseLike<AsyncIterable<unknown>>;
  readonly signal: AbortSignal;
  /** What is sent, so that an error text that quotes it can be cleaned. */
  readonly sent: string;
  /** A chat model that says nothing has failed; a completion may rightly be empty. */
  readonly mayBeEmpty: boolean;
}

/** Runs one streaming call. Failures come out of `failure`; the iteration itself never throws. */
export function streamCall(context: CallContext, request: StreamRequest): ModelStream {
  let settle: (failure: ProviderError | undefined) => void = () => undefined;
  const failure = new Promise<ProviderError | undefined>((resolve) => (settle = resolve));
  void failure.then((error) => logFailure(context, error));
  const events = async function* (): AsyncGenerator<StreamEvent, void> {
    const opened = await openCall(context, request.signal, 'events', request.sent);
    if (opened.ok) yield* run(context, opened.value, request, settle);
    else settle(opened.error);
  };
  return { events: events(), failure };
}

async function* run(
  context: CallContext,
  call: Call,
  request: StreamRequest,
  settle: (failure: ProviderError | undefined) => void,
): AsyncGenerator<StreamEvent, void> {
  const answer = new Answer(context.endpoint.promptTokensIncludeCached);
  const end = (failed: { error?: unknown; kind?: ProviderErrorKind | undefined } | undefined) => {
    call.guard.end();
    const told = { usage: answer.usage, generationId: generationId(call, answer) };
    settle(failed && { ...call.failure(failed.error, failed.kind), ...told });
  };
  try {
    for await (const chunk of await request.open(call)) {
      if (stringAt(chunk, 'object') === 'error') throw new StreamedError(chunk);
      yield* answer.read(chunk);
    }
    const kind = call.guard.stopped ?? emptiness(answer, request.mayBeEmpty);
    end(kind && { kind });
    if (kind) return;
    yield* answer.end();
    yield done(call, answer);
  } catch (error) {
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

/** vLLM sends its error as a chunk of its own, where others send `{error: ...}`, which the package throws. */
class StreamedError extends Error {
  readonly code: unknown;
  constructor(chunk: unknown) {
    super(stringAt(chunk, 'message') ?? 'The endpoint reported an error.');
    this.code = (chunk as { code?: unknown }).code;
  }
}

/** Why a stream that ended in order is no answer. */
function emptiness(answer: Answer, mayBeEmpty: boolean): 'empty' | undefined {
  if (answer.hasContent) return undefined;
  const explained = answer.finish === 'length' || answer.finish === 'content_filter';
  const said = answer.finish !== undefined || answer.usage !== undefined;
  return explained || (mayBeEmpty && said) ? undefined : 'empty';
}

/** OpenRouter also puts it into a header, which is there before the first token. */
const generationId = ({ guard }: Call, answer: Answer): string | undefined =>
  answer.generationId ?? guard.headers?.get('x-generation-id')?.slice(0, MAX_ID_LENGTH);

const done = (call: Call, answer: Answer): StreamEvent => ({
  type: 'done',
  usage: answer.usage,
  finish: answer.finish,
  generationId: generationId(call, answer),
  ...(call.guard.damaged && { damaged: true }),
});
