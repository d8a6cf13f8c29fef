import type { Preset } from './endpoint.ts';
import type { SettingReader } from './reader.ts';
import { shown } from './problem.ts';

/** The checked base URL, without trailing slash; undefined = there is none that can be used. */
export function parseBaseUrl(reader: SettingReader, preset: Preset): string | undefined {
  const given = reader.raw('baseUrl');
  if (given === undefined) {
    if (preset.baseUrl === undefined) reader.problem('baseUrl', 'missing', 'https://…', undefined);
    return preset.baseUrl;
  }
  const url = typeof given === 'string' ? parseUrl(given) : undefined;
  if (!url) {
    // Falling back to the preset's own host would send prompts where the user did not mean them to go.
    reader.problem('baseUrl', 'bad-url', 'https://…', undefined);
    return undefined;
  }
  if (url.username || url.password || url.search) {
    url.username = url.password = url.search = '';
    reader.problem('baseUrl', 'secret-in-settings', 'https://…', shown(withoutSlash(url)));
  }
  return withoutSlash(url);
}

function parseUrl(text: string): URL | undefined {
  const url = URL.parse(text.trim());
  if (!url || !['http:', 'https:'].includes(url.protocol) || !url.hostname) return undefined;
  url.hash = '';
  return url;
}

const withoutSlash = (url: URL): string => url.href.replace(/(?<!\/)\/+$/, '');
