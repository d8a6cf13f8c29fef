import type { ProviderError, ProviderErrorKind } from '../../app/ports/models.ts';
import type { CallGuard } from './guard.ts';
import { at, listAt, stringAt } from './json.ts';
import { cut } from './redact.ts';
import { isObject } from '../../core/shape.ts';

type ErrorClass = Pick<ProviderError, 'kind' | 'served'>;

/** Characters of an error's text that are searched; an endpoint may send megabytes. */
const MAX_WORDS = 16_384;

/**
 * The meaning of a failed call for the user and for the money. `served: 'no'` voids the reservation, so it requires
 * proof (docs/decisions.md, "The limit"): nothing was sent, there was no connection, or a 4xx before any answer.
 */
export function classify(error: unknown, guard: CallGuard): ProviderError {
  const said = saidIn(guard.errorBody) || streamedWords(error);
  const detail = said || plain(guard.errorBody) || plain(messageOf(error));
  return {
    ...verdict(error, guard, `${detail} ${guard.errorBody}`.slice(0, MAX_WORDS)),
    status: guard.status,
    retryAfterMs: guard.headers && (retryAfter(guard.headers, Date.now) ?? retryDelay(guard.errorBody)),
    detail,
    ...(said !== '' && { said }),
  };
}

function verdict(error: unknown, guard: CallGuard, detail: string): ErrorClass {
  const { status, stopped, sent } = guard;
  const refused = status !== undefined && 400 <= status && status < 500;
  // A refusal counts even if the rest of its text never arrived.
  if (stopped && (status === undefined || status < 400 || stopped === 'cancelled')) {
    return { kind: stopped, served: sent && !refused ? 'maybe' : 'no' };
  }
  if (status === undefined) return connectionVerdict(error);
  if (status >= 400) return { kind: statusKind(status, detail), served: refused ? 'no' : 'maybe' };
  return { kind: midStreamKind(error, detail), served: 'maybe' };
}

// ---------------------------------------------------------------------------------------- no response

function connectionVerdict(error: unknown): ErrorClass {
  const causes = causesOf(error);
  const codes = causes.map(codeOf);
  const has = (test: (code: string) => boolean) => codes.some(test);
  if (has((code) => REFUSED_CODES.has(code))) return { kind: 'refused', served: 'no' };
  if (has((code) => TIMEOUT_CODES.has(code))) return { kind: 'timeout', served: 'maybe' };
  if (has((code) => DNS_OR_TLS.test(code))) return { kind: 'unreachable', served: 'no' };
  if (causes.some((cause) => stringAt(cause, 'syscall') === 'connect')) {
    return { kind: 'unreachable', served: 'no' };
  }
  if (has((code) => RESET_CODES.has(code))) return { kind: 'reset', served: 'maybe' };
  // Refused by fetch itself before sending: ports of other protocols, and invalid addresses.
  if (causes.some((cause) => cause instanceof Error && NO_ADDRESS.test(cause.message.slice(0, 200)))) {
    return { kind: 'wrong-address', served: 'no' };
  }
  return { kind: 'unknown', served: 'maybe' };
}

/** Node's codes, or those of Chromium, which VS Code can use for fetch (`http.electronFetch`). */
const codeOf = (cause: unknown): string =>
  stringAt(cause, 'code') ??
  (cause instanceof Error ? (/net::(ERR_[A-Z_]+)/.exec(cause.message)?.[1] ?? '') : '');

const REFUSED_CODES = new Set(['ECONNREFUSED', 'ERR_CONNECTION_REFUSED']);
const TIMEOUT_CODES = new Set([
  'ERR_TIMED_OUT',
  'ERR_CONNECTION_TIMED_OUT',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const RESET_CODES = new Set([
  'ERR_CONNECTION_RESET',
  'ERR_CONNECTION_CLOSED',
  'ERR_NETWORK_CHANGED',
  'ERR_EMPTY_RESPONSE',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CLOSED',
]);
const NO_ADDRESS = /bad port|ERR_UNSAFE_PORT|unknown scheme|invalid url|only absolute url/i;
const DNS_OR_TLS =
  /^(ENOTFOUND|EAI_|CERT_|ERR_NAME_NOT_RESOLVED|ERR_CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

/** The error, its causes, and their parts: Node reports each tried address in an AggregateError. */
function causesOf(error: unknown, depth = 8): unknown[] {
  if (depth === 0 || !isObject(error)) return [];
  const parts = [(error as { cause?: unknown }).cause, ...listAt(error, 'errors')];
  return [error, ...parts.flatMap((part) => causesOf(part, depth - 1))];
}

// ------------------------------------------------------------------------------------------- response

function midStreamKind(error: unknown, detail: string): ProviderErrorKind {
  const codes = causesOf(error).map(codeOf);
  if (codes.some((code) => RESET_CODES.has(code))) return 'reset';
  if (codes.some((code) => TIMEOUT_CODES.has(code))) return 'timeout';
  if (error instanceof SyntaxError) return 'not-json';
  // An error object in the stream (OpenRouter): its `code` is an HTTP status, or a name.
  const status =
    httpStatus(at(error, 'code')) ??
    httpStatus(at(error, 'error', 'code')) ??
    httpStatus(at(error, 'error', 'status_code'));
  // LM Studio's answer, with status 200, to an unknown path.
  if (status === undefined && NO_ENDPOINT.test(detail)) return 'wrong-address';
  return statusKind(status ?? 500, `${stringAt(error, 'code') ?? ''} ${detail}`);
}

/** As a number, or (from some gateways) as its digits. */
function httpStatus(code: unknown): number | undefined {
  const status = typeof code === 'string' && /^[45]\d\d$/.test(code) ? Number(code) : code;
  return typeof status === 'number' && 400 <= status && status < 600 ? status : undefined;
}

/** By the status first, then by the text: gateways report causes under other causes' codes. */
export function statusKind(status: number, body: string): ProviderErrorKind {
  if (status >= 500) return TOO_LONG.test(body) ? 'too-long' : 'server-error';
  switch (status) {
    case 401:
      // The key is valid, but lacks this permission.
      return NO_ACCESS.test(body) && !WRONG_KEY.test(body) ? 'forbidden' : 'wrong-key';
    case 402:
      return AFFORDS.test(body) ? 'cannot-afford' : 'no-credit';
    case 403:
      return AFFORDS.test(body) ? 'cannot-afford' : NO_CREDIT.test(body) ? 'no-credit' : 'forbidden';
    case 404:
      return notFoundKind(body);
    case 405:
    case 501:
      return 'wrong-address';
    case 408:
      return 'timeout';
    case 413:
      return 'too-long';
    case 429:
      // Gemini mentions the quota at every rate limit, but says when to retry.
      return NO_CREDIT.test(body) && !RETRY_LATER.test(body) ? 'no-credit' : 'rate-limited';
    default:
      return kindByWords(body);
  }
}

/** Not found: a model, an address, or (OpenRouter) a provider that the account's own settings allow. */
function notFoundKind(body: string): ProviderErrorKind {
  if (ACCOUNT_SETTINGS.test(body) || MUST_AGREE.test(body)) return 'forbidden';
  if (CANNOT_DO.test(body)) return 'bad-request';
  if (NOT_LOADED.test(body)) return 'server-error';
  if (WRONG_PATH.test(body)) return 'wrong-address';
  return /model|deployment|no endpoints found/i.test(body) ? 'model-gone' : 'wrong-address';
}

const ACCOUNT_SETTINGS =
  /data policy|privacy|guardrail|no allowed providers|zero.{0,3}data.{0,3}retention|provider.{0,20}(ignored|blocked)/i;
/** The account's owner must act first. */
const MUST_AGREE = /must be verified|verify (your )?organi[sz]ation|(requires|accept) (the )?terms/i;
const CANNOT_DO =
  /no endpoints found that (support|can)|not a chat model|(only|not) supported in (the )?v1\/(chat|completions|responses)/i;
/** A local server that has the model, or another one, but none in memory. */
const NOT_LOADED = /no models? (is |are )?(currently )?loaded|model (is )?not loaded/i;
const NO_ENDPOINT = /unexpected endpoint or method/i;
const WRONG_PATH =
  /invalid url|cannot (get|post)|page not found|resource not found|\bno (route|path)\b|(unknown|unrecognized) (route|path|endpoint|request url)|no static resource|unexpected endpoint or method|(path|route|url|endpoint).{0,20}not found|<html|<!doctype/i;
const NO_ACCESS =
  /not allowed to (access|use|call).{0,20}model|(no|not have|without|insufficient) (access|permissions?)|permissions? (is|are) required|can only access models|missing scopes?|model.{0,40}(access denied|not permitted)/i;
const AFFORDS = /can only afford|fewer max_tokens|(reduce|lower).{0,20}max_tokens/i;

function kindByWords(body: string): ProviderErrorKind {
  if (AFFORDS.test(body)) return 'cannot-afford';
  if (TOO_LONG.test(body)) return 'too-long';
  if (WRONG_KEY.test(body)) return 'wrong-key';
  if (NO_CREDIT.test(body)) return 'no-credit';
  if (MUST_AGREE.test(body)) return 'forbidden';
  if (MODEL_GONE.test(body)) return 'model-gone';
  return 'bad-request';
}

const TOO_LONG =
  /context.{0,12}(length|window|size)|maximum context|(prompt|input|request).{0,20}too (long|large)|exceed.{0,40}(context|maximum.{0,20}token)|too many (input )?tokens|tokens.{0,40}must be <=|context.{0,20}overflow/i;
const WRONG_KEY =
  /(api|authentication|access).{0,3}key.{0,20}(invalid|not valid|incorrect|expired|missing)|(invalid|incorrect).{0,12}(api|access).{0,3}key/i;
const NO_CREDIT =
  /insufficient.{0,3}(quota|credit|balance|funds)|credit balance|out of credits?|exceeded your current quota|budget.{0,12}exceeded|(key|spend(ing)?|usage|monthly|weekly|daily) limit (exceeded|reached)|payment required|(any|all available) credits|reached.{0,30}(spending|usage) limit|balance is insufficient|account is suspended|arrear|account is in good standing|余额不足|欠费/i;
const RETRY_LATER = /retry ?(delay|in |after)/i;
const MODEL_GONE =
  /model.{0,80}(not (exist|found|available|supported|valid)|does ?n.t exist|does not exist|deprecated|decommissioned|retired)|(unknown|invalid|no such|not a valid) model|model_not_found/i;

/**
 * Milliseconds from `retry-after-ms` or `retry-after` (seconds or a date); at most a day. `now` is read for a date
 * only.
 */
export function retryAfter(headers: Headers, now: () => number): number | undefined {
  const exact = Number(headers.get('retry-after-ms') ?? NaN);
  const header = headers.get('retry-after') ?? '';
  const seconds = header.trim() === '' ? NaN : Number(header);
  const date = Number.isFinite(seconds) ? NaN : Date.parse(header);
  const until = Number.isFinite(date) ? date - now() : NaN;
  const ms = [exact, seconds * 1000, until].find((value) => Number.isFinite(value));
  return ms === undefined ? undefined : Math.min(Math.max(0, Math.round(ms)), 24 * 3_600_000);
}

/** Gemini reports it in the body only. */
function retryDelay(body: string): number | undefined {
  const seconds = /"retryDelay":\s*"(\d{1,5}(?:\.\d+)?)s"/.exec(body)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

/** The provider's own sentence in one of the many forms of error bodies; '' for a proxy's page, which has none. */
function saidIn(body: string): string {
  if (body === '') return '';
  const json = parse(body);
  return saidOf(json) || (json === undefined && !body.trimStart().startsWith('<') ? plain(body) : '');
}

/** A gateway's own sentence may only say that its provider failed; the provider's message is beside it. */
function saidOf(json: unknown): string {
  const nested = parse(stringAt(json, 'error', 'metadata', 'raw') ?? '');
  const said =
    stringAt(nested, 'error', 'message') ??
    stringAt(nested, 'message') ??
    stringAt(json, 'error', 'metadata', 'raw') ??
    stringAt(json, 'error', 'message') ??
    stringAt(json, 'error') ??
    stringAt(json, 'message') ??
    // Servers built on FastAPI list the faults; Mistral puts the list into its message.
    stringAt(json, 'detail') ??
    stringAt(json, 'detail', 0, 'msg') ??
    stringAt(json, 'message', 'detail') ??
    stringAt(json, 'message', 'detail', 0, 'msg') ??
    stringAt(json, 0, 'error', 'message');
  return plain(said ?? '');
}

/** The message of an error inside a stream. */
const streamedWords = (error: unknown): string =>
  plain(stringAt(error, 'said') ?? '') || saidOf({ error: at(error, 'error') });

const plain = (text: string): string =>
  text
    .slice(0, MAX_WORDS)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost cause is the most specific: "fetch failed" wraps "connect ECONNREFUSED 127.0.0.1:11434". */
function messageOf(error: unknown): string {
  const messages = causesOf(error).flatMap((cause) =>
    cause instanceof Error && cause.message ? [cause.message] : [],
  );
  return messages.at(-1) ?? (typeof error === 'string' ? error : '');
}

/** For failures before there is an error to classify. */
export const plainError = (kind: ProviderErrorKind, detail: string): ProviderError => ({
  kind,
  served: 'no',
  status: undefined,
  retryAfterMs: undefined,
  detail: cut(detail),
});
