/**
 * The total billed to a key: OpenRouter's `/key` (https://openrouter.ai/docs/api-reference/limits, read in November
 * 2026). Amounts billed by other providers through the user's own keys there are listed separately.
 *
 * LiteLLM's `/key/info` is not used: its spend leaves out models whose price LiteLLM does not know, which cost money
 * too, and restarts at zero with each budget period. Its log of single calls is used (`billLookUp.ts`).
 */
import { createHash } from 'node:crypto';
import type { KeyUsage, LookUpFailure } from '../../app/ports/models.ts';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openCall, type CallContext } from '../http/call.ts';
import { at, stringAt } from '../http/json.ts';
import { dollars } from '../http/usage.ts';
import { TIMEOUTS, failureOf } from './billLookUp.ts';
import { buildClient } from './client.ts';

export const tellsKeyUsage = ({ preset }: Endpoint): boolean => preset === 'openrouter';

export async function readKeyUsage(
  context: CallContext,
  signal: AbortSignal,
): Promise<Result<KeyUsage, LookUpFailure>> {
  const opened = await openCall(buildClient, { ...context, timeouts: TIMEOUTS }, signal, 'json', '');
  if (!opened.ok) return fail(failureOf(opened.error.kind));
  const call = opened.value;
  try {
    const response = await call.client.get('/key', { signal: call.guard.signal }).asResponse();
    const usage = usageIn(JSON.parse(await response.text()) as unknown);
    return usage ? ok(usage) : fail('not-possible');
  } catch (error) {
    return fail(failureOf(call.failure(error).kind));
  } finally {
    call.guard.end();
  }
}

function usageIn(reply: unknown): KeyUsage | undefined {
  const own = dollars(at(reply, 'data', 'usage'));
  const name = stringAt(reply, 'data', 'label');
  if (own === undefined || name === undefined) return undefined;
  const others = dollars(at(reply, 'data', 'byok_usage')) ?? 0;
  // The label contains some characters of the key.
  const key = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return { key, usd: own + others };
}
