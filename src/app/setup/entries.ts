/** Changes to the raw values of `pilot.endpoints` and `pilot.models`; fields unknown to set-up stay. */
import { effortName, type Effort } from '../../core/arm.ts';
import type { Endpoint, EndpointPreset, Protocol } from '../settings/endpoint.ts';
import type { MisplacedKey } from '../settings/headers.ts';
import { understandUrl } from '../settings/url.ts';
import type { ModelDraft } from './draft.ts';
import { isRecord } from '../../core/shape.ts';

type SettingsEntry = Readonly<Record<string, unknown>>;

/** Only the differences from the preset, so that better defaults of a later version apply. */
export function endpointEntry(endpoint: Endpoint, preset: EndpointPreset): SettingsEntry {
  return {
    id: endpoint.id,
    preset: endpoint.preset,
    ...(endpoint.preset === 'custom' && { label: endpoint.label }),
    ...((endpoint.baseUrl !== preset.baseUrl || endpoint.apiVersion !== undefined) && {
      baseUrl: addressOf(endpoint, preset),
    }),
    ...(endpoint.needsKey !== preset.needsKey && { needsKey: endpoint.needsKey }),
    ...(endpoint.apiKeyEnv !== undefined && { apiKeyEnv: endpoint.apiKeyEnv }),
    ...(endpoint.simulated && { simulated: true }),
  };
}

/** The address in a form that parses to the same endpoint: with Azure's version, and with `#` where needed. */
function addressOf({ baseUrl, apiVersion }: Endpoint, preset: EndpointPreset): string {
  const isRead = understandUrl(baseUrl, preset.baseUrl)?.baseUrl === baseUrl;
  const query = apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(apiVersion)}`;
  return `${baseUrl}${query}${isRead ? '' : '#'}`;
}

export function modelEntry({ id, preset }: Endpoint, { model, price, effort }: ModelDraft): SettingsEntry {
  const capabilities = {
    // Other formats follow from the model's name; only Mistral lists it for each model.
    ...(model.fim && preset === 'mistral' && { fim: 'mistral' }),
    ...(model.tools !== undefined && { tools: model.tools }),
    ...(model.images !== undefined && { images: model.images }),
  };
  return {
    endpoint: id,
    model: model.id,
    ...(effort !== undefined && { effort: effortSetting(effort) }),
    ...(model.name !== undefined && model.name !== model.id && { label: labelOf(model.name, effort) }),
    ...(price && { price }),
    ...(model.contextTokens !== undefined && { contextTokens: model.contextTokens }),
    ...(model.maxOutputTokens !== undefined && { maxOutputTokens: model.maxOutputTokens }),
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
    ...(model.simulated && { simulated: true }),
  };
}

/** In the form of `pilot.models[].effort`. */
const effortSetting = (effort: Effort): string | number =>
  typeof effort === 'object' ? effort.thinkingTokens : effort;

const labelOf = (name: string, effort: Effort | undefined): string =>
  effort === undefined ? name : `${name} (${effortName(effort)})`;

/**
 * An entry of the same id gets the new fields; otherwise the entry is added. A former statement on whether a key is
 * needed is removed, since set-up has just determined it.
 */
export function withEndpoint(raw: unknown, entry: SettingsEntry): unknown[] {
  const entries = listOf(raw);
  const at = entries.findIndex((candidate) => fieldOf(candidate, 'id') === entry['id']);
  if (at < 0) return [...entries, entry];
  return entries.with(at, { ...without(entries[at] as SettingsEntry, 'needsKey'), ...entry });
}

/** Whether the endpoint's entry sets the field, to any value. */
export const statesField = (raw: unknown, endpointId: string, field: string): boolean =>
  listOf(raw).some((entry) => isRecord(entry) && entry['id'] === endpointId && field in entry);

/** Sets the protocol in the endpoint's entry; all else stays. */
export const withProtocol = (raw: unknown, endpointId: string, protocol: Protocol): unknown[] =>
  listOf(raw).map((entry) =>
    isRecord(entry) && entry['id'] === endpointId ? { ...entry, protocol } : entry,
  );

/**
 * Sets the endpoint's models to the chosen ones. An existing entry keeps all its fields, and gets a price if it had
 * none.
 */
export function withModels(raw: unknown, endpoint: Endpoint, drafts: readonly ModelDraft[]): unknown[] {
  const entries = listOf(raw);
  const others = entries.filter((entry) => fieldOf(entry, 'endpoint') !== endpoint.id);
  const chosen = drafts.map((draft) => {
    const former = entries.find(
      (entry) =>
        fieldOf(entry, 'endpoint') === endpoint.id &&
        fieldOf(entry, 'model') === draft.model.id &&
        (fieldOf(entry, 'effort') ?? undefined) === (draft.effort && effortSetting(draft.effort)),
    );
    return {
      ...modelEntry(endpoint, draft),
      ...(former as SettingsEntry | undefined),
      ...(draft.price && { price: draft.price }),
    };
  });
  return [...others, ...chosen];
}

/** Removes a misplaced key: `apiKey`, or `headers.Authorization`. */
export function withoutField(raw: unknown, endpointId: string, field: string): unknown[] {
  const drop = (entry: SettingsEntry, [name = '', ...rest]: string[]): SettingsEntry => {
    const value = entry[name];
    if (rest.length === 0 || !isRecord(value)) return without(entry, name);
    return { ...entry, [name]: drop(value, [rest.join('.')]) };
  };
  return listOf(raw).map((entry) =>
    isRecord(entry) && entry['id'] === endpointId ? drop(entry, field.split('.')) : entry,
  );
}

/** Removes the keys that were moved to the keyring; a key that changed meanwhile is a different one and stays. */
export const withoutMoved = (
  raw: unknown,
  misplaced: readonly MisplacedKey[],
  moved: readonly MisplacedKey[],
): unknown[] =>
  misplaced
    .filter((key) => moved.some((each) => isSame(each, key)))
    .reduce((rest, { endpointId, field }) => withoutField(rest, endpointId, field), listOf(raw));

const isSame = (a: MisplacedKey, b: MisplacedKey): boolean =>
  a.endpointId === b.endpointId && a.field === b.field && a.value === b.value;

/** `openai`, or `openai-2` where that id is taken. */
export function freshId(wanted: string, taken: readonly string[]): string {
  let id = wanted;
  for (let number = 2; taken.includes(id); number++) id = `${wanted}-${number}`;
  return id;
}

const without = (entry: SettingsEntry, name: string): SettingsEntry =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => key !== name));

const listOf = (raw: unknown): unknown[] => (Array.isArray(raw) ? (raw as unknown[]) : []);
const fieldOf = (entry: unknown, name: string): unknown => (isRecord(entry) ? entry[name] : undefined);
