import { armId } from '../../core/brand.ts';
import { EFFORT_LEVELS, effortName, type Arm, type ArmCapabilities, type Effort } from '../../core/arm.ts';
import { FIM_FORMAT_IDS } from '../../core/inline/fim/format.ts';
import { effortInName } from '../../core/models/effortInName.ts';
import type { Endpoint, EndpointPreset, PresetTable } from './endpoint.ts';
import { OUTPUT_CAP_FIELDS } from './endpoints.ts';
import { parsePrice, withCacheRates } from './price.ts';
import type { SettingReader } from './reader.ts';
import { shown } from './problem.ts';

/** The default for an unknown model without a setting; even older models have this much. */
export const DEFAULT_CONTEXT_TOKENS = 32_768;
export const DEFAULT_MAX_OUTPUT_TOKENS = 4096;

const TOKENS = { min: 1, max: 100_000_000, integer: true };

/** Parses one entry of `pilot.models`; undefined = unusable, with a reported problem. */
export function parseModel(
  reader: SettingReader,
  endpoints: ReadonlyMap<string, Endpoint>,
  presets: PresetTable,
): Arm | undefined {
  const endpoint = parseEndpointId(reader, endpoints);
  const model = reader.string('model', undefined);
  if (!reader.has('model')) reader.problem('model', 'missing', 'string', undefined);
  if (!endpoint || model === undefined) return undefined;
  const contextTokens = reader.number('contextTokens', DEFAULT_CONTEXT_TOKENS, TOKENS);
  const covers = reader.boolean('outputCapCoversReasoning', endpoint.outputCapCoversReasoning);
  const effort = parseEffort(reader, { endpoint, model, preset: presets[endpoint.preset] });
  const name = effort === undefined ? model : `${model} (${effortName(effort)})`;
  const promptCache = presets[endpoint.preset].promptCache(model);
  const arm: Arm = {
    id: armId(endpoint.id, model, effort === undefined ? undefined : effortName(effort)),
    endpointId: endpoint.id,
    model,
    label: reader.string('label', name),
    ...(effort !== undefined && { effort }),
    ...(reader.oneOf('cacheLife', CACHE_LIVES, 'default') === 'hour' && { cacheLife: 'hour' }),
    ...(promptCache && { promptCache }),
    price: withCacheRates(parsePrice(reader), endpoint, model),
    contextTokens,
    maxOutputTokens: parseMaxOutput(reader, contextTokens),
    outputCapField: reader.oneOf('outputCapField', OUTPUT_CAP_FIELDS, endpoint.outputCapField),
    outputCapCoversReasoning: covers,
    // Without a stated limit, the default is a guess, which bounds no bill: hidden reasoning may fill the context.
    ...(!covers && !reader.has('maxOutputTokens') && { maxBilledOutputTokens: contextTokens }),
    capabilities: parseCapabilities(reader.object('capabilities')),
    simulated: reader.boolean('simulated', false) || endpoint.simulated,
  };
  reader.reportUnknown();
  return arm;
}

const CACHE_LIVES = ['default', 'hour'] as const;
const LEAST_THINKING_TOKENS = 1;
const MOST_THINKING_TOKENS = 1_000_000;

interface EffortPlace {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly preset: EndpointPreset;
}

/** A level, or a reasoning budget in tokens; undefined = none that can be sent, with a reported problem. */
function parseEffort(reader: SettingReader, place: EffortPlace): Effort | undefined {
  const effort = readEffort(reader);
  if (effort === undefined) return undefined;
  const named = effortInName(place.model);
  const taken = effortsTaken(place);
  if (named !== undefined) reader.problem('effort', 'effort-in-name', named, '');
  else if (taken === 'none') reader.problem('effort', 'no-effort', place.endpoint.label, '');
  else if (taken === 'levels' && typeof effort === 'object')
    reader.problem('effort', 'not-one-of', EFFORT_LEVELS.join(', '), '');
  else return effort;
  return undefined;
}

/** Messages accepts both, Responses accepts levels; for Chat Completions the preset decides. */
function effortsTaken({
  endpoint: { protocol, preset: id },
  preset,
}: EffortPlace): 'none' | 'levels' | 'all' {
  if (protocol === 'messages' || (protocol === 'auto' && id === 'anthropic')) return 'all';
  if (protocol === 'responses') return 'levels';
  if (preset.effortField === undefined) return 'none';
  return preset.effortField === 'effort' ? 'levels' : 'all';
}

function readEffort(reader: SettingReader): Effort | undefined {
  const value = reader.raw('effort');
  if (value === undefined) return undefined;
  const level = EFFORT_LEVELS.find((candidate) => candidate === value);
  if (level !== undefined) return level;
  const isBudget =
    Number.isInteger(value) &&
    LEAST_THINKING_TOKENS <= Number(value) &&
    Number(value) <= MOST_THINKING_TOKENS;
  if (isBudget) return { thinkingTokens: Number(value) };
  const allowed = `${EFFORT_LEVELS.join(', ')}, integer ${LEAST_THINKING_TOKENS}–${MOST_THINKING_TOKENS}`;
  reader.problem('effort', 'not-one-of', allowed, '');
  return undefined;
}

function parseEndpointId(
  reader: SettingReader,
  endpoints: ReadonlyMap<string, Endpoint>,
): Endpoint | undefined {
  const id = reader.raw('endpoint');
  const endpoint = typeof id === 'string' ? endpoints.get(id) : undefined;
  if (endpoint) return endpoint;
  const kind = id === undefined ? 'missing' : typeof id === 'string' ? 'unknown-endpoint' : 'wrong-type';
  reader.problem('endpoint', kind, [...endpoints.keys()].join(', '), undefined);
  return undefined;
}

function parseMaxOutput(reader: SettingReader, contextTokens: number): number {
  const fallback = Math.min(DEFAULT_MAX_OUTPUT_TOKENS, contextTokens);
  const given = reader.number('maxOutputTokens', fallback, TOKENS);
  if (given <= contextTokens) return given;
  reader.problem('maxOutputTokens', 'out-of-range', `integer 1–${contextTokens}`, shown(contextTokens));
  return contextTokens;
}

function parseCapabilities(reader: SettingReader | undefined): ArmCapabilities {
  if (!reader) return { tools: false, images: false, fim: 'auto' };
  const capabilities = {
    tools: reader.boolean('tools', false),
    images: reader.boolean('images', false),
    fim: reader.oneOf('fim', ['auto', ...FIM_FORMAT_IDS], 'auto'),
    ...(reader.has('reasoning') && { reasoning: reader.boolean('reasoning', true) }),
  };
  reader.reportUnknown();
  return capabilities;
}
