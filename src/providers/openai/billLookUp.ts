/**
 * Looks up the cost of a call at its own endpoint afterwards: OpenRouter's record of a generation, LiteLLM's spend log.
 * Both are written some seconds late, so that "not yet" is the usual first answer.
 */
import type { LookUpFailure, ProviderErrorKind, Usage } from '../../app/ports/models.ts';
import type { TokenCounts } from '../../app/ports/money.ts';
import type { Endpoint, PresetId } from '../../app/settings/endpoint.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { buildClient } from './client.ts';
import { openCall } from '../http/call.ts';
import type { CallContext } from '../http/call.ts';
import { at, stringAt } from '../http/json.ts';
import { chargedUsd, count, dollars } from '../http/usage.ts';

export const tellsBills = ({ preset }: Endpoint): boolean => readers.has(preset);

export async function lookUpBill(
  context: CallContext,
  generationId: string,
  signal: AbortSignal,
): Promise<Result<Usage, LookUpFailure>> {
  const reader = readers.get(context.endpoint.preset);
  if (!reader) return fail('not-possible');
  const opened = await openCall(
    buildClient,
    { ...context, timeouts: TIMEOUTS },
    signal,
    'json',
    generationId,
  );
  if (!opened.ok) return fail(failureOf(opened.error.kind));
  const call = opened.value;
  try {
    const query = { [reader.parameter]: generationId };
    const address = reader.address(context.endpoint);
    const response = await call.client.get(address, { query, signal: call.guard.signal }).asResponse();
    const record = reader.record(JSON.parse(await response.text()) as unknown, generationId);
    const bill = record === undefined ? undefined : reader.read(record);
    return bill ? ok(bill) : fail('not-yet');
  } catch (error) {
    return fail(failureOf(call.failure(error).kind));
  } finally {
    call.guard.end();
  }
}

/** Milliseconds; no prompt waits for the answer, but the request must end. */
export const TIMEOUTS = { firstByteMs: 10_000, idleMs: 10_000, totalMs: 20_000 };

/** LiteLLM shows its log only to administrators, unless configured otherwise. */
export const failureOf = (kind: ProviderErrorKind): LookUpFailure =>
  NEVER.has(kind) ? 'not-possible' : 'not-yet';
const NEVER: ReadonlySet<ProviderErrorKind> = new Set([
  'no-key',
  'wrong-key',
  'forbidden',
  'insecure',
  'redirect',
]);

interface Reader {
  /** An address on the endpoint's own host. */
  address(endpoint: Endpoint): string;
  readonly parameter: string;
  /** The record of exactly this call. */
  record(reply: unknown, id: string): unknown;
  read(record: unknown): Usage | undefined;
}

/** https://openrouter.ai/docs/api-reference/get-a-generation; native tokens are billed. */
const openRouter: Reader = {
  address: () => '/generation',
  parameter: 'id',
  record: (reply, id) => (stringAt(reply, 'data', 'id') === id ? at(reply, 'data') : undefined),
  read(record) {
    const prompt = count(record, 'native_tokens_prompt') ?? count(record, 'tokens_prompt');
    const completion = count(record, 'native_tokens_completion') ?? count(record, 'tokens_completion');
    const total = dollars(at(record, 'total_cost'));
    if (prompt === undefined || completion === undefined || total === undefined) return undefined;
    const cached = count(record, 'native_tokens_cached') ?? 0;
    const reasoning = count(record, 'native_tokens_reasoning') ?? 0;
    const reportedUsd = chargedUsd(
      total,
      at(record, 'is_byok') === true,
      at(record, 'upstream_inference_cost'),
    );
    return { tokens: tokensOf({ prompt, cached, completion, reasoning }), reportedUsd };
  },
};

/** https://docs.litellm.ai/docs/proxy/cost_tracking; the log is beside `/v1`. */
const liteLlm: Reader = {
  address: ({ baseUrl }) => `${baseUrl.replace(/\/v1$/, '')}/spend/logs`,
  parameter: 'request_id',
  record: (reply, id) =>
    Array.isArray(reply) ? (reply as unknown[]).find((row) => stringAt(row, 'request_id') === id) : undefined,
  read(record) {
    const prompt = count(record, 'prompt_tokens');
    const completion = count(record, 'completion_tokens');
    const spend = dollars(at(record, 'spend'));
    if (prompt === undefined || completion === undefined || spend === undefined) return undefined;
    const tokens = tokensOf({ prompt, cached: 0, completion, reasoning: 0 });
    // It logs zero for a model with an unknown price; the model's own price decides what a zero means.
    return { tokens, reportedUsd: spend };
  },
};

const readers: ReadonlyMap<PresetId, Reader> = new Map([
  ['openrouter', openRouter],
  ['litellm', liteLlm],
]);

interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
  readonly reasoning: number;
}

const tokensOf = ({ prompt, cached, completion, reasoning }: Counts): TokenCounts => ({
  input: Math.max(0, prompt - cached),
  cachedInput: Math.min(prompt, cached),
  cacheWrite: 0,
  output: Math.max(0, completion - reasoning),
  reasoning: Math.min(completion, reasoning),
});
