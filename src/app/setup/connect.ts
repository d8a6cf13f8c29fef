/** The part of set-up that ends with a working endpoint: its address, its key, and the list of its models. */
import type { ProviderError } from '../ports/models.ts';
import type { Endpoint, EndpointPreset } from '../settings/endpoint.ts';
import { parseSettings } from '../settings/index.ts';
import { understandUrl } from '../settings/url.ts';
import type { ListedModel } from './catalog.ts';
import type { AfterFailure, KeyAnswer, KeyQuestion, SetupDeps, SetupStart } from './dialogue.ts';
import { namedModel } from './draft.ts';
import { freshId } from './entries.ts';

export interface Keyed {
  readonly endpoint: Endpoint;
  readonly key: string | undefined;
  /** Stored in the keyring when set-up is complete. */
  readonly typedKey: string | undefined;
  /** The variable that the user chose in this set-up. */
  readonly chosenVariable?: string;
}

export interface Connected extends Keyed {
  readonly listed: readonly ListedModel[];
}

export async function endpointFor(deps: SetupDeps, start: SetupStart): Promise<Endpoint | undefined> {
  if (start.type === 'endpoint') return start.endpoint;
  const preset = deps.presets[start.preset];
  const given = fixedAddress(preset) ?? (await deps.ui.askBaseUrl(preset));
  return given === undefined ? undefined : endpointAt(deps, preset, given);
}

/** The existing endpoint at this address, or a new one. */
function endpointAt(deps: SetupDeps, preset: EndpointPreset, given: string): Endpoint | undefined {
  const address = understandUrl(given, preset.baseUrl);
  if (!address) return undefined;
  const { baseUrl, apiVersion } = address;
  const taken = current(deps).endpoints;
  const same = taken.find((endpoint) => endpoint.preset === preset.id && endpoint.baseUrl === baseUrl);
  if (same) return apiVersion === undefined ? same : { ...same, apiVersion };
  const id = freshId(
    preset.id,
    taken.map((endpoint) => endpoint.id),
  );
  // The host, since "OpenAI-compatible" would name all such endpoints alike.
  const label = preset.id === 'custom' ? new URL(baseUrl).host : preset.label;
  // Uses the settings' parser, so that the written entry is read the same way later.
  const entry = { id, preset: preset.id, baseUrl, label };
  const [endpoint] = parseSettings({ endpoints: [entry], models: [] }, deps.presets).endpoints;
  return endpoint && apiVersion !== undefined ? { ...endpoint, apiVersion } : endpoint;
}

/** The address of providers, and of local servers with a port of their own; undefined for all others. */
const fixedAddress = (preset: EndpointPreset): string | undefined =>
  preset.id === 'vllm' || preset.id === 'litellm' || preset.id === 'custom' ? undefined : preset.baseUrl;

export const current = ({ settings, presets }: SetupDeps) =>
  parseSettings({ endpoints: settings.endpoints(), models: settings.models() }, presets);

/** Asks for a key and for the model list until there is a list, or the user gives up. */
export async function connect(
  deps: SetupDeps,
  endpoint: Endpoint,
  given: KeyAnswer | undefined,
): Promise<Connected | undefined> {
  let keyed = await firstKey(deps, endpoint, given);
  const tried = new Set<string>();
  while (keyed) {
    const { endpoint: now, key } = keyed;
    tried.add(now.baseUrl);
    await agreeToPlainHttp(deps, keyed);
    const listed = await deps.ui.whileFetching(now, (signal) => deps.list(now, key, signal));
    if (listed.ok) return { ...keyed, listed: listed.value };
    const other = otherVersionPath(now, listed.error);
    if (other && !tried.has(other.baseUrl)) {
      keyed = { ...keyed, endpoint: other };
      continue;
    }
    const way = await deps.ui.listFailed(now, listed.error);
    if (way === 'by-hand') return namedByHand(deps, keyed);
    keyed = await mended(deps, keyed, way, listed.error);
  }
  return undefined;
}

/** Undefined = the user gave up. */
async function mended(
  deps: SetupDeps,
  keyed: Keyed,
  way: AfterFailure | undefined,
  error: ProviderError,
): Promise<Keyed | undefined> {
  switch (way) {
    case 'again':
      return keyed;
    case 'key':
      return askForKey(deps, keyed.endpoint, { refused: error.kind === 'wrong-key', keyringFailed: false });
    case 'address':
      return moved(deps, keyed);
    default:
      return undefined;
  }
}

async function namedByHand(deps: SetupDeps, keyed: Keyed): Promise<Connected | undefined> {
  const names = await deps.ui.askNames(keyed.endpoint);
  return names && { ...keyed, listed: names.map(namedModel) };
}

/** Changes the address. The key goes there only if the host is the same; otherwise the user enters it again. */
async function moved(deps: SetupDeps, keyed: Keyed): Promise<Keyed | undefined> {
  const preset = deps.presets[keyed.endpoint.preset];
  const given = await deps.ui.askBaseUrl(preset, keyed.endpoint.baseUrl);
  const endpoint = given === undefined ? undefined : endpointAt(deps, preset, given);
  if (!endpoint) return undefined;
  if (new URL(endpoint.baseUrl).origin === new URL(keyed.endpoint.baseUrl).origin)
    return { ...keyed, endpoint: { ...keyed.endpoint, ...endpoint, needsKey: keyed.endpoint.needsKey } };
  return firstKey(deps, endpoint, undefined);
}

/** Asks once for each host of the local network; a public host never gets a key without encryption. */
export async function agreeToPlainHttp(deps: SetupDeps, { endpoint, key }: Keyed): Promise<void> {
  const { protocol, hostname, host } = new URL(endpoint.baseUrl);
  if (key === undefined || protocol === 'https:' || deps.keys.mayGoPlain(endpoint)) return;
  if (!(await deps.isPrivate(hostname))) return;
  if (await deps.ui.confirmPlainHttp(host)) await deps.keys.allowPlain(endpoint);
}

/** The address with `/v1` added or removed: the most common error with a self-hosted server. */
function otherVersionPath(endpoint: Endpoint, error: ProviderError): Endpoint | undefined {
  const notThere = error.status === 404 || error.kind === 'not-json';
  if (endpoint.preset !== 'custom' || !notThere) return undefined;
  const { baseUrl } = endpoint;
  if (!/\/v\d\w*(\/|$)/.test(baseUrl)) return { ...endpoint, baseUrl: `${baseUrl}/v1` };
  return baseUrl.endsWith('/v1') ? { ...endpoint, baseUrl: baseUrl.slice(0, -'/v1'.length) } : undefined;
}

async function firstKey(
  deps: SetupDeps,
  endpoint: Endpoint,
  given: KeyAnswer | undefined,
): Promise<Keyed | undefined> {
  // A variable goes only to its own host, whatever address the user entered since.
  if (given && (given.type !== 'variable' || ownVariable(deps, endpoint) === given.name))
    return keyedBy(deps, endpoint, given);
  const stored = await deps.keys.stored(endpoint);
  if (stored !== undefined) return { endpoint, key: stored, typedKey: undefined };
  const mayNeedOne = endpoint.needsKey || endpoint.preset === 'custom';
  if (!mayNeedOne) return { endpoint, key: undefined, typedKey: undefined };
  return askForKey(deps, endpoint, { refused: false, keyringFailed: false });
}

export async function askForKey(
  deps: SetupDeps,
  endpoint: Endpoint,
  circumstances: Pick<KeyQuestion, 'refused' | 'keyringFailed'>,
): Promise<Keyed | undefined> {
  const preset = deps.presets[endpoint.preset];
  const variable = ownVariable(deps, endpoint);
  const isSet = (name: string) => deps.keys.variable(name) !== undefined;
  const answer = await deps.ui.askKey({ endpoint, preset, variable, isSet, ...circumstances });
  return answer && keyedBy(deps, endpoint, answer);
}

/** The provider's own variable, where it is set and belongs to the endpoint's host. */
function ownVariable({ presets, keys }: SetupDeps, { preset, baseUrl }: Endpoint): string | undefined {
  const { apiKeyEnv, baseUrl: home } = presets[preset];
  if (apiKeyEnv === undefined || home === undefined) return undefined;
  const fits = new URL(home).origin === new URL(baseUrl).origin;
  return fits && keys.variable(apiKeyEnv) !== undefined ? apiKeyEnv : undefined;
}

function keyedBy(deps: SetupDeps, endpoint: Endpoint, answer: KeyAnswer): Keyed {
  switch (answer.type) {
    case 'none':
      return { endpoint: { ...endpoint, needsKey: false }, key: undefined, typedKey: undefined };
    case 'typed':
      return { endpoint: { ...endpoint, needsKey: true }, key: answer.key, typedKey: answer.key };
    case 'variable': {
      const key = deps.keys.variable(answer.name);
      return {
        endpoint: { ...endpoint, needsKey: true, apiKeyEnv: answer.name },
        key,
        typedKey: undefined,
        chosenVariable: answer.name,
      };
    }
  }
}
