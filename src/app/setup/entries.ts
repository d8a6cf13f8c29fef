/** Changes to `pilot.endpoints` and `pilot.models` as they stand in the settings: what set-up does not know it keeps. */
import type { Endpoint, Preset } from '../settings/endpoint.ts';
import type { MisplacedKey } from '../settings/headers.ts';
import { understandUrl } from '../settings/url.ts';
import type { ModelDraft } from './draft.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Only what differs from the preset, so that a later version's better defaults apply. */
export function endpointEntry(endpoint: Endpoint, preset: Preset): Entry {
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

/** Such that it is read again as what it is: with Azure's version, and a `#` where the address alone says otherwise. */
function addressOf({ baseUrl, apiVersion }: Endpoint, preset: Preset): string {
  const isRead = understandUrl(baseUrl, preset.baseUrl)?.baseUrl === baseUrl;
  const query = apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(apiVersion)}`;
  return `${baseUrl}${query}${isRead ? '' : '#'}`;
}

export function modelEntry({ id, preset }: Endpoint, { model, price }: ModelDraft): Entry {
  const capabilities = {
    // The others are told by the model's name; Mistral alone says it of each model.
    ...(model.fim && preset === 'mistral' && { fim: 'mistral' }),
    ...(model.tools !== undefined && { tools: model.tools }),
    ...(model.images !== undefined && { images: model.images }),
  };
  return {
    endpoint: id,
    model: model.id,
    ...(model.name !== undefined && model.name !== model.id && { label: model.name }),
    ...(price && { price }),
    ...(model.contextTokens !== undefined && { contextTokens: model.contextTokens }),
    ...(model.maxOutputTokens !== undefined && { maxOutputTokens: model.maxOutputTokens }),
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
    ...(model.simulated && { simulated: true }),
  };
}

/**
 * The entry of the same id gets the new fields over its own; else the entry is added. Whether a key is needed has just
 * been settled, so a former word on it does not stay.
 */
export function withEndpoint(raw: unknown, entry: Entry): unknown[] {
  const entries = listOf(raw);
  const at = entries.findIndex((candidate) => fieldOf(candidate, 'id') === entry['id']);
  if (at < 0) return [...entries, entry];
  return entries.with(at, { ...without(entries[at] as Entry, 'needsKey'), ...entry });
}

/** Whether the endpoint's entry says anything about the field, whatever it says. */
export const statesField = (raw: unknown, endpointId: string, field: string): boolean =>
  listOf(raw).some((entry) => isEntry(entry) && entry['id'] === endpointId && field in entry);

/**
 * The endpoint's models become the chosen ones. An entry that is there already keeps everything the user wrote, and
 * gets a price if it had none.
 */
export function withModels(raw: unknown, endpoint: Endpoint, drafts: readonly ModelDraft[]): unknown[] {
  const entries = listOf(raw);
  const others = entries.filter((entry) => fieldOf(entry, 'endpoint') !== endpoint.id);
  const chosen = drafts.map((draft) => {
    const former = entries.find(
      (entry) => fieldOf(entry, 'endpoint') === endpoint.id && fieldOf(entry, 'model') === draft.model.id,
    );
    return {
      ...modelEntry(endpoint, draft),
      ...(former as Entry | undefined),
      ...(draft.price && { price: draft.price }),
    };
  });
  return [...others, ...chosen];
}

/** Takes a misplaced key out: `apiKey`, or `headers.Authorization`. */
export function withoutField(raw: unknown, endpointId: string, field: string): unknown[] {
  const drop = (entry: Entry, [name = '', ...rest]: string[]): Entry => {
    const value = entry[name];
    if (rest.length === 0 || !isEntry(value)) return without(entry, name);
    return { ...entry, [name]: drop(value, [rest.join('.')]) };
  };
  return listOf(raw).map((entry) =>
    isEntry(entry) && entry['id'] === endpointId ? drop(entry, field.split('.')) : entry,
  );
}

/** Takes out the keys that were moved to the keyring; one that was changed meanwhile is another key, and stays. */
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

/** `openai`, or `openai-2` where that is taken. */
export function freshId(wanted: string, taken: readonly string[]): string {
  let id = wanted;
  for (let number = 2; taken.includes(id); number++) id = `${wanted}-${number}`;
  return id;
}

const without = (entry: Entry, name: string): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => key !== name));

const listOf = (raw: unknown): unknown[] => (Array.isArray(raw) ? (raw as unknown[]) : []);
const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldOf = (entry: unknown, name: string): unknown => (isEntry(entry) ? entry[name] : undefined);
