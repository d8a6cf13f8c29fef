import type Anthropic from '@anthropic-ai/sdk';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import { AZURE } from '../../app/settings/url.ts';
import type { CallGuard } from '../http/guard.ts';
import { guardedFetch } from '../http/guardedFetch.ts';
import { withoutVariable } from '../http/withoutVariable.ts';

/**
 * A client for one call that sets everything the package would otherwise read from ANTHROPIC_* variables or from a
 * profile on disk: key, address, log level, tracing, headers. The application makes retries itself, each with its own
 * reservation, so that the package makes none.
 */
export async function buildMessagesClient(
  endpoint: Endpoint,
  key: string | undefined,
  guard: CallGuard,
): Promise<Anthropic> {
  const { default: Client } = await import('@anthropic-ai/sdk');
  return withoutVariable(
    'ANTHROPIC_CUSTOM_HEADERS',
    () =>
      new Client({
        // The package's own paths begin with /v1.
        baseURL: endpoint.baseUrl.replace(/\/v1$/, ''),
        apiKey: key ?? PLACEHOLDER,
        webhookKey: null,
        maxRetries: 0,
        logLevel: 'off',
        openTelemetry: { traces: false, propagation: false },
        timeout: endpoint.timeouts.totalMs + 60_000,
        ...(endpoint.apiVersion !== undefined && { defaultQuery: { 'api-version': endpoint.apiVersion } }),
        defaultHeaders: { ...authHeaders(endpoint, key), ...endpoint.headers },
        fetch: guardedFetch(guard, 'events'),
      }),
  );
}

/**
 * `null` removes the package's own bearer header. Microsoft Foundry expects a resource's key as `x-api-key`
 * (https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry, read in November 2026).
 */
function authHeaders({ baseUrl }: Endpoint, key: string | undefined): Record<string, string | null> {
  if (key === undefined) return { authorization: null };
  return AZURE.test(new URL(baseUrl).hostname) ? { authorization: null, 'x-api-key': key } : {};
}

/** The package requires a key even where the endpoint needs none; it is never sent. */
const PLACEHOLDER = 'no-key-needed';
