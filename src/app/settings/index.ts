/**
 * `pilot.endpoints` and `pilot.models`: converts unknown values into checked endpoints and arms, with problems as data.
 */
import type { Arm } from '../../core/arm.ts';
import type { Endpoint, PresetTable } from './endpoint.ts';
import type { ParsedEndpoint } from './endpoints.ts';
import { parseEndpoint } from './endpoints.ts';
import type { MisplacedKey } from './headers.ts';
import { parseModel } from './models.ts';
import type { SettingProblem } from './problem.ts';
import { shown } from './problem.ts';
import { SettingReader } from './reader.ts';
import { isRecord } from '../../core/shape.ts';

export type { Endpoint, EndpointPreset, PresetId, PresetTable } from './endpoint.ts';
export type { MisplacedKey } from './headers.ts';
export type { SettingProblem } from './problem.ts';

export interface ParsedSettings {
  readonly endpoints: readonly Endpoint[];
  readonly arms: readonly Arm[];
  readonly problems: readonly SettingProblem[];
  /** Keys found in the settings: not used, but moved to the keyring, which may refuse. */
  readonly misplacedKeys: readonly MisplacedKey[];
}

const MAX_ENDPOINTS = 100;
const MAX_MODELS = 1000;

/** Total: uses the valid entries and reports a problem for each other one. */
export function parseSettings(
  raw: { readonly endpoints: unknown; readonly models: unknown },
  presets: PresetTable,
): ParsedSettings {
  const problems: SettingProblem[] = [];
  const parsed = new Map<string, ParsedEndpoint>();
  const variables = new Map<string, string>();
  for (const reader of entries('pilot.endpoints', raw.endpoints, MAX_ENDPOINTS, problems)) {
    const entry = parseEndpoint(reader, presets, variables);
    if (entry) add(parsed, entry.endpoint.id, entry, reader, 'id');
  }
  const endpoints = new Map([...parsed].map(([id, { endpoint }]) => [id, endpoint]));
  const arms = new Map<string, Arm>();
  for (const reader of entries('pilot.models', raw.models, MAX_MODELS, problems)) {
    const arm = parseModel(reader, endpoints, presets);
    // The unusable effort was reported; the duplicate entry is only its consequence.
    const lostEffort = reader.has('effort') && arm?.effort === undefined;
    if (arm && !(lostEffort && arms.has(arm.id))) add(arms, arm.id, arm, reader, 'model');
  }
  return {
    endpoints: [...endpoints.values()],
    arms: [...arms.values()],
    problems,
    misplacedKeys: [...parsed.values()].flatMap(({ misplacedKeys }) => misplacedKeys),
  };
}

/** The first of two entries with the same id wins: the second may be an unfinished paste. */
function add<T>(map: Map<string, T>, key: string, value: T, reader: SettingReader, field: string): void {
  if (map.has(key)) reader.problem(field, 'duplicate', '', undefined, key);
  else map.set(key, value);
}

function entries(key: string, raw: unknown, max: number, problems: SettingProblem[]): SettingReader[] {
  if (raw === undefined || raw === null) return [];
  const report = (at: string, kind: 'wrong-type' | 'too-many', allowed: string, used?: string) =>
    problems.push({ key: at, kind, found: shown(raw), allowed, used });
  if (!Array.isArray(raw)) {
    report(key, 'wrong-type', 'array', '[]');
    return [];
  }
  if (raw.length > max) report(key, 'too-many', `0–${max}`, String(max));
  return raw.slice(0, max).flatMap((entry: unknown, index) => {
    if (isRecord(entry)) return [new SettingReader(`${key}[${index}]`, entry, problems)];
    problems.push({
      key: `${key}[${index}]`,
      kind: 'wrong-type',
      found: shown(entry),
      allowed: 'object',
      used: undefined,
    });
    return [];
  });
}
