/**
 * `pilot.vscodeModels`: the language models of VS Code that PILOT may use, and their cost for the user. VS Code states
 * no price and bounds no output, so the user states a price for each request, or that a plan covers it: with either,
 * the worst case is exact. A model with neither stays unpriced and unused.
 */
import type { Arm, RateCard } from '../../core/arm.ts';
import { armId } from '../../core/brand.ts';
import { VSCODE_ENDPOINT_ID } from './offer.ts';
import { DEFAULT_MAX_OUTPUT_TOKENS } from '../settings/models.ts';
import type { SettingProblem } from '../settings/problem.ts';
import { shown } from '../settings/problem.ts';
import { SettingReader } from '../settings/reader.ts';
import { isRecord } from '../../core/shape.ts';

const KEY = 'pilot.vscodeModels';
const MAX_ENTRIES = 200;
const USD_PER_REQUEST = { min: 0, max: 1000 };
const TOKENS = { min: 1, max: 100_000_000, integer: true };

export interface VscodeModelEntry {
  /** `vendor/id`, as VS Code names it. */
  readonly model: string;
  readonly label: string | undefined;
  readonly price: RateCard | undefined;
  readonly maxOutputTokens: number;
  readonly tools: boolean;
  readonly images: boolean;
}

/** VS Code's description of a model that is available now. */
export interface LiveModel {
  readonly name: string;
  readonly maxInputTokens: number;
}

export interface ParsedVscodeModels {
  readonly entries: readonly VscodeModelEntry[];
  readonly problems: readonly SettingProblem[];
}

/** Total. `ownVendor`: excluded, since PILOT's own models would call PILOT in a loop. */
export function parseVscodeModels(raw: unknown, ownVendor: string): ParsedVscodeModels {
  const problems: SettingProblem[] = [];
  if (raw === undefined || raw === null) return { entries: [], problems };
  const report = (key: string, kind: 'wrong-type' | 'too-many', allowed: string, used?: string): void => {
    problems.push({ key, kind, found: shown(raw), allowed, used });
  };
  if (!Array.isArray(raw)) {
    report(KEY, 'wrong-type', 'array', '[]');
    return { entries: [], problems };
  }
  if (raw.length > MAX_ENTRIES) report(KEY, 'too-many', `0–${MAX_ENTRIES}`, String(MAX_ENTRIES));
  const entries = new Map<string, VscodeModelEntry>();
  raw.slice(0, MAX_ENTRIES).forEach((fields: unknown, index) => {
    const key = `${KEY}[${index}]`;
    if (!isRecord(fields)) return report(key, 'wrong-type', 'object');
    const reader = new SettingReader(key, fields, problems);
    const entry = parseEntry(reader, ownVendor);
    if (entry && entries.has(entry.model)) reader.problem('model', 'duplicate', '', undefined);
    else if (entry) entries.set(entry.model, entry);
  });
  return { entries: [...entries.values()], problems };
}

export const vscodeArm = (entry: VscodeModelEntry, live: LiveModel): Arm => ({
  id: armId(VSCODE_ENDPOINT_ID, entry.model),
  endpointId: VSCODE_ENDPOINT_ID,
  model: entry.model,
  label: entry.label ?? live.name,
  price: entry.price,
  contextTokens: live.maxInputTokens + entry.maxOutputTokens,
  maxOutputTokens: entry.maxOutputTokens,
  // No cap is sent or needed: each request has a price, tokens have none.
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools: entry.tools, images: entry.images, fim: 'none' },
  simulated: false,
});

function parseEntry(reader: SettingReader, ownVendor: string): VscodeModelEntry | undefined {
  const model = reader.string('model', undefined);
  if (!reader.has('model')) reader.problem('model', 'missing', 'vendor/id', undefined);
  const usable = model !== undefined && /^[^/]+\/.+$/.test(model) && !model.startsWith(`${ownVendor}/`);
  if (model !== undefined && !usable) reader.problem('model', 'bad-id', 'vendor/id', undefined);
  const capabilities = reader.object('capabilities');
  const entry = {
    label: reader.has('label') ? reader.string('label', undefined) : undefined,
    price: parsePrice(reader),
    maxOutputTokens: reader.number('maxOutputTokens', DEFAULT_MAX_OUTPUT_TOKENS, TOKENS),
    // Models that VS Code's agent can use support tools; VS Code does not state whether a model accepts images.
    tools: capabilities?.boolean('tools', true) ?? true,
    images: capabilities?.boolean('images', false) ?? false,
  };
  capabilities?.reportUnknown();
  reader.reportUnknown();
  return usable ? { model, ...entry } : undefined;
}

/** A price for each request takes precedence over "covered", since the user may be billed. */
function parsePrice(reader: SettingReader): RateCard | undefined {
  const covered = reader.boolean('coveredByPlan', false);
  if (!reader.has('requestUsd')) return covered ? perRequest(0) : undefined;
  const requestUsd = reader.number('requestUsd', NaN, USD_PER_REQUEST);
  return Number.isNaN(requestUsd) ? undefined : perRequest(requestUsd);
}

const perRequest = (requestUsd: number): RateCard => ({
  inputUsdPerMTok: 0,
  outputUsdPerMTok: 0,
  ...(requestUsd > 0 && { requestUsd }),
});
