/**
 * Parses addresses of endpoints as users paste them: from a documentation's example, a curl command, a portal's page.
 */
import type { EndpointPreset } from './endpoint.ts';
import type { SettingReader } from './reader.ts';
import { shown } from './problem.ts';

export interface BaseUrl {
  /** Without trailing slash, query or credentials. */
  readonly baseUrl: string;
  /** Azure's `api-version`, which goes with every request. */
  readonly apiVersion: string | undefined;
}

/** The checked base URL; undefined = none is usable. */
export function parseBaseUrl(reader: SettingReader, preset: EndpointPreset): BaseUrl | undefined {
  const given = reader.raw('baseUrl');
  if (given === undefined) {
    if (preset.baseUrl === undefined) reader.problem('baseUrl', 'missing', 'https://…', undefined);
    return preset.baseUrl === undefined ? undefined : { baseUrl: preset.baseUrl, apiVersion: undefined };
  }
  const understood = typeof given === 'string' ? understandUrl(given, preset.baseUrl) : undefined;
  if (!understood) {
    // The preset's own host is not a fallback: prompts would go where the user did not intend.
    reader.problem('baseUrl', 'bad-url', 'https://…', undefined);
    return undefined;
  }
  const { hasSecret, ...found } = understood;
  if (hasSecret) reader.problem('baseUrl', 'secret-in-settings', 'https://…', shown(found.baseUrl));
  return found;
}

/**
 * Interprets a pasted address: removes a request's own path (`/chat/completions`), and adds to an address without a
 * path the path of the preset's address (`home`), else `/v1`. A `#` at the end keeps the address as it is.
 */
export function understandUrl(
  text: string,
  home?: string,
): (BaseUrl & { readonly hasSecret: boolean }) | undefined {
  const url = URL.parse(text.trim().slice(0, MAX_CHARS));
  if (!url || !['http:', 'https:'].includes(url.protocol) || !url.hostname) return undefined;
  const isExact = text.trim().endsWith('#');
  const apiVersion = versionIn(url);
  url.searchParams.delete('api-version');
  const hasSecret = url.username !== '' || url.password !== '' || url.search !== '';
  url.username = url.password = url.search = url.hash = '';
  if (!isExact) {
    url.pathname = url.pathname.replace(/\/{2,}/g, '/').replace(OPERATION, '');
    if (url.pathname === '/') url.pathname = pathFor(url, home);
  }
  return { baseUrl: url.href.replace(/(?<!\/)\/+$/, ''), apiVersion, hasSecret };
}

const MAX_CHARS = 2000;
/** The paths of requests below the address that clients are given. */
const OPERATION = /\/(?:chat\/completions|completions|responses|messages|models|embeddings)\/?$/i;

function versionIn(url: URL): string | undefined {
  const version = url.searchParams.get('api-version');
  return version !== null && /^[\w.-]{1,40}$/.test(version) ? version : undefined;
}

function pathFor({ hostname }: URL, home: string | undefined): string {
  if (home !== undefined) return new URL(home).pathname;
  if (UNVERSIONED.has(hostname)) return '/';
  return AZURE.test(hostname) ? '/openai/v1' : '/v1';
}

/** Providers whose clients are given the bare host. */
const UNVERSIONED: ReadonlySet<string> = new Set(['api.deepseek.com', 'api.perplexity.ai']);
/** Azure's resources, which expect a key in a header of their own. */
export const AZURE = /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/;
