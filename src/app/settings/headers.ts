import { shown } from './problem.ts';
import type { SettingReader } from './reader.ts';

/** A key found in the settings. PILOT never uses it from there, but moves it to the keyring and reads it there. */
export interface MisplacedKey {
  readonly endpointId: string;
  /** The field of the key: `apiKey`, or `headers.<name>` as written. */
  readonly field: string;
  readonly value: string;
}

interface ParsedHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly misplaced: readonly Omit<MisplacedKey, 'endpointId'>[];
}

/** Parses headers, and collects any key in them or in a field whose name suggests a key. */
export function parseHeaders(reader: SettingReader): ParsedHeaders {
  const headers: Record<string, string> = {};
  const misplaced = reader.entries().flatMap(([field]) => {
    const value = KEY_FIELD.test(field) ? reader.raw(field) : undefined;
    if (typeof value !== 'string' || value === '') return [];
    reader.problem(field, 'secret-in-settings', '', '');
    return [{ field, value }];
  });
  const given = reader.object('headers');
  for (const [name, value] of given?.entries() ?? []) {
    if (!given || !isHeader(name, value)) {
      given?.problem(name, 'bad-header', '', '');
    } else if (KEY_HEADERS.has(name.toLowerCase())) {
      given.problem(name, 'secret-in-settings', '', shown('***'));
      misplaced.push({ field: `headers.${name}`, value: value.replace(/^bearer\s+/i, '') });
    } else {
      headers[name.toLowerCase()] = value;
    }
  }
  return { headers, misplaced };
}

const KEY_FIELD = /^(api[-_]?)?(key|token|secret)$/i;
const KEY_HEADERS = new Set(['authorization', 'api-key', 'x-api-key']);
/** The connection sets these itself; another value would break or redirect it. */
const FORBIDDEN = new Set(['host', 'content-length', 'content-type', 'connection', 'transfer-encoding']);

const isHeader = (name: string, value: unknown): value is string =>
  typeof value === 'string' &&
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/.test(name) &&
  /^[\t\x20-\x7e]{0,2000}$/.test(value) &&
  !FORBIDDEN.has(name.toLowerCase());
