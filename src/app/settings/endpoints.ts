import type { Endpoint, EndpointPreset, PresetTable, StopsWhenClosed, Timeouts } from './endpoint.ts';
import { PRESET_IDS, PROTOCOLS } from './endpoint.ts';
import { parseHeaders } from './headers.ts';
import type { MisplacedKey } from './headers.ts';
import type { SettingReader } from './reader.ts';
import { parseBaseUrl } from './url.ts';

export interface ParsedEndpoint {
  readonly endpoint: Endpoint;
  readonly misplacedKeys: readonly MisplacedKey[];
}

/** Parses one entry of `pilot.endpoints`; undefined = unusable, with a reported problem. */
export function parseEndpoint(
  reader: SettingReader,
  presets: PresetTable,
  variables: Map<string, string>,
): ParsedEndpoint | undefined {
  const id = parseId(reader);
  const preset = presets[reader.oneOf('preset', PRESET_IDS, 'custom')];
  const address = parseBaseUrl(reader, preset);
  const { headers, misplaced } = parseHeaders(reader);
  const endpoint = {
    preset: preset.id,
    label: reader.string('label', id === undefined || id === preset.id ? preset.label : id),
    needsKey: reader.boolean('needsKey', preset.needsKey),
    apiKeyEnv: parseVariable(reader, presets, variables, address?.baseUrl),
    headers,
    acceptsStreamOptions: reader.boolean('acceptsStreamOptions', preset.acceptsStreamOptions),
    promptTokensIncludeCached: reader.boolean('promptTokensIncludeCached', preset.promptTokensIncludeCached),
    protocol: reader.oneOf('protocol', PROTOCOLS, 'auto'),
    outputCapField: reader.oneOf('outputCapField', OUTPUT_CAP_FIELDS, preset.outputCapField),
    outputCapCoversReasoning: reader.boolean('outputCapCoversReasoning', preset.outputCapCoversReasoning),
    stopsWhenClosed: parseStopsWhenClosed(reader, preset, address?.baseUrl),
    simulated: reader.boolean('simulated', false),
    timeouts: parseTimeouts(reader.object('timeouts'), preset),
  };
  reader.reportUnknown();
  if (id === undefined || address === undefined) return undefined;
  const misplacedKeys = misplaced.map((key) => ({ ...key, endpointId: id }));
  const { baseUrl, apiVersion } = address;
  const version = apiVersion === undefined ? {} : { apiVersion };
  return { endpoint: { id, baseUrl, ...version, ...endpoint }, misplacedKeys };
}

/** Facts about a provider apply to its own host; for any other, such as a proxy, the settings decide. */
function parseStopsWhenClosed(
  reader: SettingReader,
  preset: EndpointPreset,
  baseUrl: string | undefined,
): StopsWhenClosed {
  const known = baseUrl === preset.baseUrl ? preset.stopsWhenClosed : 'no';
  if (!reader.has('stopsWhenClosed')) return known;
  return reader.boolean('stopsWhenClosed', false) ? 'yes' : 'no';
}

export const OUTPUT_CAP_FIELDS = ['max_tokens', 'max_completion_tokens'] as const;

/** The id becomes part of an arm's id (`endpoint/model`) and of the name of a secret. */
function parseId(reader: SettingReader): string | undefined {
  const id = reader.raw('id');
  if (typeof id === 'string' && /^[A-Za-z0-9][\w.-]{0,63}$/.test(id)) return id;
  const kind = id === undefined ? 'missing' : 'bad-id';
  reader.problem('id', kind, 'A–Z a–z 0–9 . _ -', undefined);
  return undefined;
}

/**
 * A provider's own variable goes only to that provider's host, and any other variable only to the first host that names
 * it, so that a copied configuration cannot send OPENAI_API_KEY elsewhere.
 * @param variables the origin that each variable belongs to, by the variable's name
 */
function parseVariable(
  reader: SettingReader,
  presets: PresetTable,
  variables: Map<string, string>,
  baseUrl: string | undefined,
): string | undefined {
  const name = reader.string('apiKeyEnv', undefined);
  if (name === undefined || baseUrl === undefined) return undefined;
  if (!/^[A-Za-z_]\w{0,127}$/.test(name)) {
    reader.problem('apiKeyEnv', 'bad-variable', 'A–Z a–z 0–9 _', '');
    return undefined;
  }
  const { origin } = new URL(baseUrl);
  const owner = variables.get(name) ?? ownerOf(name, presets) ?? origin;
  variables.set(name, owner);
  if (owner === origin) return name;
  reader.problem('apiKeyEnv', 'foreign-variable', owner, '');
  return undefined;
}

/** LiteLLM's preset runs on loopback; its variable belongs to the host of the user's own gateway. */
function ownerOf(variable: string, presets: PresetTable): string | undefined {
  const preset = Object.values(presets).find(({ apiKeyEnv }) => apiKeyEnv === variable);
  const url = preset?.baseUrl === undefined ? undefined : new URL(preset.baseUrl);
  return url?.protocol === 'https:' ? url.origin : undefined;
}

/** A local server does not answer while it loads a model, which takes minutes for a large one. */
export const defaultTimeouts = (preset: EndpointPreset): Timeouts => ({
  firstByteMs: preset.local ? 300_000 : 60_000,
  idleMs: 120_000,
  totalMs: 600_000,
});

function parseTimeouts(reader: SettingReader | undefined, preset: EndpointPreset): Timeouts {
  const fallback = defaultTimeouts(preset);
  if (!reader) return fallback;
  // Milliseconds; Node's fetch gives up after 300 s by itself.
  const wait = { min: 10, max: 300_000, integer: true };
  const timeouts = {
    firstByteMs: reader.number('firstByteMs', fallback.firstByteMs, wait),
    idleMs: reader.number('idleMs', fallback.idleMs, wait),
    totalMs: reader.number('totalMs', fallback.totalMs, { min: 10, max: 3_600_000, integer: true }),
  };
  reader.reportUnknown();
  return timeouts;
}
