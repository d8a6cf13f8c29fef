import type Anthropic from '@anthropic-ai/sdk';
import type { Endpoint } from '../../app/settings/endpoint.ts';
import type { CallGuard } from '../http/guard.ts';
import { guardedFetch } from '../http/guardedFetch.ts';
import { withoutVariable } from '../http/withoutVariable.ts';

/**
 * A client for one call, explicit in everything that the package would otherwise read from ANTHROPIC_* variables or
 * from a profile on disk: key, address, log level, tracing, headers. A retry is the application's own and has its own
 * reservation, so the package makes none.
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
        defaultHeaders: { ...(key === undefined && { authorization: null }), ...endpoint.headers },
        fetch: guardedFetch(guard, 'events'),
      }),
  );
}

/** The package insists on a key even where the endpoint needs none; it is never sent. */
const PLACEHOLDER = 'no-key-needed';
