import type OpenAI from 'openai';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { AZURE } from '../../app/settings/url.ts';
import type { CallGuard } from '../http/guard.ts';
import { guardedFetch } from '../http/guardedFetch.ts';
import { withoutVariable } from '../http/withoutVariable.ts';

/**
 * A client for one call. It sets everything, because the openai package reads omitted values from OPENAI_* variables
 * and would send OpenAI's key, organization and headers to this endpoint's host. The application makes retries itself,
 * each with its own reservation, so the package makes none.
 */
export async function buildClient(
  endpoint: Endpoint,
  key: string | undefined,
  guard: CallGuard,
  expects: 'events' | 'json',
): Promise<OpenAI> {
  const { default: Client } = await import('openai');
  return withoutVariable(
    'OPENAI_CUSTOM_HEADERS',
    () =>
      new Client({
        baseURL: endpoint.baseUrl,
        apiKey: key ?? PLACEHOLDER,
        ...(endpoint.apiVersion !== undefined && { defaultQuery: { 'api-version': endpoint.apiVersion } }),
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        maxRetries: 0,
        logLevel: 'off',
        // The guard has its own timers; this one must not be the first.
        timeout: endpoint.timeouts.totalMs + 60_000,
        defaultHeaders: { ...authHeaders(endpoint, key, expects), ...endpoint.headers },
        fetch: guardedFetch(guard, expects),
      }),
  );
}

/** The package requires a key even where the endpoint needs none; it is never sent. */
const PLACEHOLDER = 'no-key-needed';

/** `null` removes the package's own header. */
function authHeaders(
  endpoint: Endpoint,
  key: string | undefined,
  expects: 'events' | 'json',
): Record<string, string | null> {
  if (key === undefined) return { authorization: null };
  if (AZURE.test(new URL(endpoint.baseUrl).hostname)) return { authorization: null, 'api-key': key };
  // Anthropic's chat address accepts OpenAI's header, its model list only its own.
  if (endpoint.preset !== 'anthropic' || expects === 'events') return {};
  return { authorization: null, 'x-api-key': key, 'anthropic-version': '2023-06-01' };
}
