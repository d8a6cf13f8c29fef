import type { ProviderError, Usage } from '../../app/ports.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { openCall } from './call.ts';
import type { CallContext } from './call.ts';
import { at, listAt, numberAt } from './json.ts';
import { parseUsage } from './usage.ts';

export interface EmbeddingRequest {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly signal: AbortSignal;
}

export interface Embeddings {
  /** One for each input, in order; all of one length, all finite. */
  readonly vectors: readonly Float64Array[];
  readonly usage: Usage | undefined;
}

export async function embed(
  context: CallContext,
  { model, inputs, signal }: EmbeddingRequest,
): Promise<Result<Embeddings, ProviderError>> {
  const opened = await openCall(context, signal, 'json', inputs.join('\n'));
  if (!opened.ok) return opened;
  const call = opened.value;
  try {
    // 'float': the package's default, base64, is unknown to many local servers.
    const body = { model, input: [...inputs], encoding_format: 'float' as const };
    const response = await call.client.embeddings.create(body, { signal: call.guard.signal }).asResponse();
    const reply = JSON.parse(await response.text()) as unknown;
    const vectors = readVectors(reply, inputs.length);
    if (!vectors) return fail(call.failure('no usable embeddings in the reply', 'not-json'));
    return ok({ vectors, usage: readUsage(reply, context.endpoint.promptTokensIncludeCached) });
  } catch (error) {
    return fail(call.failure(error));
  } finally {
    call.guard.end();
  }
}

function readVectors(reply: unknown, count: number): Float64Array[] | undefined {
  const vectors: Float64Array[] = [];
  for (const [position, entry] of listAt(reply, 'data').entries()) {
    const numbers = listAt(entry, 'embedding');
    const index = numberAt(entry, 'index') ?? position;
    if (numbers.length === 0 || !numbers.every(isFinite) || index >= count) return undefined;
    vectors[index] = Float64Array.from(numbers);
  }
  const length = vectors[0]?.length;
  const complete = vectors.length === count && Array.from(vectors).every((v) => v.length === length);
  return complete ? vectors : undefined;
}

const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Embeddings have no output, and some servers leave its count out. */
function readUsage(reply: unknown, promptTokensIncludeCached: boolean): Usage | undefined {
  const usage = at(reply, 'usage');
  return typeof usage === 'object' && usage !== null
    ? parseUsage({ completion_tokens: 0, ...usage }, promptTokensIncludeCached)
    : undefined;
}
