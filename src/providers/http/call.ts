import type { Log } from '../../app/ports/environment.ts';
import type { ProviderError, ProviderErrorKind } from '../../app/ports/models.ts';
import type { Endpoint, Timeouts } from '../../app/settings/endpoint.ts';
import type { Result } from '../../core/result.ts';
import { fail, ok } from '../../core/result.ts';
import { classify } from './errors.ts';
import { CallGuard } from './guard.ts';
import { cut, redact } from './redact.ts';
import { isSecretHeader, whyUnsafe } from './safety.ts';

/** The inputs of every call to one endpoint. */
export interface CallContext {
  readonly endpoint: Endpoint;
  /** Called for each request, so that a new key applies at once. Undefined = there is no key. */
  readonly key: () => Promise<string | undefined>;
  readonly log: Log;
  /** Whether the user has agreed to send this endpoint's key over plain http to its host; default: no. */
  readonly mayGoPlain?: ((endpoint: Endpoint) => boolean) | undefined;
  /** Overrides of the endpoint's timeouts, such as a shorter wait for inline completions. */
  readonly timeouts?: Partial<Timeouts> | undefined;
}

/** One call that may be sent: its client, its limits, and its conversion of errors without secrets. */
export interface ClientCall<Client> {
  readonly client: Client;
  readonly guard: CallGuard;
  /** `kind`: the caller's classification where it knows more than the error. */
  failure(error: unknown, kind?: ProviderErrorKind): ProviderError;
}

/** Creates a protocol's client for one call from its package, this key and this guard's fetch. */
export type BuildClient<Client> = (
  endpoint: Endpoint,
  key: string | undefined,
  guard: CallGuard,
  expects: 'events' | 'json',
) => Promise<Client>;

/** Checks everything that must hold before a request is sent. A call that fails here was provably not served. */
export async function openCall<Client>(
  build: BuildClient<Client>,
  context: CallContext,
  caller: AbortSignal,
  expects: 'events' | 'json',
  sent: string,
): Promise<Result<ClientCall<Client>, ProviderError>> {
  const { endpoint } = context;
  const key = await readKey(context);
  if (!key.ok) return key;
  if (key.value === undefined && endpoint.needsKey) return unsent('no-key');
  const unsafe = await whyUnsafe(endpoint, key.value, context.mayGoPlain?.(endpoint) === true);
  if (unsafe) return unsent(unsafe, endpoint.baseUrl);
  const guard = new CallGuard({ ...endpoint.timeouts, ...context.timeouts }, caller);
  const secrets = secretsOf(endpoint, key.value);
  const failure = (error: unknown, kind?: ProviderErrorKind): ProviderError => {
    const found = classify(error, guard);
    const clean = (text: string): string => cut(redact(text, secrets, sent));
    const itsKind = kind ?? found.kind;
    return {
      ...found,
      kind: itsKind,
      detail: clean(found.detail),
      ...(found.said !== undefined && { said: clean(found.said) }),
      ...(ABOUT_ADDRESS.has(itsKind) && { address: endpoint.baseUrl }),
    };
  };
  try {
    const client = await build(endpoint, key.value, guard, expects);
    return ok({ client, guard, failure });
  } catch (error) {
    guard.end();
    return fail({ ...failure(error), kind: 'unknown', served: 'no' });
  }
}

/** Kinds of failure that a wrong address may cause. */
const ABOUT_ADDRESS: ReadonlySet<ProviderErrorKind> = new Set([
  'wrong-address',
  'refused',
  'unreachable',
  'not-json',
  'redirect',
  'insecure',
]);

async function readKey(context: CallContext): Promise<Result<string | undefined, ProviderError>> {
  try {
    const key = (await context.key())?.trim();
    // A line break or an emoji in a key would make fetch throw an error that quotes it.
    if (key && !/^[\x21-\x7e]+$/.test(key)) return unsent('wrong-key');
    return ok(key || undefined);
  } catch {
    return unsent('no-key');
  }
}

const unsent = (kind: ProviderErrorKind, address?: string): Result<never, ProviderError> =>
  fail({
    kind,
    served: 'no',
    status: undefined,
    retryAfterMs: undefined,
    detail: '',
    ...(address !== undefined && { address }),
  });

const secretsOf = (endpoint: Endpoint, key: string | undefined): string[] => [
  ...(key === undefined ? [] : [key]),
  ...Object.entries(endpoint.headers).flatMap(([name, value]) =>
    isSecretHeader(name) ? [value, value.replace(/^\w+\s+/, '')] : [],
  ),
];
